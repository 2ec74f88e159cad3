"""Unit 07 in the manner of char-rnn's gist and of the batched LSTM in NumPy: columns, Wxh and Whh, a row of ones."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[Any]
Cache = dict[str, Array]  # what a forward pass keeps for the backward pass, by name



def rnn_cell(xt: Tensor, hprev: Tensor, W: Tensor, b: Tensor) -> Tensor:
    E = xt.shape[1]
    Wxh, Whh, bh = W[:E].T, W[E:].T, b.reshape(-1, 1)
    x, h = xt.T, hprev.T  # one example a column
    h = torch.tanh(torch.mm(Wxh, x) + torch.mm(Whh, h) + bh)
    return h.T




def gru_cell(
    xt: Tensor,
    hprev: Tensor,
    Wz: Tensor,
    bz: Tensor,
    Wr: Tensor,
    br: Tensor,
    Wh: Tensor,
    bh: Tensor,
) -> Tensor:
    E = xt.shape[1]
    z = 1 / (1 + torch.exp(-(xt @ Wz[:E] + hprev @ Wz[E:] + bz)))
    r = 1 / (1 + torch.exp(-(xt @ Wr[:E] + hprev @ Wr[E:] + br)))
    hbar = torch.tanh(xt @ Wh[:E] + (r * hprev) @ Wh[E:] + bh)
    return hprev + z * (hbar - hprev)




def lstm_cell(xt: Tensor, hprev: Tensor, cprev: Tensor, W: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    d = hprev.shape[1]
    Hin = torch.cat([torch.ones(xt.shape[0], 1, dtype=xt.dtype), xt, hprev], dim=1)
    WLSTM = torch.cat([b.view(1, -1), W], dim=0)
    IFOG = Hin.mm(WLSTM)
    IFOGf = torch.cat([1.0 / (1.0 + torch.exp(-IFOG[:, : 3 * d])), torch.tanh(IFOG[:, 3 * d :])], dim=1)
    C = IFOGf[:, :d] * IFOGf[:, 3 * d :] + IFOGf[:, d : 2 * d] * cprev
    Hout = IFOGf[:, 2 * d : 3 * d] * torch.tanh(C)
    return Hout, C




@dataclass
class RNNConfig:  # GIVEN

    vocab_size: int
    n_embd: int = 32
    n_embd2: int = 64
    cell: str = "rnn"
    block_size: int = 16  # nothing here depends on it


class Cell(nn.Module):  # GIVEN

    def __init__(self, config: RNNConfig) -> None:
        super().__init__()
        if config.cell not in ("rnn", "gru", "lstm"):
            raise ValueError(f'a cell is "rnn", "gru" or "lstm", not {config.cell!r}')
        self.kind = config.cell
        self.n_embd, self.n_embd2 = E, H = config.n_embd, config.n_embd2
        width = 4 * H if config.cell == "lstm" else H
        for gate in "zrh" if config.cell == "gru" else ("",):
            weights = (torch.rand(E + H, width) * 2 - 1) / math.sqrt(E + H)
            self.register_parameter(f"W{gate}", nn.Parameter(weights))
            self.register_parameter(f"b{gate}", nn.Parameter(torch.zeros(width)))
        if config.cell == "lstm":
            self.get_parameter("b").data[H : 2 * H] = 1.0

    def forward(self, xt: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        weights = list(self.parameters())  # W and b, or Wz, bz, Wr, br, Wh, bh
        if self.kind == "lstm":
            return lstm_cell(xt, h, c, *weights)
        if self.kind == "gru":
            return gru_cell(xt, h, *weights), c
        return rnn_cell(xt, h, *weights), c


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -1) -> Tensor:  # GIVEN
    if logits.ndim != 2 or targets.ndim != 1 or len(logits) != len(targets):
        shapes = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"cross_entropy takes (N, V) logits and (N,) targets, not {shapes}")
    kept = targets != ignore_index
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -log_p[kept].gather(1, targets[kept].unsqueeze(1)).mean()


class RNNLM(nn.Module):

    def __init__(self, config: RNNConfig) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(1, config.n_embd2))
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.cell = Cell(config)
        self.lm_head = nn.Linear(config.n_embd2, config.vocab_size)

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        b, t = idx.size()
        h = self.start.repeat(b, 1)
        c = h * 0
        ys = {}
        for i in range(t):
            h, c = self.cell(self.wte(idx[:, i]), h, c)
            ys[i] = self.lm_head(h)
        logits = torch.stack([ys[i] for i in range(t)], 1)
        loss = None
        if targets is not None:
            loss = cross_entropy(logits.reshape(b * t, -1), targets.reshape(b * t))
        return logits, loss




def rnn_forward(x: Array, h0: Array, W: Array, b: Array) -> tuple[Array, Cache]:  # GIVEN
    h, hs = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ W + b)
        hs.append(h)
    stacked = np.stack(hs, axis=1)
    return stacked, {"x": x, "h0": h0, "W": W, "hs": stacked}


def rnn_backward(dhs: Array, cache: Cache) -> tuple[Array, Array, Array, Array]:
    x, h0, W, hs = cache["x"], cache["h0"], cache["W"], cache["hs"]
    B, T, E = x.shape
    Wxh, Whh = W[:E].T, W[E:].T
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros((Whh.shape[0], 1))
    dx, dh0 = np.zeros_like(x), np.zeros_like(h0)
    for n in range(B):
        dhnext = np.zeros((Whh.shape[0], 1))
        for t in reversed(range(T)):
            h = hs[n, t].reshape(-1, 1)
            hlast = (hs[n, t - 1] if t > 0 else h0[n]).reshape(-1, 1)
            dh = dhs[n, t].reshape(-1, 1) + dhnext
            dhraw = (1 - h * h) * dh
            dbh += dhraw
            dWxh += np.dot(dhraw, x[n, t].reshape(1, -1))
            dWhh += np.dot(dhraw, hlast.T)
            dx[n, t] = np.dot(Wxh.T, dhraw).ravel()
            dhnext = np.dot(Whh.T, dhraw)
        dh0[n] = dhnext.ravel()
    return dx, dh0, np.vstack([dWxh.T, dWhh.T]), dbh.ravel()




def lstm_cell_forward(x: Array, hprev: Array, cprev: Array, W: Array, b: Array) -> tuple[Array, Array, Cache]:  # GIVEN
    a = np.concatenate([x, hprev], axis=1) @ W + b
    H = hprev.shape[1]
    gates = 0.5 + 0.5 * np.tanh(0.5 * a[:, : 3 * H])  # a sigmoid that never overflows
    i, f, o, g = gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :], np.tanh(a[:, 3 * H :])
    c = f * cprev + i * g
    h = o * np.tanh(c)
    return h, c, {"x": x, "hprev": hprev, "cprev": cprev, "W": W, "c": c, "i": i, "f": f, "o": o, "g": g}


def lstm_cell_backward(dh: Array, dc: Array, cache: Cache) -> tuple[Array, Array, Array, Array, Array]:
    x, hprev, cprev, W, c = (cache[k] for k in ("x", "hprev", "cprev", "W", "c"))
    i, f, o, g = (cache[k] for k in "ifog")
    n, d = hprev.shape
    Hin = np.hstack([np.ones((n, 1)), x, hprev])
    dC = np.array(dc)
    dIFOGf = np.zeros((n, 4 * d))
    tanhCt = np.tanh(c)
    dIFOGf[:, 2 * d : 3 * d] = tanhCt * dh
    dC += (1 - tanhCt**2) * (o * dh)
    dIFOGf[:, d : 2 * d] = cprev * dC
    dcprev = f * dC
    dIFOGf[:, :d] = g * dC
    dIFOGf[:, 3 * d :] = i * dC
    dIFOG = np.zeros_like(dIFOGf)
    dIFOG[:, 3 * d :] = (1 - g**2) * dIFOGf[:, 3 * d :]
    y = np.hstack([i, f, o])
    dIFOG[:, : 3 * d] = (y * (1.0 - y)) * dIFOGf[:, : 3 * d]
    dWLSTM = np.dot(Hin.T, dIFOG)
    dHin = dIFOG.dot(np.vstack([np.zeros((1, 4 * d)), W]).T)
    E = x.shape[1]
    return dHin[:, 1 : 1 + E], dHin[:, 1 + E :], dcprev, dWLSTM[1:], dWLSTM[0]




def gradient_flow(cell: Callable[[Tensor, Tensor], Tensor], xs: Tensor, h0: Tensor) -> Tensor:
    hs = [h0.clone().requires_grad_()]
    for t in range(xs.shape[1]):
        hs.append(cell(xs[:, t], hs[-1]))
    loss = 0.5 * (hs[-1] ** 2).sum()
    grads = torch.autograd.grad(loss, hs[1:])
    return torch.stack([g.norm() for g in grads])


def spectral_radius(W: Tensor) -> float:
    return float(torch.linalg.eigvals(W).abs().max())
