"""Unit 11 by somebody who comes from the gist: its names, its recursion, its zip, and its grad that is an int."""

import math
import random
from dataclasses import dataclass


class Value:
    __slots__ = ("_kids", "_slopes", "data", "grad")

    def __init__(self, data, kids=(), slopes=()):
        self.data = data
        self.grad = 0
        self._kids = kids
        self._slopes = slopes

    def __add__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        if not isinstance(other, Value):
            other = Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, n):
        return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def exp(self):
        return Value(math.exp(self.data), (self,), (math.exp(self.data),))

    def relu(self):
        return Value(max(0, self.data), (self,), (float(self.data > 0),))

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

    def backward(self):
        topo, visited = [], set()

        def visit(v):
            if v not in visited:
                visited.add(v)
                for kid in v._kids:
                    visit(kid)
                topo.append(v)

        visit(self)
        self.grad = 1
        for v in reversed(topo):
            for kid, slope in zip(v._kids, v._slopes):
                kid.grad += slope * v.grad


class NameTokenizer:
    def __init__(self, docs):
        self.uchars = sorted(set("".join(docs)))
        self.BOS = len(self.uchars)
        self.vocab_size = len(self.uchars) + 1

    def encode(self, doc):
        return [self.BOS] + [self.uchars.index(ch) for ch in doc] + [self.BOS]

    def decode(self, ids):
        sample = []
        for token_id in ids:
            if token_id == self.BOS:
                continue
            sample.append(self.uchars[token_id])
        return "".join(sample)


@dataclass
class GPTConfig:
    vocab_size: int
    block_size: int = 16
    n_layer: int = 1
    n_head: int = 4
    n_embd: int = 16


def linear(x, w):
    return [sum(wi * xi for wi, xi in zip(wo, x)) for wo in w]


def softmax(logits):
    top = max(val.data for val in logits)
    exps = [(val - top).exp() for val in logits]
    total = sum(exps)
    return [e / total for e in exps]


def rmsnorm(x, eps=1e-5):
    ms = sum(xi * xi for xi in x) / len(x)
    scale = (ms + eps) ** -0.5
    return [xi * scale for xi in x]


def layernorm(x, eps=1e-5):
    mu = sum(x) / len(x)
    var = sum((xi - mu) ** 2 for xi in x) / len(x)
    scale = (var + eps) ** -0.5
    return [(xi - mu) * scale for xi in x]


def attention_step(q, keys, values, n_head):
    head_dim = len(q) // n_head
    x_attn = []
    for h in range(n_head):
        hs = h * head_dim
        q_h = q[hs : hs + head_dim]
        k_h = [ki[hs : hs + head_dim] for ki in keys]
        v_h = [vi[hs : hs + head_dim] for vi in values]
        logits = [sum(q_h[j] * k_h[t][j] for j in range(head_dim)) / head_dim**0.5 for t in range(len(k_h))]
        weights = softmax(logits)
        x_attn.extend(sum(weights[t] * v_h[t][j] for t in range(len(v_h))) for j in range(head_dim))
    return x_attn


def gpt_step(token_id, pos_id, keys, values, state_dict, cfg):
    tok_emb = state_dict["wte"][token_id]
    pos_emb = state_dict["wpe"][pos_id]
    x = [t + p for t, p in zip(tok_emb, pos_emb)]
    x = rmsnorm(x)
    for li in range(cfg.n_layer):
        x_residual = x
        x = rmsnorm(x)
        q = linear(x, state_dict[f"layer{li}.attn_wq"])
        k = linear(x, state_dict[f"layer{li}.attn_wk"])
        v = linear(x, state_dict[f"layer{li}.attn_wv"])
        keys[li].append(k)
        values[li].append(v)
        x_attn = attention_step(q, keys[li], values[li], cfg.n_head)
        x = linear(x_attn, state_dict[f"layer{li}.attn_wo"])
        x = [a + b for a, b in zip(x, x_residual)]
        x_residual = x
        x = rmsnorm(x)
        x = linear(x, state_dict[f"layer{li}.mlp_fc1"])
        x = [xi.relu() for xi in x]
        x = linear(x, state_dict[f"layer{li}.mlp_fc2"])
        x = [a + b for a, b in zip(x, x_residual)]
    return linear(x, state_dict["lm_head"])


def sequence_loss(tokens, state_dict, cfg):
    n = min(cfg.block_size, len(tokens) - 1)
    keys, values = [[] for _ in range(cfg.n_layer)], [[] for _ in range(cfg.n_layer)]
    losses = []
    for pos_id in range(n):
        token_id, target_id = tokens[pos_id], tokens[pos_id + 1]
        logits = gpt_step(token_id, pos_id, keys, values, state_dict, cfg)
        probs = softmax(logits)
        losses.append(-probs[target_id].log())
    return (1 / n) * sum(losses)


def linear_decay(step, num_steps, lr):
    return lr * (1 - step / num_steps)


def clip_gradients(params, max_norm):
    total = sum(p.grad**2 for p in params) ** 0.5
    coef = max_norm / (total + 1e-6)
    if coef < 1:
        for p in params:
            p.grad = p.grad * coef
    return total


def adam_step(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    for i, p in enumerate(params):
        m[i] = beta1 * m[i] + (1 - beta1) * p.grad
        v[i] = beta2 * v[i] + (1 - beta2) * p.grad**2
        m_hat = m[i] / (1 - beta1 ** (step + 1))
        v_hat = v[i] / (1 - beta2 ** (step + 1))
        p.data -= lr * m_hat / (v_hat**0.5 + eps)
        p.grad = 0


def generate(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    rng = rng or random
    limit = cfg.block_size if max_len is None else min(cfg.block_size, max_len)
    keys, values = [[] for _ in range(cfg.n_layer)], [[] for _ in range(cfg.n_layer)]
    given = tok.encode(prompt)[:-1]
    sample = []
    token_id = given[0]
    for pos_id in range(cfg.block_size):
        logits = gpt_step(token_id, pos_id, keys, values, state_dict, cfg)
        if pos_id + 1 < len(given):
            token_id = given[pos_id + 1]
        else:
            if len(sample) >= limit:
                break
            probs = softmax([score / temperature for score in logits])
            token_id = rng.choices(range(cfg.vocab_size), weights=[p.data for p in probs])[0]
            if token_id == tok.BOS:
                break
        sample.append(token_id)
    return tok.decode(sample)


def init_state_dict(cfg, rng):
    matrix = lambda nout, nin, std=0.08: [[Value(rng.gauss(0, std)) for _ in range(nin)] for _ in range(nout)]  # noqa: E731
    n_embd = cfg.n_embd
    state_dict = {
        "wte": matrix(cfg.vocab_size, n_embd),
        "wpe": matrix(cfg.block_size, n_embd),
        "lm_head": matrix(cfg.vocab_size, n_embd),
    }
    for i in range(cfg.n_layer):
        for part in "qkvo":
            state_dict[f"layer{i}.attn_w{part}"] = matrix(n_embd, n_embd)
        state_dict[f"layer{i}.mlp_fc1"] = matrix(4 * n_embd, n_embd)
        state_dict[f"layer{i}.mlp_fc2"] = matrix(n_embd, 4 * n_embd)
    return state_dict


def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    docs = docs[:]
    rng.shuffle(docs)
    tok = NameTokenizer(docs)
    state_dict = init_state_dict(cfg, rng)
    params = [p for mat in state_dict.values() for row in mat for p in row]
    m, v = [0.0] * len(params), [0.0] * len(params)
    losses = []
    for step in range(num_steps):
        loss = sequence_loss(tok.encode(docs[step % len(docs)]), state_dict, cfg)
        loss.backward()
        adam_step(params, m, v, step, linear_decay(step, num_steps, lr))
        losses.append(loss.data)
    return state_dict, losses
