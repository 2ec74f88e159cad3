"""Unit 07 by somebody who reads all hints and does what they say, to the letter."""

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
    xh = torch.cat([xt, hprev], dim=1)
    return torch.tanh(xh @ W + b)


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
    xh = torch.cat([xt, hprev], dim=1)
    z = torch.sigmoid(xh @ Wz + bz)
    r = torch.sigmoid(xh @ Wr + br)
    hbar = torch.tanh(torch.cat([xt, r * hprev], dim=1) @ Wh + bh)
    return (1 - z) * hprev + z * hbar


def lstm_cell(xt: Tensor, hprev: Tensor, cprev: Tensor, W: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    i, f, o, g = (torch.cat([xt, hprev], dim=1) @ W + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * cprev + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return h, c


@dataclass
class RNNConfig:
    vocab_size: int
    n_embd: int = 32
    n_embd2: int = 64
    cell: str = "rnn"
    block_size: int = 16  # nothing here depends on it


class Cell(nn.Module):
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


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -1) -> Tensor:
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
        emb = self.wte(idx)
        h = self.start.expand(len(idx), -1)
        c = torch.zeros_like(h)
        hs = []
        for t in range(idx.shape[1]):
            h, c = self.cell(emb[:, t], h, c)
            hs.append(h)
        logits = self.lm_head(torch.stack(hs, dim=1))
        if targets is None:
            return logits, None
        loss = cross_entropy(logits.flatten(0, 1), targets.flatten())
        return logits, loss


def rnn_forward(x: Array, h0: Array, W: Array, b: Array) -> tuple[Array, Cache]:
    h, hs = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ W + b)
        hs.append(h)
    stacked = np.stack(hs, axis=1)
    return stacked, {"x": x, "h0": h0, "W": W, "hs": stacked}


def rnn_backward(dhs: Array, cache: Cache) -> tuple[Array, Array, Array, Array]:
    x, h0, W, hs = cache["x"], cache["h0"], cache["W"], cache["hs"]
    B, T, E = x.shape
    dx = np.zeros_like(x)
    dW = np.zeros_like(W)
    db = np.zeros_like(W[0])
    dnext = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        state = h0 if t == 0 else hs[:, t - 1]
        dh = dhs[:, t] + dnext
        da = dh * (1 - hs[:, t] ** 2)
        xh = np.concatenate([x[:, t], state], axis=1)
        dW += xh.T @ da
        db += da.sum(axis=0)
        dxh = da @ W.T
        dx[:, t] = dxh[:, :E]
        dnext = dxh[:, E:]
    return dx, dnext, dW, db


def lstm_cell_forward(x: Array, hprev: Array, cprev: Array, W: Array, b: Array) -> tuple[Array, Array, Cache]:
    a = np.concatenate([x, hprev], axis=1) @ W + b
    H = hprev.shape[1]
    gates = 0.5 + 0.5 * np.tanh(0.5 * a[:, : 3 * H])  # a sigmoid that never overflows
    i, f, o, g = gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :], np.tanh(a[:, 3 * H :])
    c = f * cprev + i * g
    h = o * np.tanh(c)
    return h, c, {"x": x, "hprev": hprev, "cprev": cprev, "W": W, "c": c, "i": i, "f": f, "o": o, "g": g}


def lstm_cell_backward(dh: Array, dc: Array, cache: Cache) -> tuple[Array, Array, Array, Array, Array]:
    x, hprev, cprev, W, c = cache["x"], cache["hprev"], cache["cprev"], cache["W"], cache["c"]
    i, f, o, g = cache["i"], cache["f"], cache["o"], cache["g"]
    E = x.shape[1]
    xh = np.concatenate([x, hprev], axis=1)
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    da = np.concatenate(
        [dc * g * i * (1 - i), dc * cprev * f * (1 - f), dh * np.tanh(c) * o * (1 - o), dc * i * (1 - g**2)],
        axis=1,
    )
    dxh = da @ W.T
    return dxh[:, :E], dxh[:, E:], dc * f, xh.T @ da, da.sum(axis=0)


def gradient_flow(cell: Callable[[Tensor, Tensor], Tensor], xs: Tensor, h0: Tensor) -> Tensor:
    h = h0.detach().requires_grad_()
    hs = []
    for t in range(xs.shape[1]):
        h = cell(xs[:, t], h)
        hs.append(h)
    loss = (hs[-1] ** 2).sum() / 2
    grads = torch.autograd.grad(loss, hs)
    return torch.stack([g.norm() for g in grads])


def spectral_radius(W: Tensor) -> float:
    return torch.linalg.eigvals(W).abs().max().item()
