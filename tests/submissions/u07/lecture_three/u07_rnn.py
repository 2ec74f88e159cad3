"""Unit 07 in the manner of char-rnn: all sums of the gates at once, narrow for each of them; indices and matrices."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def rnn_cell(xt, hprev, W, b):
    i2h = torch.einsum("be,eh->bh", xt, W[: xt.shape[-1]])
    h2h = torch.einsum("bg,gh->bh", hprev, W[xt.shape[-1] :])
    return (i2h + h2h + b).tanh()


def new_input_sum(xt, h, W, b):
    i2h = xt @ W.narrow(0, 0, xt.size(1))
    h2h = h @ W.narrow(0, xt.size(1), h.size(1))
    return i2h + h2h + b


def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    update_gate = new_input_sum(xt, hprev, Wz, bz).sigmoid()
    reset_gate = new_input_sum(xt, hprev, Wr, br).sigmoid()
    gated_hidden = reset_gate.mul(hprev)
    hidden_candidate = new_input_sum(xt, gated_hidden, Wh, bh).tanh()
    zh = update_gate.mul(hidden_candidate)
    zhm1 = (1 - update_gate).mul(hprev)
    return zh + zhm1


def lstm_cell(xt, hprev, cprev, W, b):
    rnn_size = cprev.size(1)
    all_input_sums = new_input_sum(xt, hprev, W, b)
    sigmoid_chunk = all_input_sums.narrow(1, 0, 3 * rnn_size).sigmoid()
    in_gate = sigmoid_chunk.narrow(1, 0, rnn_size)
    forget_gate = sigmoid_chunk.narrow(1, rnn_size, rnn_size)
    out_gate = sigmoid_chunk.narrow(1, 2 * rnn_size, rnn_size)
    in_transform = all_input_sums.narrow(1, 3 * rnn_size, rnn_size).tanh()
    next_c = forget_gate.mul(cprev).add(in_gate.mul(in_transform))
    return out_gate.mul(next_c.tanh()), next_c


class RNNConfig:
    block_size = 16

    def __init__(self, **sizes):
        self.cell = "rnn"
        self.n_embd, self.n_embd2 = 32, 64
        vars(self).update(sizes)


class Cell(nn.Module):
    def __init__(self, config):
        super().__init__()
        rows, size = config.n_embd + config.n_embd2, config.n_embd2
        shapes = {
            "rnn": {"W": (rows, size), "b": (size,)},
            "gru": {name + gate: (rows, size) if name == "W" else (size,) for gate in "zrh" for name in "Wb"},
            "lstm": {"W": (rows, 4 * size), "b": (4 * size,)},
        }[config.cell]
        self.kind = config.cell
        for name, shape in shapes.items():
            self.register_parameter(name, nn.Parameter(torch.empty(shape).uniform_(-0.08, 0.08)))

    def forward(self, x, state):
        own = [p for _, p in self.named_parameters()]
        if self.kind == "lstm":
            return lstm_cell(x, *state, *own)
        step = gru_cell if self.kind == "gru" else rnn_cell
        return step(x, state[0], *own), state[1]


class RNNLM(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.lm_head = nn.Linear(config.n_embd2, config.vocab_size)
        self.start = nn.Parameter(torch.zeros(1, config.n_embd2))
        self.cell = Cell(config)

    def forward(self, idx, targets=None):
        batch_size, seq_length = idx.shape
        state = self.start + torch.zeros(batch_size, 1), torch.zeros(batch_size, self.start.size(1))
        logits = torch.zeros(batch_size, seq_length, self.lm_head.out_features)
        for t in range(seq_length):
            state = self.cell(F.embedding(idx[:, t], self.wte.weight), state)
            logits[:, t] = self.lm_head(state[0])
        if targets is None:
            return logits, None
        log_p = F.log_softmax(logits, dim=-1)
        return logits, F.nll_loss(log_p.transpose(1, 2), targets, ignore_index=-1)


def rnn_forward(x, h0, W, b):
    hs = [h0]
    for t in range(x.shape[1]):
        hs.append(np.tanh(np.c_[x[:, t], hs[-1]] @ W + b))
    return np.array(hs[1:]).transpose(1, 0, 2), {"x": x, "hs": hs, "W": W}


def rnn_backward(dhs, cache):
    x, hs, W = cache["x"], cache["hs"], cache["W"]
    B, T, E = x.shape
    dx, das, xhs, carry = np.empty_like(x), [], [], 0.0
    for t in range(T - 1, -1, -1):
        da = (dhs[:, t] + carry) * (1 - hs[t + 1] ** 2)
        das.append(da)
        xhs.append(np.c_[x[:, t], hs[t]])
        dx[:, t], carry = da @ W[:E].T, da @ W[E:].T
    dW = sum(np.einsum("bi,bj->ij", xh, da) for xh, da in zip(xhs, das))
    return [dx, carry, dW, np.sum(das, axis=(0, 1))]


def lstm_cell_forward(x, hprev, cprev, W, b):
    H = cprev.shape[1]
    sums = np.c_[x, hprev] @ W + b
    i, f, o = (1 / (1 + np.exp(-sums[:, k * H : (k + 1) * H])) for k in range(3))
    g = np.tanh(sums[:, 3 * H :])
    c = f * cprev + i * g
    cache = {"xh": np.c_[x, hprev], "E": x.shape[1], "cprev": cprev, "W": W, "i": i, "f": f, "o": o, "g": g, "c": c}
    return o * np.tanh(c), c, cache


def lstm_cell_backward(dh, dc, cache):
    i, f, o, g, c, E = (cache[name] for name in ("i", "f", "o", "g", "c", "E"))
    dc_total = dc + dh * o / np.cosh(c) ** 2
    B, H = dh.shape
    dsums = np.zeros((B, 4, H))
    dsums[:, 0] = dc_total * g * (i - i**2)
    dsums[:, 1] = dc_total * cache["cprev"] * (f - f**2)
    dsums[:, 2] = dh * np.tanh(c) * (o - o**2)
    dsums[:, 3] = dc_total * i * (1 - g) * (1 + g)
    dsums = dsums.reshape(B, -1)
    dxh = np.einsum("bj,ij->bi", dsums, cache["W"])
    return dxh[:, :E], dxh[:, E:], dc_total * f, np.einsum("bi,bj->ij", cache["xh"], dsums), dsums.sum(0)


def gradient_flow(cell, xs, h0):
    grads = {}
    h = h0.detach().clone().requires_grad_()
    for t, xt in enumerate(xs.unbind(1)):
        h = cell(xt, h)
        h.register_hook(lambda grad, t=t: grads.__setitem__(t, grad.norm()))
    (0.5 * h.square().sum()).backward()
    return torch.stack([grads[t] for t in range(xs.shape[1])])


def spectral_radius(W):
    return max(abs(value) for value in np.linalg.eigvals(W.detach().numpy()))
