"""Unit 11 by somebody who knows GPTs from lecture 7: pairs of parent and slope, counted users, log-probabilities."""

import math
import random
from dataclasses import dataclass


class Value:
    __slots__ = ("data", "edges", "grad")

    def __init__(self, data, edges=()):
        self.data = data
        self.grad = 0.0
        self.edges = edges  # pairs of an operand and the slope in it

    @staticmethod
    def of(thing):
        return thing if isinstance(thing, Value) else Value(thing)

    def __add__(self, other):
        other = Value.of(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __sub__(self, other):
        other = Value.of(other)
        return Value(self.data - other.data, [(self, 1.0), (other, -1.0)])

    def __mul__(self, other):
        other = Value.of(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def __truediv__(self, other):
        other = Value.of(other)
        q = self.data / other.data
        return Value(q, [(self, 1 / other.data), (other, -q / other.data)])

    def __pow__(self, n):
        return Value(self.data**n, [(self, n * self.data ** (n - 1))])

    def __neg__(self):
        return Value(-self.data, [(self, -1.0)])

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        e = math.exp(self.data)
        return Value(e, [(self, e)])

    def log(self):
        return Value(math.log(self.data), [(self, 1 / self.data)])

    def relu(self):
        return Value(self.data, [(self, 1.0)]) if self.data > 0 else Value(0.0, [(self, 0.0)])

    def backward(self):
        users, found = {self: 0}, [self]
        for node in found:
            for parent, _ in node.edges:
                if parent not in users:
                    users[parent] = 0
                    found.append(parent)
                users[parent] += 1
        for node in found:
            if node.edges:
                node.grad = 0.0
        self.grad = 1.0
        ready = [self]
        while ready:
            node = ready.pop()
            for parent, slope in node.edges:
                parent.grad += slope * node.grad
                users[parent] -= 1
                if users[parent] == 0:
                    ready.append(parent)


class NameTokenizer:
    def __init__(self, docs):
        self.letters = "".join(sorted({c for doc in docs for c in doc}))
        self.vocab_size = len(self.letters) + 1
        self.BOS = self.vocab_size - 1

    def encode(self, doc):
        border = [self.BOS]
        return border + [self.letters.index(c) for c in doc] + border

    def decode(self, ids):
        return "".join([self.letters[i] if i < self.BOS else "" for i in ids])


@dataclass
class GPTConfig:
    vocab_size: int
    block_size: int = 16
    n_layer: int = 1
    n_head: int = 4
    n_embd: int = 16


def dot(xs, ys):
    if len(xs) != len(ys):
        raise ValueError(f"{len(xs)} numbers against {len(ys)}")
    return sum(map(lambda x, y: x * y, xs, ys))


def linear(x, w):
    return [dot(row, x) for row in w]


def log_softmax(logits):
    m = max(l.data for l in logits)  # noqa: E741
    lse = sum((l - m).exp() for l in logits).log() + m  # noqa: E741
    return [l - lse for l in logits]  # noqa: E741


def softmax(logits):
    return [lp.exp() for lp in log_softmax(logits)]


def rmsnorm(x, eps=1e-5):
    inverse = 1 / (dot(x, x) / len(x) + eps) ** 0.5
    return [xi * inverse for xi in x]


def layernorm(x, eps=1e-5):
    mean = sum(x) * (1 / len(x))
    return rmsnorm([xi - mean for xi in x], eps=eps)


def attention_step(q, keys, values, n_head):
    D = len(q) // n_head
    split = lambda row: [row[i : i + D] for i in range(0, len(row), D)]  # noqa: E731
    out = []
    for h, qh in enumerate(split(q)):
        att = softmax([dot(qh, split(k)[h]) * (1.0 / math.sqrt(D)) for k in keys])
        columns = zip(*[split(v)[h] for v in values])
        out.extend(dot(att, column) for column in columns)
    return out


def gpt_step(token_id, pos_id, keys, values, state_dict, cfg):
    def lin(x, name):
        return linear(x, state_dict[name])

    x = rmsnorm([state_dict["wte"][token_id][c] + state_dict["wpe"][pos_id][c] for c in range(cfg.n_embd)])
    for layer, (ks, vs) in enumerate(zip(keys, values)):
        at = f"layer{layer}."
        h = rmsnorm(x)
        ks += [lin(h, at + "attn_wk")]
        vs += [lin(h, at + "attn_wv")]
        y = lin(attention_step(lin(h, at + "attn_wq"), ks, vs, cfg.n_head), at + "attn_wo")
        x = [x[c] + y[c] for c in range(cfg.n_embd)]
        y = lin([u.relu() for u in lin(rmsnorm(x), at + "mlp_fc1")], at + "mlp_fc2")
        x = [x[c] + y[c] for c in range(cfg.n_embd)]
    return lin(x, "lm_head")


def sequence_loss(tokens, state_dict, cfg):
    caches = [[] for _ in range(cfg.n_layer)], [[] for _ in range(cfg.n_layer)]
    pairs = [(tokens[t], tokens[t + 1]) for t in range(len(tokens) - 1)][: cfg.block_size]
    terms = [log_softmax(gpt_step(x, t, *caches, state_dict, cfg))[y] for t, (x, y) in enumerate(pairs)]
    return sum(terms) * (-1 / len(terms))


def linear_decay(step, num_steps, lr):
    return (1 - step / num_steps) * lr


def clip_gradients(params, max_norm):
    length = math.hypot(*[p.grad for p in params])
    factor = min(1.0, max_norm / length) if length else 1.0
    for p in params:
        p.grad *= factor
    return length


def adam_step(params, m, v, step, lr, beta1=0.85, beta2=0.99, eps=1e-8):
    m[:] = [beta1 * a + (1 - beta1) * p.grad for a, p in zip(m, params)]
    v[:] = [beta2 * b + (1 - beta2) * p.grad**2 for b, p in zip(v, params)]
    c1, c2 = 1 - beta1 ** (step + 1), 1 - beta2 ** (step + 1)
    for p, a, b in zip(params, m, v):
        p.data -= lr * (a / c1) / ((b / c2) ** 0.5 + eps)
        p.grad = 0.0


def generate(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    assert temperature != 0
    source = random if rng is None else rng
    end = cfg.block_size if max_len is None else min(max_len, cfg.block_size)
    caches = [[] for _ in range(cfg.n_layer)], [[] for _ in range(cfg.n_layer)]
    name, token = prompt, tok.BOS
    to_read = tok.encode(prompt)[:-1]
    pos = 0
    while True:
        for token in to_read:
            scores = gpt_step(token, pos, *caches, state_dict, cfg)
            pos += 1
        if len(name) >= end:
            return name
        p = softmax([s / temperature for s in scores])
        (token,) = source.choices(range(cfg.vocab_size), weights=[one.data for one in p])
        if token == tok.BOS:
            return name
        name += tok.decode([token])
        if len(name) == end:
            return name
        to_read = [token]


def init_state_dict(cfg, rng):
    def weight(n_out, n_in):
        return [[Value(rng.gauss(0.0, 0.08)) for _ in range(n_in)] for _ in range(n_out)]

    d = cfg.n_embd
    sd = {"wte": weight(cfg.vocab_size, d), "wpe": weight(cfg.block_size, d), "lm_head": weight(cfg.vocab_size, d)}
    for i in range(cfg.n_layer):
        sd |= {f"layer{i}.attn_{name}": weight(d, d) for name in ("wq", "wk", "wv", "wo")}
        sd |= {f"layer{i}.mlp_fc1": weight(4 * d, d), f"layer{i}.mlp_fc2": weight(d, 4 * d)}
    return sd


def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    order = [*docs]
    rng.shuffle(order)
    tok, sd = NameTokenizer(order), init_state_dict(cfg, rng)
    params = [p for w in sd.values() for row in w for p in row]
    m, v, losses = [0.0] * len(params), [0.0] * len(params), []
    for step in range(num_steps):
        loss = sequence_loss(tok.encode(order[step % len(order)]), sd, cfg)
        loss.backward()
        losses.append(float(loss.data))
        adam_step(params, m, v, step, linear_decay(step, num_steps, lr))
    return sd, losses
