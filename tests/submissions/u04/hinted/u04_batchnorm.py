"""Unit 04 as the last hint of each ladder says, to the letter."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor


def kaiming_std(
    fan_in: int, nonlinearity: Literal["linear", "tanh", "relu", "leaky_relu"], negative_slope: float = 0.01
) -> float:
    gains = {"linear": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 + negative_slope**2))}
    if nonlinearity not in gains:
        raise ValueError(f"no gain is known for {nonlinearity!r}; known are {', '.join(gains)}")
    return gains[nonlinearity] / math.sqrt(fan_in)


def init_mlp(
    vocab_size: int, n_embd: int, block_size: int, n_hidden: int, generator: torch.Generator | None = None
) -> dict[str, Tensor]:

    def randn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    fan_in = block_size * n_embd
    made = {
        "C": randn(vocab_size, n_embd),
        "W1": randn(fan_in, n_hidden) * (5 / 3 / math.sqrt(fan_in)),
        "b1": randn(n_hidden) * 0.01,
        "W2": randn(n_hidden, vocab_size) * 0.01,
        "b2": torch.zeros(vocab_size),
    }
    return {name: one.requires_grad_() for name, one in made.items()}


class Linear:
    """x @ weight + bias. Attributes: weight (fan_in, fan_out), bias (fan_out,) or None, and out, its last result."""

    def __init__(self, fan_in: int, fan_out: int, bias: bool = True, generator: torch.Generator | None = None) -> None:
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x: Tensor) -> Tensor:
        self.out = x @ self.weight
        if self.bias is not None:
            self.out = self.out + self.bias
        return self.out

    def parameters(self) -> list[Tensor]:
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class Tanh:
    """tanh as a layer: nothing to train; out is its last result."""

    def __call__(self, x: Tensor) -> Tensor:
        self.out = torch.tanh(x)
        return self.out

    def parameters(self) -> list[Tensor]:
        return []


def batch_norm(hpreact: Tensor, bngain: Tensor, bnbias: Tensor, eps: float = 1e-05, unbiased: bool = False) -> Tensor:
    if hpreact.shape[0] < 2:
        raise ValueError("one example has no spread: BatchNorm needs a batch of at least 2 in training")
    mean = hpreact.mean(0, keepdim=True)
    var = hpreact.var(0, unbiased=unbiased, keepdim=True)
    return bngain * (hpreact - mean) / torch.sqrt(var + eps) + bnbias


class BatchNorm1d:
    """BatchNorm as a layer. gamma, beta (dim,) are trained; running_mean, running_var (dim,) are not; training; out."""

    def __init__(self, dim: int, eps: float = 1e-05, momentum: float = 0.1) -> None:
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)

    def __call__(self, x: Tensor) -> Tensor:
        if self.training:
            if x.shape[0] < 2:
                raise ValueError("one example has no spread: BatchNorm needs a batch of at least 2 in training")
            mean, var = (x.mean(0), x.var(0, unbiased=False))
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
        else:
            mean, var = (self.running_mean, self.running_var)
        self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
        return self.out

    def parameters(self) -> list[Tensor]:
        return [self.gamma, self.beta]


def calibrate_batchnorm(forward_to_preact, X, batch_size=1024):
    with torch.no_grad():
        mean = sum(forward_to_preact(b).sum(0, keepdim=True) for b in X.split(batch_size)) / len(X)
        var = sum(((forward_to_preact(b) - mean) ** 2).sum(0, keepdim=True) for b in X.split(batch_size)) / (len(X) - 1)
        return mean, var


def saturation_fraction(h: Tensor, threshold: float = 0.97) -> float:
    return (h.abs() > threshold).float().mean().item()


def dead_relu_units(preact: Tensor) -> Tensor:
    return (preact <= 0).all(0).nonzero().flatten()


def update_to_data_ratio(params: Iterable[Tensor], lr: float) -> list[float]:
    return [((lr * p.grad).std() / p.detach().std()).log10().item() if p.grad is not None else math.nan for p in params]


def grad_report(params: Iterable[Tensor], low: float = 1e-08, high: float = 100.0) -> dict[str, list[int]]:
    report: dict[str, list[int]] = {"exploding": [], "vanishing": [], "nan": []}
    for i, p in enumerate(params):
        if p.grad is None:
            continue
        norm = p.grad.norm().item()
        if p.grad.isnan().any():
            report["nan"].append(i)
        elif norm > high:
            report["exploding"].append(i)
        elif norm < low:
            report["vanishing"].append(i)
    return report


class Sequential:
    """Layers in a row. Attributes: layers, the list, and out, the last result."""

    def __init__(self, layers: Sequence[Any]) -> None:
        self.layers = list(layers)

    def __call__(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return x

    def parameters(self) -> list[Tensor]:
        found = {id(p): p for layer in self.layers for p in layer.parameters()}
        return list(found.values())

    def train(self) -> None:
        self.training = True
        for layer in self.layers:
            layer.training = True
            if isinstance(layer, Sequential):
                layer.train()

    def eval(self) -> None:
        self.training = False
        for layer in self.layers:
            layer.training = False
            if isinstance(layer, Sequential):
                layer.eval()


def deep_net(
    n_in: int, n_hidden: int, n_out: int, n_layer: int, norm: bool = True, generator: torch.Generator | None = None
) -> Sequential:
    layers: list[Any] = []
    width = n_in
    with torch.no_grad():
        for _ in range(n_layer):
            linear = Linear(width, n_hidden, bias=not norm, generator=generator)
            layers.append(linear)
            if norm:
                layers.append(BatchNorm1d(n_hidden))
            else:
                linear.weight *= 5 / 3
            layers.append(Tanh())
            width = n_hidden
        last = Linear(width, n_out, generator=generator)
        last.weight *= 0.1
    return Sequential([*layers, last])


def watch(net: Any, x: Tensor, y: Tensor, steps: int, lr: float) -> dict[str, Any]:
    params = net.parameters()
    for p in params:
        p.requires_grad = True
    loss = torch.zeros(())
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(net(x), y)
        for p in params:
            p.grad = None
        loss.backward()
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    tanhs = [layer.out for layer in net.layers if isinstance(layer, Tanh)]
    return {
        "loss": round(loss.item(), 3),
        "saturated": [round(saturation_fraction(out), 2) for out in tanhs],
        "ratios": [round(r, 1) for r in update_to_data_ratio((p for p in params if p.ndim == 2), lr)],
    }
