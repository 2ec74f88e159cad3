"""Unit 11 by somebody who reads all hints and does what they say, to the letter."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

Number = Union["Value", float]


class Value:
    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data: float, children: tuple["Value", ...] = (), local_grads: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = local_grads

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other: Number) -> "Value":
        right = other
        if not isinstance(other, Value):
            right = Value(other)
        return Value(self.data + right.data, (self, right), (1, 1))

    def __mul__(self, other: Number) -> "Value":
        right = other
        if not isinstance(other, Value):
            right = Value(other)
        return Value(self.data * right.data, (self, right), (right.data, self.data))

    def __pow__(self, exponent: float) -> "Value":
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def exp(self) -> "Value":
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def log(self) -> "Value":
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> "Value":
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> "Value":
        return self * -1

    def __radd__(self, other: float) -> "Value":
        return self + other

    def __rmul__(self, other: float) -> "Value":
        return self * other

    def __sub__(self, other: Number) -> "Value":
        return self + -other

    def __rsub__(self, other: float) -> "Value":
        return -self + other

    def __truediv__(self, other: Number) -> "Value":
        return self * other ** (-1)

    def __rtruediv__(self, other: float) -> "Value":
        return self ** (-1) * other

    def backward(self) -> None:
        listed = []
        seen = set()
        stack = [(self, False)]
        while stack:
            node, ready = stack.pop()
            if ready:
                listed.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                for child in node._children:
                    stack.append((child, False))
        for node in listed:
            if node._children:
                node.grad = 0
        self.grad = 1
        for node in listed[::-1]:
            for child, local in zip(node._children, node._local_grads):
                child.grad += local * node.grad


class NameTokenizer:
    def __init__(self, docs: Sequence[str]) -> None:
        self.chars = sorted(set("".join(docs)))
        self.BOS = len(self.chars)
        self.vocab_size = self.BOS + 1

    def encode(self, doc: str) -> list[int]:
        return [self.BOS] + [self.chars.index(char) for char in doc] + [self.BOS]

    def decode(self, ids: Sequence[int]) -> str:
        return "".join(self.chars[i] for i in ids if i != self.BOS)


def linear(x: list[Value], w: list[list[Value]]) -> list[Value]:
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in w]


def softmax(logits: list[Value]) -> list[Value]:
    largest = max(score.data for score in logits)
    exps = [(score - largest).exp() for score in logits]
    total = sum(exps)
    return [e / total for e in exps]


def rmsnorm(x: list[Value], eps: float = 1e-05) -> list[Value]:
    ms = sum(xi * xi for xi in x) / len(x)
    scale = (ms + eps) ** -0.5
    return [xi * scale for xi in x]


def layernorm(x: list[Value], eps: float = 1e-05) -> list[Value]:
    mean = sum(x) / len(x)
    return rmsnorm([xi - mean for xi in x], eps)


def attention_step(q: list[Value], keys: list[list[Value]], values: list[list[Value]], n_head: int) -> list[Value]:
    D = len(q) // n_head
    result = []
    for h in range(n_head):
        begin = h * D
        scores = [sum(q[i] * key[i] for i in range(begin, begin + D)) * D**-0.5 for key in keys]
        weights = softmax(scores)
        result.extend(sum(weight * value[i] for weight, value in zip(weights, values)) for i in range(begin, begin + D))
    return result


@dataclass
class GPTConfig:
    vocab_size: int
    block_size: int = 16
    n_layer: int = 1
    n_head: int = 4
    n_embd: int = 16


StateDict = dict[str, list[list[Value]]]
Cache = list[list[list[Value]]]


def new_caches(n_layer: int) -> tuple[Cache, Cache]:
    return ([[] for _ in range(n_layer)], [[] for _ in range(n_layer)])


def parameters(state_dict: StateDict) -> list[Value]:
    return [p for matrix in state_dict.values() for row in matrix for p in row]


def gpt_step(
    token_id: int, pos_id: int, keys: Cache, values: Cache, state_dict: StateDict, cfg: GPTConfig
) -> list[Value]:
    x = rmsnorm([t + p for t, p in zip(state_dict["wte"][token_id], state_dict["wpe"][pos_id])])
    for i in range(cfg.n_layer):
        name = f"layer{i}."
        h = rmsnorm(x)
        q = linear(h, state_dict[name + "attn_wq"])
        k = linear(h, state_dict[name + "attn_wk"])
        v = linear(h, state_dict[name + "attn_wv"])
        keys[i].append(k)
        values[i].append(v)
        h = linear(attention_step(q, keys[i], values[i], cfg.n_head), state_dict[name + "attn_wo"])
        x = [a + b for a, b in zip(x, h)]
        h = rmsnorm(x)
        h = linear(h, state_dict[name + "mlp_fc1"])
        h = [hi.relu() for hi in h]
        h = linear(h, state_dict[name + "mlp_fc2"])
        x = [a + b for a, b in zip(x, h)]
    return linear(x, state_dict["lm_head"])


def sequence_loss(tokens: Sequence[int], state_dict: StateDict, cfg: GPTConfig) -> Value:
    n = min(cfg.block_size, len(tokens) - 1)
    keys, values = new_caches(cfg.n_layer)
    losses = []
    for pos in range(n):
        probs = softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))
        losses.append(-(probs[tokens[pos + 1]].log()))
    return sum(losses) / n


def linear_decay(step: int, num_steps: int, lr: float) -> float:
    return lr * (1 - step / num_steps)


def clip_gradients(params: Sequence[Value], max_norm: float) -> float:
    norm = math.sqrt(sum(p.grad * p.grad for p in params))
    if norm > max_norm:
        for p in params:
            p.grad *= max_norm / norm
    return norm


def adam_step(
    params: Sequence[Value],
    m: list[float],
    v: list[float],
    step: int,
    lr: float,
    beta1: float = 0.85,
    beta2: float = 0.99,
    eps: float = 1e-08,
) -> None:
    for i, p in enumerate(params):
        g = p.grad
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        mhat = m[i] / (1 - beta1 ** (step + 1))
        vhat = v[i] / (1 - beta2 ** (step + 1))
        p.data -= lr * mhat / (math.sqrt(vhat) + eps)
        p.grad = 0.0


def generate(
    state_dict: StateDict,
    cfg: GPTConfig,
    tok: NameTokenizer,
    prompt: str = "",
    temperature: float = 0.8,
    rng: random.Random | None = None,
    max_len: int | None = None,
) -> str:
    if not temperature > 0:
        raise ValueError("temperature must be above 0")
    longest = cfg.block_size if max_len is None else min(max_len, cfg.block_size)
    if rng is None:
        rng = random
    keys, values = new_caches(cfg.n_layer)
    ids = tok.encode(prompt)[:-1]
    for pos in range(len(ids)):
        logits = gpt_step(ids[pos], pos, keys, values, state_dict, cfg)
    while len(ids) - 1 < longest:
        probs = softmax([score / temperature for score in logits])
        drawn = rng.choices(range(cfg.vocab_size), weights=[p.data for p in probs])[0]
        if drawn == tok.BOS:
            break
        ids.append(drawn)
        if len(ids) - 1 < longest:
            logits = gpt_step(drawn, len(ids) - 1, keys, values, state_dict, cfg)
    return tok.decode(ids)


def init_state_dict(cfg: GPTConfig, rng: random.Random) -> StateDict:
    def matrix(rows, columns):
        return [[Value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]

    C = cfg.n_embd
    made = {}
    made["wte"] = matrix(cfg.vocab_size, C)
    made["wpe"] = matrix(cfg.block_size, C)
    made["lm_head"] = matrix(cfg.vocab_size, C)
    for i in range(cfg.n_layer):
        made[f"layer{i}.attn_wq"] = matrix(C, C)
        made[f"layer{i}.attn_wk"] = matrix(C, C)
        made[f"layer{i}.attn_wv"] = matrix(C, C)
        made[f"layer{i}.attn_wo"] = matrix(C, C)
        made[f"layer{i}.mlp_fc1"] = matrix(4 * C, C)
        made[f"layer{i}.mlp_fc2"] = matrix(C, 4 * C)
    return made


def train_microgpt(
    docs: Sequence[str], cfg: GPTConfig, num_steps: int, lr: float = 0.01, seed: int = 42
) -> tuple[StateDict, list[float]]:
    rng = random.Random(seed)
    shuffled = list(docs)
    rng.shuffle(shuffled)
    tok = NameTokenizer(shuffled)
    state_dict = init_state_dict(cfg, rng)
    params = parameters(state_dict)
    m = [0.0] * len(params)
    v = [0.0] * len(params)
    losses = []
    for step in range(num_steps):
        doc = shuffled[step % len(shuffled)]
        loss = sequence_loss(tok.encode(doc), state_dict, cfg)
        loss.backward()
        adam_step(params, m, v, step, linear_decay(step, num_steps, lr))
        losses.append(loss.data)
    return state_dict, losses
