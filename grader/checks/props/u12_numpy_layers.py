"""Helper code of unit 12 that runs on the learner's side: it makes layers, calls them, and copies what they hold.

At the end are the layers that a learner's gradient checker is tried on. Each kind has one forward pass and several
backward passes, named by letters. Which letter is right is known to the checks alone.

`learner` is the learner's module.
"""

import math
import warnings

import numpy as np


def generator(seed):
    """Return a generator of random numbers."""
    return np.random.default_rng(seed)


def made(name, put, *args, seed=None, **kwargs):
    """Make a layer, with a generator as its last argument if a seed is given; write these numbers into its arrays."""
    layer = getattr(learner, name)(*args, *([] if seed is None else [generator(seed)]), **kwargs)
    for attribute, value in put.items():
        getattr(layer, attribute)[...] = value
    return layer


def held(layer, *names):
    """Return copies of a layer's arrays."""
    return [np.copy(getattr(layer, name)) for name in names]


def pulled(layer, x, dout, *names):
    """Go forward and back; return output, gradient of x, and copies of what the layer holds under these names."""
    out = layer.forward(x)
    dx = layer.backward(dout)
    return {"out": _copy(out), "dx": _copy(dx), **{name: _copy(getattr(layer, name)) for name in names}}


def _copy(value):
    return value.copy() if isinstance(value, np.ndarray) else value


def again(layer, passes, *names):
    """Go forward and back several times, with all gradients cleared in between; return what the last pass gave."""
    for x, dout in passes[:-1]:
        layer.forward(x)
        layer.backward(dout)
        layer.zero_grad()
    return pulled(layer, *passes[-1], *names)


def added(layer, passes, *names):
    """Go forward and back several times without clearing; return gradients, and whether the arrays are the same."""
    arrays = [getattr(layer, name) for name in names]
    for x, dout in passes:
        layer.forward(x)
        layer.backward(dout)
    now = [getattr(layer, name) for name in names]
    return [[_copy(one) for one in now], [one is before for one, before in zip(now, arrays, strict=True)]]


def after_two(layer, first, second, dout, *names):
    """Go forward twice, then back once."""
    layer.forward(first)
    return pulled(layer, second, dout, *names)


def reused(layer, x, dout, *names):
    """Go forward, write other numbers into x, go back."""
    buffer = x.copy()
    out = _copy(layer.forward(buffer))
    buffer[...] = 7.0
    dx = layer.backward(dout)
    return {"out": out, "dx": _copy(dx), **{name: _copy(getattr(layer, name)) for name in names}}


def changed(layer, x, dout):
    """Go forward and back; return which of "x" and "dout" were changed in place, at which step."""
    before, pulling = x.copy(), dout.copy()
    layer.forward(x)
    words = [] if np.array_equal(x, before) else ["forward changed x"]
    layer.backward(dout)
    words += [] if np.array_equal(dout, pulling) else ["backward changed dout"]
    return words + ([] if words or np.array_equal(x, before) else ["backward changed x"])


def dtypes(layer, x, dout):
    """Return the dtypes of the output and of the gradient of x."""
    return [str(getattr(one, "dtype", type(one).__name__)) for one in (layer.forward(x), layer.backward(dout))]


def quietly(layer, x, dout):
    """Go forward and back; return output, gradient of x, and the first warning in words, or None."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = pulled(layer, x, dout)
    return {**found, "warned": str(caught[0].message) if caught else None}


# Rows of layers.


class Toy:
    """A layer of our own: x * scale + shift, with the array `scale` trained. It notes its turns in a list."""

    training = True

    def __init__(self, scale, name, noted):
        self.scale, self.dscale, self.name, self.noted = scale.copy(), np.zeros_like(scale), name, noted

    def forward(self, x):
        self.noted.append(f"{self.name} forward")
        self.x = x
        return np.tanh(x * self.scale)

    def backward(self, dout):
        self.noted.append(f"{self.name} backward")
        slope = dout * (1 - np.tanh(self.x * self.scale) ** 2)
        self.dscale += (slope * self.x).sum(axis=0)
        return slope * self.scale

    def parameters(self):
        return [("scale", self.scale, self.dscale)]

    def zero_grad(self):
        self.dscale[...] = 0.0

    def train(self):
        self.training = True

    def eval(self):
        self.training = False


def toys(scales):
    """Return toy layers with these scales, called a, b, c ..."""
    noted = []
    return [Toy(scale, "abcdefg"[at], noted) for at, scale in enumerate(scales)]


def row(layers):
    """Return a Sequential of the learner's."""
    return learner.Sequential(layers)


def walked(sequence, layers, x, dout):
    """Go through a row, forward and back; return output, gradient of x, the layers' gradients, and their turns."""
    noted = layers[0].noted
    noted.clear()
    found = pulled(sequence, x, dout)
    return {**found, "grads": [layer.dscale.copy() for layer in layers], "turns": list(noted)}


def listed(sequence, layers):
    """Return the names of a row's parameters, and which layers' own arrays they and their gradients are."""
    found = [tuple(one) for one in sequence.parameters()]
    scales, slopes = {id(one.scale): one.name for one in layers}, {id(one.dscale): one.name for one in layers}
    return {
        "names": [one[0] for one in found],
        "arrays": [scales.get(id(one[1]), "a copy") for one in found],
        "gradients": [slopes.get(id(one[2]), "a copy") for one in found],
    }


def modes(sequence, layers, *switches):
    """Switch a row, and return the flags of its layers and its own after each switch."""
    found = []
    for switch in switches:
        getattr(sequence, switch)()
        found.append([layer.training for layer in layers] + [sequence.training])
    return found


def grown(layers, more):
    """Make a row of a list, add a layer to the list, and return how many layers the row has."""
    given = list(layers)
    sequence = learner.Sequential(given)
    given.append(more)
    return len(sequence.layers)


# Losses.


def lost(name, *pairs):
    """Go forward with several pairs of prediction and target, one after the other; then back. Warnings are noted."""
    loss = getattr(learner, name)()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for pred, target in pairs:
            out = loss.forward(pred, target)
        dx = loss.backward()
    if isinstance(out, np.generic) or (isinstance(out, np.ndarray) and out.ndim == 0):
        out = out.item()
    return {"out": out, "dx": dx, "warned": str(caught[0].message) if caught else None}


def lost_twice(name, pred, target):
    """Go forward once and back twice; return copies of both gradients."""
    loss = getattr(learner, name)()
    loss.forward(pred, target)
    return [_copy(loss.backward()), _copy(loss.backward())]


def lost_changed(name, pred, target):
    """Go forward and back; return which of "pred" and "target" were changed in place."""
    loss, before = getattr(learner, name)(), [pred.copy(), target.copy()]
    loss.forward(pred, target)
    loss.backward()
    return [
        word for word, one, was in zip(("pred", "target"), (pred, target), before, strict=True) if (one != was).any()
    ]


# Modes.


def fed(layer, batches):
    """Go forward in training, batch after batch; return the running averages."""
    layer.train()
    for batch in batches:
        layer.forward(batch)
    return held(layer, "running_mean", "running_var")


def switched(layer, mode, x, dout, *names):
    """Switch a layer and clear its gradients, then go forward and back."""
    getattr(layer, mode)()
    layer.zero_grad()
    return pulled(layer, x, dout, *names)


def drawn(layer, x):
    """Go forward, and return the output and the next number of the layer's generator."""
    out = layer.forward(x)
    return [_copy(out), float(layer.rng.random())]


def passes(layer, x, dout, times, mode="train"):
    """Go forward and back several times; return [output, gradient of x] of each time."""
    getattr(layer, mode)()
    return [[_copy(layer.forward(x)), _copy(layer.backward(dout))] for _ in range(times)]


# Optimizers.


def optimized(name, values, grads, rates, **settings):
    """Take one step for each entry of grads; return the parameters after each of them.

    A learner's list is never looked at: the arrays are ours, and a step has to change them in place.
    """
    params = [(f"{at}.W", value.copy(), np.zeros_like(value)) for at, value in enumerate(values)]
    optimizer = getattr(learner, name)(params, lr=rates[0], **settings)
    found = []
    for slopes, rate in zip(grads, rates, strict=True):
        if rate != rates[0]:
            optimizer.lr = rate
        for (_, _, g), slope in zip(params, slopes, strict=True):
            g[...] = slope
        optimizer.step()
        found.append([p.copy() for _, p, _ in params])
        kept = all(np.array_equal(g, slope) for (_, _, g), slope in zip(params, slopes, strict=True))
    return {"params": found, "gradients stay": kept}


def two_optimizers(name, values, grads, rates, **settings):
    """Take the same steps with one optimizer, then with a second one; return the parameters of the second."""
    optimized(name, values, grads, rates, **settings)
    return optimized(name, values, grads, rates, **settings)["params"]


# The learner's checker.


def verdict(forward, backward, x, **options):
    """Return what a gradcheck says; truth values of NumPy as Python's own."""
    said = learner.gradcheck(forward, backward, x, **options)
    return bool(said) if isinstance(said, np.bool_) else said


def verdicts(kind, letters, x, constants, **options):
    """Return what a learner's checker says of some backward passes of one kind of layer, one after the other."""
    found = []
    for letter in letters:
        forward, backwards = KINDS[kind](**constants)
        found.append(verdict(forward, backwards[letter], x.copy(), **options))
    return found


def left_as_it_was(kind, letter, x, constants):
    """Have a layer checked; return the verdict and whether x was changed."""
    forward, backwards = KINDS[kind](**constants)
    before = x.copy()
    return [verdict(forward, backwards[letter], x), not np.array_equal(x, before)]


def in_a_view(kind, letters, x, constants):
    """Have layers checked at an x that has gaps in memory."""
    return verdicts_at(kind, letters, lambda: np.repeat(np.repeat(x, 2, axis=0), 2, axis=1)[::2, ::2], constants)


def verdicts_at(kind, letters, point, constants):
    """Have layers checked at what `point` returns."""
    found = []
    for letter in letters:
        forward, backwards = KINDS[kind](**constants)
        found.append(verdict(forward, backwards[letter], point()))
    return found


def checker_moves_global(kind, letter, x, constants):
    """Have a layer checked; return the verdict and whether NumPy's global generator has moved."""
    forward, backwards = KINDS[kind](**constants)
    before = _global()
    said = verdict(forward, backwards[letter], x)
    return [said, before != _global()]


def _global():
    """Return the state of NumPy's global generator."""
    _, numbers, place, *_ = np.random.get_state()  # noqa: NPY002
    return numbers.tolist(), place


def drew(kind, letter, x, constants, seed):
    """Have a layer checked with a generator of ours; return the verdict and whether the generator has moved."""
    forward, backwards = KINDS[kind](**constants)
    rng = generator(seed)
    said = verdict(forward, backwards[letter], x, rng=rng)
    return [said, rng.bit_generator.state != generator(seed).bit_generator.state]


# Layers for the checker: KINDS[kind](**constants) returns a forward pass, and backward passes by letter.


def _linear(W):
    def forward(x):
        return x @ W

    return forward, {
        "a": lambda d: d @ W,
        "b": lambda d: d @ W.T,
        "c": lambda d: d @ W.T / len(d),
        "d": lambda d: d @ np.abs(W.T),
    }


def _weights(X):
    """The weights are what moves."""

    def forward(W):
        return X @ W

    return forward, {
        "a": lambda d: X.T @ d / len(X),
        "b": lambda d: (X.T @ d).T,
        "c": lambda d: X.T @ d,
        "d": lambda d: np.outer(X[-1], d[-1]),
    }


def _bias(xW):
    """The bias is what moves."""

    def forward(b):
        return xW + b

    return forward, {
        "a": lambda d: d.sum(axis=0),
        "b": lambda d: d.sum(axis=1),
        "c": lambda d: d.mean(axis=0),
        "d": lambda d: d[-1],
        "e": lambda d: d.sum(axis=0, keepdims=True),
    }


def _relu():
    kept = {}

    def forward(x):
        kept["mask"] = x > 0
        return np.maximum(x, 0)

    return forward, {
        "a": lambda d: d * (d > 0),
        "b": lambda d: d * kept["mask"],
        "c": lambda d: d,
        "d": lambda d: np.where(kept["mask"], d, 0.01 * d),
    }


def _tanh():
    kept = {}

    def forward(x):
        kept["x"], kept["out"] = x, np.tanh(x)
        return kept["out"]

    return forward, {
        "a": lambda d: d * (1 - kept["out"]),
        "b": lambda d: d * (1 - kept["x"] ** 2),
        "c": lambda d: d * (1 - kept["out"] ** 2),
        "d": lambda d: np.ones_like(d) * (1 - kept["out"] ** 2),
    }


def _sigmoid():
    kept = {}

    def forward(x):
        kept["out"] = 1 / (1 + np.exp(-x))
        return kept["out"]

    return forward, {
        "a": lambda d: d * kept["out"] * (1 - kept["out"]),
        "b": lambda d: d * kept["out"],
        "c": lambda d: d * (1 - kept["out"] ** 2),
    }


def _gelu():
    kept, root = {}, math.sqrt(2 / math.pi)

    def forward(x):
        kept["x"], kept["t"] = x, np.tanh(root * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + kept["t"])

    def slope(inner, square):
        return lambda d: d * (0.5 * (1 + kept["t"]) + 0.5 * kept["x"] * square(kept["t"]) * inner(kept["x"]))

    def exact(d):
        x = kept["x"]
        cdf = 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))
        return d * (cdf + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))

    return forward, {
        "a": lambda d: d * 0.5 * (1 + kept["t"]),
        "b": slope(lambda x: root * (1 + 0.044715 * x**2), lambda t: 1 - t**2),
        "c": exact,
        "d": slope(lambda x: root * (1 + 3 * 0.044715 * x**2), lambda t: 1 - t**2),
        "e": slope(lambda x: 1 + 3 * 0.044715 * x**2, lambda t: 1 - t**2),
        "f": slope(lambda x: root * (1 + 3 * 0.044715 * x**2), lambda t: 1 - t),
    }


def _softmax():
    kept = {}

    def forward(x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        kept["p"] = e / e.sum(axis=-1, keepdims=True)
        return kept["p"]

    def whole(d, axis):
        p = kept["p"]
        return p * (d - (d * p).sum(axis=axis, keepdims=True))

    return forward, {
        "a": lambda d: kept["p"] * d,
        "b": np.zeros_like,
        "c": lambda d: kept["p"] * (1 - kept["p"]) * d,
        "d": lambda d: whole(d, 0),
        "e": lambda d: whole(d, -1),
    }


def _cross_entropy(targets):
    kept, rows = {}, np.arange(len(targets))

    def forward(logits):
        kept["logits"], z = logits, logits - logits.max(axis=1, keepdims=True)
        kept["p"] = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return np.asarray(-np.log(kept["p"][rows, targets]).mean())

    def pushed(by, divide):
        def backward(d):
            grad = kept["p"].copy()
            grad[rows, targets] = by(grad[rows, targets])
            return d * grad / divide

        return backward

    def columns(d):
        p = np.exp(kept["logits"]) / np.exp(kept["logits"]).sum(axis=0)
        p[rows, targets] -= 1
        return d * p / len(rows)

    n = len(targets)
    return forward, {
        "a": pushed(lambda p: p - 1, 1),
        "b": pushed(lambda p: p, n),
        "c": pushed(lambda p: p - 1, n),
        "d": pushed(lambda p: 0 * p - 1, n),
        "e": pushed(lambda p: p - 1, -n),
        "f": columns,
    }


def _normalised(axis, gamma, eps):
    """BatchNorm with axis 0, LayerNorm with axis -1: the same slips make the same letters."""
    kept = {}

    def forward(x):
        kept["n"] = x.shape[axis]
        mean, kept["var"] = x.mean(axis=axis, keepdims=True), x.var(axis=axis, keepdims=True)
        kept["inv"] = 1 / np.sqrt(kept["var"] + eps)
        kept["xhat"] = (x - mean) * kept["inv"]
        return gamma * kept["xhat"]

    def mean(values):
        return values.mean(axis=axis, keepdims=True)

    def parts(d, first, second, inv=None):
        g = d * gamma
        return (kept["inv"] if inv is None else inv) * (
            g - first * mean(g) - second * kept["xhat"] * mean(g * kept["xhat"])
        )

    def late(d):
        return kept["inv"] * gamma * (d - mean(d) - kept["xhat"] * mean(d * kept["xhat"]))

    def less(d):
        return parts(d, 1, kept["n"] / (kept["n"] - 1))

    def other(d):
        g, across = d * gamma, 1 if axis == 0 else 0
        one, two = (value.mean(axis=across, keepdims=True) for value in (g, g * kept["xhat"]))
        return kept["inv"] * (g - one - kept["xhat"] * two)

    return forward, {
        "a": lambda d: parts(d, 0, 0),
        "b": lambda d: parts(d, 1, 0),
        "c": lambda d: parts(d, 0, 1),
        "d": less,
        "e": lambda d: parts(d, 1, 1),
        "f": late,
        "g": other,
        "h": lambda d: parts(d, 1, 1, 1 / (np.sqrt(kept["var"]) + eps)),
        "i": lambda d: parts(d, 1, -1),
        "j": lambda d: parts(d / gamma, 1, 1),
    }


def _attention(heads):
    """Causal attention; x is (T, 3 * C): queries, keys and values side by side."""
    kept = {}

    def forward(x):
        T, C = len(x), x.shape[1] // 3
        q, k, v = (part.reshape(T, heads, C // heads).transpose(1, 0, 2) for part in np.split(x, 3, axis=1))
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(C // heads)
        scores = np.where(np.tril(np.ones((T, T), dtype=bool)), scores, -np.inf)
        p = np.exp(scores - scores.max(axis=-1, keepdims=True))
        p /= p.sum(axis=-1, keepdims=True)
        kept.update(q=q, k=k, v=v, p=p)
        return _joined(p @ v)

    def backward(scale=True, inner=True, swap=False, turned=True, own=True):
        def back(d):
            q, k, v, p = (kept[name] for name in "qkvp")
            T, size = p.shape[-1], q.shape[-1]
            dout = d.reshape(T, heads, size).transpose(1, 0, 2)
            dv = (p.transpose(0, 2, 1) if turned else p) @ dout
            dp = dout @ v.transpose(0, 2, 1)
            total = (dp * p).sum(axis=-1, keepdims=True) if inner else 0
            ds = p * (dp - total) / (math.sqrt(size) if scale else 1)
            dq, dk = ds @ k, (ds.transpose(0, 2, 1) if own else ds) @ q
            return np.concatenate([_joined(one) for one in ((dk, dq, dv) if swap else (dq, dk, dv))], axis=1)

        return back

    return forward, {
        "a": backward(scale=False),
        "b": backward(inner=False),
        "c": backward(swap=True),
        "d": backward(turned=False),
        "e": backward(own=False),
        "f": backward(),
    }


def _joined(heads):
    return heads.transpose(1, 0, 2).reshape(heads.shape[1], -1)


def _embedding(tokens):
    """The table is what moves; tokens repeat."""
    kept = {}

    def forward(table):
        kept["shape"] = table.shape
        return table[tokens]

    def placed(add):
        def backward(d):
            grad = np.zeros(kept["shape"])
            add(grad, d)
            return grad

        return backward

    def assign(grad, d):
        grad[tokens] = d

    def plus(grad, d):
        grad[tokens] += d

    def each(grad, d):
        np.add.at(grad, tokens, d)

    def share(grad, d):
        np.add.at(grad, tokens, d)
        grad /= np.maximum(np.bincount(tokens, minlength=len(grad)), 1)[:, None]

    return forward, {"a": placed(assign), "b": placed(each), "c": placed(plus), "d": placed(share)}


def _dropout(mask, p):
    """A mask that is held still."""

    def forward(x):
        return x * mask / (1 - p)

    return forward, {
        "a": lambda d: d * mask,
        "b": lambda d: d / (1 - p),
        "c": lambda d: d * mask / (1 - p),
        "d": lambda d: d * mask[::-1] / (1 - p),
    }


def _residual(W):
    kept = {}

    def forward(x):
        kept["out"] = np.tanh(x)
        return x + kept["out"] @ W

    def branch(d):
        return (d @ W.T) * (1 - kept["out"] ** 2)

    return forward, {
        "a": branch,
        "b": lambda d: d + branch(d),
        "c": lambda d: d,
    }


def _square(scale, at):
    """scale * x ** 2: slopes as small as one likes; `at` is the place of an entry that a slip concerns."""
    kept = {}

    def forward(x):
        kept["x"] = x
        return scale * x**2

    def right(d):
        return 2 * scale * kept["x"] * d

    def spoilt(amount):
        def backward(d):
            grad = right(d)
            grad[at] += amount
            return grad

        return backward

    return forward, {
        "a": lambda d: 1.5 * right(d),
        "b": right,
        "c": spoilt(1e-3),
        "d": lambda d: (1 + 3e-4) * right(d),
        "e": lambda d: right(d) + 3e-6,
        "f": spoilt(np.nan),
        "g": lambda d: -right(d),
        "h": np.zeros_like,
        "i": lambda d: right(d).reshape(1, *d.shape),
        "j": lambda d: right(d)[..., ::-1],
        "k": lambda d: 2 * right(d),
        "l": lambda d: right(d) / 2,
    }


KINDS = {
    "linear": _linear,
    "weights": _weights,
    "bias": _bias,
    "relu": _relu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "gelu": _gelu,
    "softmax": _softmax,
    "cross_entropy": _cross_entropy,
    "batch_norm": lambda gamma, eps: _normalised(0, gamma, eps),
    "layer_norm": lambda gamma, eps: _normalised(-1, gamma, eps),
    "attention": _attention,
    "embedding": _embedding,
    "dropout": _dropout,
    "residual": _residual,
    "square": _square,
    "first": _square,
    "last": _square,
}
