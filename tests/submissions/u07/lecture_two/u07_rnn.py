"""Unit 07 in the manner of CS231n: two matrices, steps with caches of their own, a sequence as a loop over the steps."""

import numpy as np
import torch
from torch import nn


def rnn_cell(xt, hprev, W, b):
    D = xt.shape[1]
    Wx, Wh = W[:D], W[D:]
    next_h = torch.tanh(xt.mm(Wx) + hprev.mm(Wh) + b)
    return next_h


def affine(xt, h, W, b):
    D = xt.shape[1]
    return xt.mm(W[:D]) + h.mm(W[D:]) + b


def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z = torch.sigmoid(affine(xt, hprev, Wz, bz))
    r = torch.sigmoid(affine(xt, hprev, Wr, br))
    hbar = torch.tanh(affine(xt, r * hprev, Wh, bh))
    return hprev + z * (hbar - hprev)


def lstm_cell(xt, hprev, cprev, W, b):
    N, H = hprev.shape
    a = affine(xt, hprev, W, b)
    i = torch.sigmoid(a[:, 0:H])
    f = torch.sigmoid(a[:, H : 2 * H])
    o = torch.sigmoid(a[:, 2 * H : 3 * H])
    g = torch.tanh(a[:, 3 * H : 4 * H])
    next_c = f * cprev + i * g
    next_h = o * torch.tanh(next_c)
    return [next_h, next_c]


class RNNConfig:
    def __init__(self, vocab_size, n_embd=32, n_embd2=64, cell="rnn", block_size=16):
        self.vocab_size, self.n_embd, self.n_embd2, self.cell = vocab_size, n_embd, n_embd2, cell


class Cell(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.kind = config.cell
        D, H = config.n_embd, config.n_embd2
        if self.kind == "gru":
            for gate in ("z", "r", "h"):
                setattr(self, "W" + gate, nn.Parameter(torch.randn(D + H, H) / (D + H) ** 0.5))
                setattr(self, "b" + gate, nn.Parameter(torch.zeros(H)))
        else:
            out = 4 * H if self.kind == "lstm" else H
            self.W = nn.Parameter(torch.randn(D + H, out) / (D + H) ** 0.5)
            self.b = nn.Parameter(torch.zeros(out))

    def forward(self, x, h, c):
        if self.kind == "rnn":
            return rnn_cell(x, h, self.W, self.b), c
        if self.kind == "gru":
            return gru_cell(x, h, self.Wz, self.bz, self.Wr, self.br, self.Wh, self.bh), c
        h, c = lstm_cell(x, h, c, self.W, self.b)
        return h, c


class RNNLM(nn.Module):
    def __init__(self, config):
        nn.Module.__init__(self)
        self.start = nn.Parameter(torch.zeros(1, config.n_embd2))
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.cell = Cell(config)
        self.lm_head = nn.Linear(config.n_embd2, config.vocab_size)

    def forward(self, idx, targets=None):
        N, T = idx.shape
        x = self.wte(idx)
        h = self.start.repeat(N, 1)
        c = torch.zeros(h.shape, dtype=h.dtype)
        scores = []
        for t in range(T):
            h, c = self.cell(x[:, t], h, c)
            scores.append(self.lm_head(h).unsqueeze(1))
        scores = torch.cat(scores, dim=1)
        if targets is None:
            return scores, None
        return scores, temporal_softmax_loss(scores, targets, targets != -1)


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    x_flat, y_flat, mask_flat = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)
    probs = torch.exp(x_flat - x_flat.max(dim=1, keepdim=True).values)
    probs = probs / probs.sum(dim=1, keepdim=True)
    picked = probs[torch.arange(N * T), y_flat.clamp(min=0)]
    return -(mask_flat * torch.log(picked)).sum() / mask_flat.sum()


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dtanh = dnext_h * (1 - next_h**2)
    return dtanh.dot(Wx.T), dtanh.dot(Wh.T), x.T.dot(dtanh), prev_h.T.dot(dtanh), np.sum(dtanh, axis=0)


def rnn_forward(x, h0, W, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h, cache, prev_h = np.zeros((N, T, H)), [], h0
    for t in range(T):
        prev_h, step = rnn_step_forward(x[:, t, :], prev_h, W[:D], W[D:], b)
        h[:, t, :] = prev_h
        cache.append(step)
    return h, cache


def rnn_backward(dhs, cache):
    N, T, H = dhs.shape
    D = cache[0][0].shape[1]
    dx, dprev_h = np.zeros((N, T, D)), np.zeros((N, H))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    for t in range(T - 1, -1, -1):
        dx[:, t, :], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dhs[:, t, :] + dprev_h, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev_h, np.concatenate((dWx, dWh)), db


def sigmoid(x):
    pos_mask, neg_mask = x >= 0, x < 0
    z = np.zeros_like(x)
    z[pos_mask] = np.exp(-x[pos_mask])
    z[neg_mask] = np.exp(x[neg_mask])
    top = np.ones_like(x)
    top[neg_mask] = z[neg_mask]
    return top / (1 + z)


def lstm_cell_forward(x, hprev, cprev, W, b):
    D, H = x.shape[1], hprev.shape[1]
    Wx, Wh = W[:D], W[D:]
    a = x.dot(Wx) + hprev.dot(Wh) + b
    i, f, o, g = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H]), np.tanh(a[:, 3 * H :])
    next_c = f * cprev + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, hprev, cprev, Wx, Wh, i, f, o, g, next_c)


def lstm_cell_backward(dh, dc, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    dnext_c = dc
    dnext_c += dh * o * (1 - np.tanh(next_c) ** 2)
    do = dh * np.tanh(next_c)
    dprev_c = dnext_c * f
    di, df, dg = dnext_c * g, dnext_c * prev_c, dnext_c * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
    return da.dot(Wx.T), da.dot(Wh.T), dprev_c, np.vstack((x.T.dot(da), prev_h.T.dot(da))), da.sum(axis=0)


def gradient_flow(cell, xs, h0):
    N, T, D = xs.shape
    states = [h0]
    for t in range(T):
        states.append(cell(xs[:, t, :], states[-1]))
    loss = 0.5 * (states[T] * states[T]).sum()
    norms = []
    for state in states[1:]:
        (d,) = torch.autograd.grad(loss, state, retain_graph=True)
        norms.append(torch.sqrt((d * d).sum()))
    return torch.stack(norms)


def spectral_radius(W):
    return np.max(np.abs(np.linalg.eigvals(W.numpy())))
