"""Expected values of unit 07: torch's own recurrent cells in float64, or two matrices instead of one, and autograd.

Weights come as the text has them, (E + H, ...), input rows first; they are cut and turned into torch's layout here.
"""

import torch
from torch.nn import functional


def _of(value):
    """Return a leaf of float64 for what a check sends; ids as they are."""
    made = torch.tensor(getattr(value, "array", value))
    return made.double().requires_grad_() if made.is_floating_point() else made


def _fixed(value):
    return _of(value).detach()


def _cut(xt, W):
    """Return what belongs to the input and what belongs to the state, in torch's layout (out, in)."""
    E = xt.shape[1]
    return W[:E].T, W[E:].T


def _rnn(xt, h, W, b):
    return torch.rnn_tanh_cell(xt, h, *_cut(xt, W), b, torch.zeros_like(b))


def _gru(xt, h, Wz, bz, Wr, br, Wh, bh):
    """torch's cell multiplies before it resets, so only its gates would serve. With two matrices each, then."""

    def affine(state, W, b):
        inside, across = _cut(xt, W)
        return functional.linear(xt, inside, b) + functional.linear(state, across)

    new = functional.logsigmoid(affine(h, Wz, bz)).exp()
    reset = functional.logsigmoid(affine(h, Wr, br)).exp()
    return torch.lerp(h, affine(reset * h, Wh, bh).tanh(), new)


def _lstm(xt, h, c, W, b):
    """torch wants i, f, g, o."""
    H = h.shape[1]
    order = torch.cat([torch.arange(2 * H), torch.arange(3 * H, 4 * H), torch.arange(2 * H, 3 * H)])
    return torch.lstm_cell(xt, (h, c), *_cut(xt, W[:, order]), b[order], torch.zeros_like(b))


CELLS = {"rnn": _rnn, "gru": _gru, "lstm": _lstm}


def _pulled(outs, cotangents, leaves):
    total = sum((out * _fixed(cotangent)).sum() for out, cotangent in zip(outs, cotangents, strict=True))
    return list(torch.autograd.grad(total, leaves))


def cell(kind, args, cotangents):
    """Return [outputs], [gradients of the arguments] of a cell; a cotangent for each output."""
    leaves = [_of(arg) for arg in args]
    outs = CELLS[kind](*leaves)
    outs = list(outs) if isinstance(outs, tuple) else [outs]
    return [[out.detach() for out in outs], _pulled(outs, cotangents, leaves)]


def _unrolled(x, h, W, b):
    hs = []
    for t in range(x.shape[1]):
        h = _rnn(x[:, t], h, W, b)
        hs.append(h)
    return torch.stack(hs, dim=1)


def through_time(dhs, x, h0, W, b):
    """Return hs and [dx, dh0, dW, db] of the plain cell over a sequence, in NumPy."""
    leaves = [_of(one) for one in (x, h0, W, b)]
    hs = _unrolled(*leaves)
    return [hs.detach().numpy(), [grad.numpy() for grad in _pulled([hs], [dhs], leaves)]]


def lstm_step(dh, dc, x, hprev, cprev, W, b):
    """Return [h, c] and [dx, dhprev, dcprev, dW, db] of one step, in NumPy."""
    outs, grads = cell("lstm", (x, hprev, cprev, W, b), (dh, dc))
    return [[out.numpy() for out in outs], [grad.numpy() for grad in grads]]


def lstm_through_time(dhs, x, h0, c0, W, b):
    """Return [dx, dh0, dc0, dW, db] of an LSTM over a sequence, in NumPy; the loss looks at the states only."""
    leaves = [_of(one) for one in (x, h0, c0, W, b)]
    steps, h, c, W, b = leaves
    hs = []
    for t in range(steps.shape[1]):
        h, c = _lstm(steps[:, t], h, c, W, b)
        hs.append(h)
    return [grad.numpy() for grad in _pulled([torch.stack(hs, dim=1)], [dhs], leaves)]


def _logits(kind, weights, idx):
    """Return the logits (B, T, V) of a model with weights by name."""
    own = [weights[name] for name in weights if name.startswith("cell.")]
    emb = functional.embedding(idx, weights["wte.weight"])
    h = weights["start"].repeat(len(idx), 1)
    c, states = torch.zeros_like(h), []
    for t in range(idx.shape[1]):
        if kind == "lstm":
            h, c = _lstm(emb[:, t], h, c, *own)
        else:
            h = CELLS[kind](emb[:, t], h, *own)
        states.append(h)
    return functional.linear(torch.stack(states, dim=1), weights["lm_head.weight"], weights["lm_head.bias"])


def model(kind, weights, idx, cotangent):
    """Return logits, and the gradients of the weights under a cotangent of the logits."""
    leaves = {name: _of(weight) for name, weight in weights.items()}
    logits = _logits(kind, leaves, _of(idx))
    grads = _pulled([logits], [cotangent], list(leaves.values()))
    return {"logits": logits.detach(), "parameters": dict(zip(leaves, grads, strict=True))}


def model_loss(kind, weights, idx, targets):
    """Return logits and loss, and the gradients of the weights with respect to the loss."""
    leaves = {name: _of(weight) for name, weight in weights.items()}
    logits = _logits(kind, leaves, _of(idx))
    loss = functional.cross_entropy(logits.flatten(0, 1), _of(targets).flatten(), ignore_index=-1)
    grads = torch.autograd.grad(loss, list(leaves.values()))
    return {
        "logits": logits.detach(),
        "loss": loss.detach(),
        "parameters": dict(zip(leaves, grads, strict=True)),
    }


def flow(kind, xs, h0, W, b):
    """Return the norms of dL/dh[t] of a plain cell (or an LSTM, h and c side by side), L as in the text.

    One state at a time: the rest of the way is run anew from it.
    """
    xs, state, W, b = (_fixed(one) for one in (xs, h0, W, b))
    step = _rnn if kind == "rnn" else _packed
    norms = []
    for t in range(xs.shape[1]):
        state = step(xs[:, t], state, W, b)
        leaf = state.detach().requires_grad_()
        last = leaf
        for later in range(t + 1, xs.shape[1]):
            last = step(xs[:, later], last, W, b)
        (grad,) = torch.autograd.grad((last * last).sum() * 0.5, [leaf])
        norms.append(grad.square().sum().sqrt())
    return torch.stack(norms)


def _packed(xt, state, W, b):
    h, c = state.chunk(2, dim=1)
    return torch.cat(_lstm(xt, h, c, W, b), dim=1)
