"""Unit 11 by somebody who comes from lecture 1: a Value with closures and a set of parents, tables as in makemore."""

import math
import random
from dataclasses import dataclass


class Value:
    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = set(_children)
        self._op = _op

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float))
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward():
            self.grad += other * self.data ** (other - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += out.grad / self.data

        out._backward = _backward
        return out

    def relu(self):
        out = Value(max(self.data, 0), (self,), "ReLU")

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo = []
        visited = set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1


class NameTokenizer:
    def __init__(self, docs):
        chars = sorted(set("".join(docs)))
        self.stoi = {s: i for i, s in enumerate(chars)}
        self.itos = {i: s for s, i in self.stoi.items()}
        self.BOS = len(chars)
        self.vocab_size = len(chars) + 1

    def encode(self, doc):
        return [self.BOS] + [self.stoi[s] for s in doc] + [self.BOS]

    def decode(self, ids):
        return "".join(self.itos.get(i, "") for i in ids)


@dataclass
class GPTConfig:
    vocab_size: int
    block_size: int = 16
    n_layer: int = 1
    n_head: int = 4
    n_embd: int = 16


def linear(x, w):
    outs = []
    for row in w:
        act = row[0] * x[0]
        for wi, xi in zip(row[1:], x[1:]):
            act = act + wi * xi
        outs.append(act)
    return outs


def softmax(logits):
    biggest = max(logits, key=lambda value: value.data).data
    counts = [(logit - biggest).exp() for logit in logits]
    denominator = sum(counts)
    return [count / denominator for count in counts]


def layernorm(x, eps=1e-5):
    n = len(x)
    mean = sum(x) / n
    var = sum((xi - mean) ** 2 for xi in x) / n
    return [(xi - mean) / (var + eps) ** 0.5 for xi in x]


def rmsnorm(x, eps=1e-5):
    root = (sum(xi**2 for xi in x) / len(x) + eps) ** 0.5
    return [xi / root for xi in x]


def one_head(q, keys, values):
    wei = softmax([sum(a * b for a, b in zip(q, key)) / math.sqrt(len(q)) for key in keys])
    return [sum(w * value[j] for w, value in zip(wei, values)) for j in range(len(q))]


def attention_step(q, keys, values, n_head):
    hs = len(q) // n_head
    out = []
    for h in range(n_head):
        cut = slice(h * hs, (h + 1) * hs)
        out += one_head(q[cut], [k[cut] for k in keys], [v[cut] for v in values])
    return out


def plus(xs, ys):
    return [x + y for x, y in zip(xs, ys)]


class Block:
    def __init__(self, state_dict, i, n_head):
        self.w = {name.split(".")[1]: w for name, w in state_dict.items() if name.startswith(f"layer{i}.")}
        self.n_head = n_head

    def attend(self, x, keys, values):
        keys.append(linear(x, self.w["attn_wk"]))
        values.append(linear(x, self.w["attn_wv"]))
        return linear(attention_step(linear(x, self.w["attn_wq"]), keys, values, self.n_head), self.w["attn_wo"])

    def mlp(self, x):
        return linear([h.relu() for h in linear(x, self.w["mlp_fc1"])], self.w["mlp_fc2"])

    def __call__(self, x, keys, values):
        x = plus(x, self.attend(rmsnorm(x), keys, values))
        return plus(x, self.mlp(rmsnorm(x)))


def gpt_step(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(plus(state_dict["wte"][token_id], state_dict["wpe"][pos_id]))
    for i in range(cfg.n_layer):
        x = Block(state_dict, i, cfg.n_head)(x, keys[i], values[i])
    return linear(x, state_dict["lm_head"])


def sequence_loss(tokens, state_dict, cfg):
    xs, ys = tokens[:-1][: cfg.block_size], tokens[1:][: cfg.block_size]
    keys = [[] for _ in range(cfg.n_layer)]
    values = [[] for _ in range(cfg.n_layer)]
    nll = 0.0
    for pos, (x, y) in enumerate(zip(xs, ys)):
        nll += -softmax(gpt_step(x, pos, keys, values, state_dict, cfg))[y].log()
    return nll / len(xs)


def linear_decay(step, num_steps, lr):
    return lr * (num_steps - step) / num_steps


def clip_gradients(params, max_norm):
    norm = sum(p.grad**2 for p in params) ** 0.5
    if norm > max_norm:
        for p in params:
            p.grad *= max_norm / norm
    return norm


def adam_step(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    t = step + 1
    for i in range(len(params)):
        g = params[i].grad
        m[i] += (1 - beta1) * (g - m[i])
        v[i] += (1 - beta2) * (g**2 - v[i])
        params[i].data += -lr * (m[i] / (1 - beta1**t)) / ((v[i] / (1 - beta2**t)) ** 0.5 + eps)
    for p in params:
        p.grad = 0.0


def generate(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    choices = random.choices if rng is None else rng.choices
    max_len = min(max_len or cfg.block_size, cfg.block_size)
    context = [tok.BOS] + [tok.stoi[ch] for ch in prompt]
    keys = [[] for _ in range(cfg.n_layer)]
    values = [[] for _ in range(cfg.n_layer)]
    read = 0
    while len(context) <= max_len:
        while read < len(context):
            logits = gpt_step(context[read], read, keys, values, state_dict, cfg)
            read += 1
        probs = softmax([logit * (1 / temperature) for logit in logits])
        ix = choices(range(cfg.vocab_size), weights=[p.data for p in probs])[0]
        if ix == tok.BOS:
            break
        context.append(ix)
    return tok.decode(context)


def init_state_dict(cfg, rng):
    C = cfg.n_embd
    shapes = {"wte": (cfg.vocab_size, C), "wpe": (cfg.block_size, C), "lm_head": (cfg.vocab_size, C)}
    for i in range(cfg.n_layer):
        for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo"):
            shapes[f"layer{i}.{name}"] = (C, C)
        shapes[f"layer{i}.mlp_fc1"] = (4 * C, C)
        shapes[f"layer{i}.mlp_fc2"] = (C, 4 * C)
    return {name: [[Value(rng.gauss(0, 0.08)) for _ in range(n)] for _ in range(m)] for name, (m, n) in shapes.items()}


def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    words = list(docs)
    rng.shuffle(words)
    tok = NameTokenizer(words)
    model = init_state_dict(cfg, rng)
    params = [p for w in model.values() for row in w for p in row]
    m = [0.0 for _ in params]
    v = [0.0 for _ in params]
    lossi = []
    for k in range(num_steps):
        word = words[k % len(words)]
        loss = sequence_loss(tok.encode(word), model, cfg)
        for p in params:
            p.grad = 0.0
        loss.backward()
        adam_step(params, m, v, k, linear_decay(k, num_steps, lr))
        lossi.append(loss.data)
    return model, lossi
