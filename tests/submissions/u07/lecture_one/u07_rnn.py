"""Unit 07 in makemore's manner: cells as modules with Linear layers, a loop over lists of states, one big forward."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn as nn
from torch.nn import functional as F


def rnn_cell(xt, hprev, W, b):
    xh = torch.cat([xt, hprev], dim=1)
    ht = F.tanh(F.linear(xh, W.t(), b))
    return ht


def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat([xt, hprev], dim=1)
    r = F.sigmoid(F.linear(xh, Wr.t(), br))
    hprev_reset = r * hprev
    xhr = torch.cat([xt, hprev_reset], dim=1)
    hbar = F.tanh(F.linear(xhr, Wh.t(), bh))
    z = F.sigmoid(F.linear(xh, Wz.t(), bz))
    ht = (1 - z) * hprev + z * hbar
    return ht


def lstm_cell(xt, hprev, cprev, W, b):
    n = hprev.size(1)
    sums = torch.cat([xt, hprev], dim=1) @ W + b
    sigmoids = sums[:, : 3 * n].sigmoid()
    in_gate, forget_gate, out_gate = sigmoids.split(n, dim=1)
    in_transform = sums[:, 3 * n :].tanh()
    next_c = forget_gate * cprev + in_gate * in_transform
    next_h = out_gate * next_c.tanh()
    return next_h, next_c


@dataclass
class RNNConfig:
    vocab_size: int
    n_embd: int = 32
    n_embd2: int = 64
    cell: str = "rnn"
    block_size: int = 16


class RNNCell(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.xh_to_h = nn.Linear(config.n_embd + config.n_embd2, config.n_embd2)

    def forward(self, xt, hprev):
        return torch.tanh(self.xh_to_h(torch.cat([xt, hprev], dim=1)))


class GRUCell(nn.Module):
    def __init__(self, config):
        super().__init__()
        both = config.n_embd + config.n_embd2
        self.xh_to_z = nn.Linear(both, config.n_embd2)
        self.xh_to_r = nn.Linear(both, config.n_embd2)
        self.xh_to_hbar = nn.Linear(both, config.n_embd2)

    def forward(self, xt, hprev):
        xh = torch.cat([xt, hprev], dim=1)
        z = torch.sigmoid(self.xh_to_z(xh))
        r = torch.sigmoid(self.xh_to_r(xh))
        hbar = torch.tanh(self.xh_to_hbar(torch.cat([xt, r * hprev], dim=1)))
        return (1 - z) * hprev + z * hbar


class LSTMCell(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.W = nn.Parameter(torch.randn(config.n_embd + config.n_embd2, 4 * config.n_embd2) * 0.08)
        self.b = nn.Parameter(torch.zeros(4 * config.n_embd2))

    def forward(self, xt, state):
        return lstm_cell(xt, state[0], state[1], self.W, self.b)


class RNNLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.block_size = config.block_size
        self.vocab_size = config.vocab_size
        self.start = nn.Parameter(torch.zeros(1, config.n_embd2))
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.cell = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}[config.cell](config)
        self.lm_head = nn.Linear(config.n_embd2, self.vocab_size)

    def get_block_size(self):
        return self.block_size

    def forward(self, idx, targets=None):
        b, t = idx.size()
        emb = self.wte(idx)
        hprev = self.start.expand((b, -1))
        cprev = torch.zeros_like(hprev)
        hiddens = []
        for i in range(t):
            xt = emb[:, i, :]
            if isinstance(self.cell, LSTMCell):
                ht, cprev = self.cell(xt, (hprev, cprev))
            else:
                ht = self.cell(xt, hprev)
            hprev = ht
            hiddens.append(ht)
        hidden = torch.stack(hiddens, 1)
        logits = self.lm_head(hidden)
        loss = None
        if targets is not None:
            loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss


def rnn_forward(x, h0, W, b):
    xs, hs = {}, {-1: np.copy(h0)}
    for t in range(x.shape[1]):
        xs[t] = x[:, t]
        hs[t] = np.tanh(np.dot(np.hstack([xs[t], hs[t - 1]]), W) + b)
    return np.stack([hs[t] for t in range(x.shape[1])], axis=1), (xs, hs, W, b)


def rnn_backward(dhs, cache):
    xs, hs, W, b = cache
    E = xs[0].shape[1]
    Wxh, Whh = W[:E], W[E:]
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(b)
    dxs = []
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(xs))):
        dh = dhs[:, t] + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw.sum(0)
        dWxh += np.dot(xs[t].T, dhraw)
        dWhh += np.dot(hs[t - 1].T, dhraw)
        dxs.append(np.dot(dhraw, Wxh.T))
        dhnext = np.dot(dhraw, Whh.T)
    return np.stack(dxs[::-1], axis=1), dhnext, np.vstack([dWxh, dWhh]), dbh


def lstm_cell_forward(x, hprev, cprev, W, b):
    d = hprev.shape[1]
    hin = np.hstack([x, hprev])
    raw = hin.dot(W) + b
    act = np.zeros_like(raw)
    act[:, : 3 * d] = 1.0 / (1.0 + np.exp(-raw[:, : 3 * d]))
    act[:, 3 * d :] = np.tanh(raw[:, 3 * d :])
    c = act[:, :d] * act[:, 3 * d :] + act[:, d : 2 * d] * cprev
    ct = np.tanh(c)
    return act[:, 2 * d : 3 * d] * ct, c, {"act": act, "hin": hin, "ct": ct, "cprev": cprev, "W": W, "d": d}


def lstm_cell_backward(dh, dc, cache):
    act, ct, d = cache["act"], cache["ct"], cache["d"]
    dact = np.zeros_like(act)
    dact[:, 2 * d : 3 * d] = ct * dh
    dC = dc + (1 - ct**2) * (act[:, 2 * d : 3 * d] * dh)
    dact[:, d : 2 * d] = cache["cprev"] * dC
    dcprev = act[:, d : 2 * d] * dC
    dact[:, :d] = act[:, 3 * d :] * dC
    dact[:, 3 * d :] = act[:, :d] * dC
    draw = np.zeros_like(dact)
    draw[:, 3 * d :] = (1 - act[:, 3 * d :] ** 2) * dact[:, 3 * d :]
    y = act[:, : 3 * d]
    draw[:, : 3 * d] = (y * (1.0 - y)) * dact[:, : 3 * d]
    dhin = draw.dot(cache["W"].T)
    n = dhin.shape[1] - d
    return dhin[:, :n], dhin[:, n:], dcprev, cache["hin"].T.dot(draw), draw.sum(0)


def gradient_flow(cell, xs, h0):
    h = h0.clone().requires_grad_(True)
    hs = []
    for t in range(xs.size(1)):
        h = cell(xs[:, t], h)
        h.retain_grad()
        hs.append(h)
    loss = 0.5 * hs[-1].pow(2).sum()
    loss.backward()
    return torch.tensor([h.grad.norm().item() for h in hs])


def spectral_radius(W):
    return torch.linalg.eigvals(W).abs().max()
