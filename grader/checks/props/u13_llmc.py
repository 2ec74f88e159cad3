"""Helper code of unit 13 that runs on the learner's side: it calls, records and copies, and compares with nothing.

`learner` is the learner's module.
"""

import warnings
from types import SimpleNamespace

import numpy as np

NAMES = (
    *("encoded", "ln1", "ln1_mean", "ln1_rstd", "qkv", "atty", "preatt", "att", "attproj", "residual2", "ln2"),
    *("ln2_mean", "ln2_rstd", "fch", "fch_gelu", "fcproj", "residual3", "lnf", "lnf_mean", "lnf_rstd", "logits"),
    *("probs", "losses"),
)
SETTINGS = ("lr", "beta1", "beta2", "eps", "weight_decay")


def changed(name, args):
    """Call a function with arguments given by name, in order; return the names of those that it changed."""
    before = {one: np.copy(array) for one, array in args.items()}
    getattr(learner, name)(*args.values())
    return [one for one, array in before.items() if not np.array_equal(array, args[one])]


def in_float32(name, *args):
    """Call a function with its float64 arrays as float32; return the dtypes of what it returns."""
    found = getattr(learner, name)(*map(_narrow, args))
    return [_kind(one) for one in (found if isinstance(found, tuple | list) else [found])]


def _narrow(arg):
    if isinstance(arg, dict):
        return {key: _narrow(value) for key, value in arg.items()}
    return arg.astype(np.float32) if getattr(arg, "dtype", None) == np.float64 else arg


def _kind(value):
    return str(getattr(value, "dtype", type(value).__name__))


def tables(dout, inp, dwte, dwpe):
    """Call encoder_backward; return both tables, and whether dout and inp are as before."""
    before = dout.copy(), inp.copy()
    learner.encoder_backward(dout, inp, dwte, dwpe)
    return [dwte, dwpe, np.array_equal(before[0], dout) and np.array_equal(before[1], inp)]


def warned(name, *args):
    """Call a function; return its result and what numpy warned of."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
        warnings.simplefilter("always")
        result = getattr(learner, name)(*args)
    return [result, [str(one.message) for one in caught]]


def apart(dout):
    """Call residual_backward, add to both results in place; return the first before, the second between, dout after."""
    first, second = learner.residual_backward(dout)
    before = first.copy()
    first += 1
    between = second.copy()
    second += 1
    return [before, between, dout]


def attended(inp, heads):
    """Call attention_forward; return its results as a list, preatt with zeros above the diagonal, which is free."""
    found = list(learner.attention_forward(inp, heads))
    return [_lower(one) if at == 1 else one for at, one in enumerate(found)]


def _lower(scores):
    """Return scores (..., T, T) with zeros above the diagonal; what has another shape as it is."""
    shape = np.shape(scores)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        return scores
    return np.where(np.tri(shape[-1], dtype=bool), scores, np.zeros((), dtype=np.asarray(scores).dtype))


def _named(acts):
    """Return the activations of which the unit has a name; those of blocks as one array."""
    found = {name: np.asarray(acts[name]) for name in NAMES if name in acts}
    return {name: _lower(value) if name == "preatt" else value for name, value in found.items()}


def config(sizes):
    """Return the sizes as fields of an object."""
    return SimpleNamespace(**sizes)


def forward(params, inp, targets, sizes):
    """Return the loss and all activations of which the unit has a name; those of blocks as one array."""
    loss, acts = learner.gpt2_forward(params, inp, targets, config(sizes))
    return [float(loss), _named(acts)]


def forward_after(first, second, sizes):
    """Call gpt2_forward with two batches [params, inp, targets]; return what the first call gave, read at the end."""
    loss, acts = learner.gpt2_forward(*first, config(sizes))
    learner.gpt2_forward(*second, config(sizes))
    return [float(loss), _named(acts)]


def backward(params, inp, targets, sizes, known=None):
    """Return the gradients that come back from the learner's own forward pass. known: gradients of activations."""
    acts = learner.gpt2_forward(params, inp, targets, config(sizes))[1]
    if known is None:
        return dict(learner.gpt2_backward(params, acts, inp, targets, config(sizes)))
    return dict(learner.gpt2_backward(params, acts, inp, targets, config(sizes), None, known))


def added(params, batches, sizes):
    """Call gpt2_backward for each batch with the same gradients to add to; return them."""
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    for inp, targets in batches:
        acts = learner.gpt2_forward(params, inp, targets, config(sizes))[1]
        learner.gpt2_backward(params, acts, inp, targets, config(sizes), grads)
    return grads


def one_after_the_other(params, first, second, sizes):
    """Call gpt2_backward for two batches; return what the first call gave, read at the end, and the second."""
    made = []
    for inp, targets in (first, second):
        acts = learner.gpt2_forward(params, inp, targets, config(sizes))[1]
        made.append(learner.gpt2_backward(params, acts, inp, targets, config(sizes)))
    return [dict(one) for one in made]


def moved(params, inp, targets, sizes):
    """Run forward and backward; return the names of the tensors and activations that the backward pass changed."""
    acts = learner.gpt2_forward(params, inp, targets, config(sizes))[1]
    before = {name: np.array(value) for name, value in (params | acts).items() if name in NAMES or name in params}
    learner.gpt2_backward(params, acts, inp, targets, config(sizes))
    return [name for name, value in before.items() if not np.array_equal(value, np.asarray((params | acts)[name]))]


def forward_changes(params, inp, targets, sizes):
    """Call gpt2_forward; return the names of the tensors, and `inp` or `targets`, that it changed."""
    given = params | {"inp": inp, "targets": targets}
    before = {name: value.copy() for name, value in given.items()}
    learner.gpt2_forward(params, inp, targets, config(sizes))
    after = params | {"inp": inp, "targets": targets}
    return [name for name, value in before.items() if not np.array_equal(value, after[name])]


def forward_kinds(params, inp, targets, sizes):
    """Call gpt2_forward with float32 parameters; return the dtypes of activations by name, sorted."""
    acts = learner.gpt2_forward(_narrow(params), inp, targets, config(sizes))[1]
    return {name: _kind(np.asarray(acts[name])) for name in sorted(NAMES)}


def backward_kinds(params, inp, targets, sizes):
    """Run forward and backward with float32 parameters; return the dtypes of gradients by name, sorted."""
    grads = backward(_narrow(params), inp, targets, sizes)
    return {name: _kind(grads[name]) for name in sorted(grads)}


def slopes(params, places, inp, targets, sizes, h):
    """Return the slope of the learner's own loss at [name, flat index] places, by a central difference."""
    found = []
    for name, at in places:
        losses = []
        for step in (h, -h):
            there = {key: value.copy() for key, value in params.items()}
            there[name].reshape(-1)[at] += step
            losses.append(float(learner.gpt2_forward(there, inp, targets, config(sizes))[0]))
        found.append((losses[0] - losses[1]) / (2 * h))
    return found


def updated(params, grads, settings):
    """Take a step of gpt2_update for each dict of gradients, m and v begin at zero; return all three dicts."""
    m = {name: np.zeros_like(value) for name, value in params.items()}
    v = {name: np.zeros_like(value) for name, value in params.items()}
    for t, one in enumerate(grads, 1):
        learner.gpt2_update(params, one, m, v, *(settings[name] for name in SETTINGS), t)
    return {"params": params, "m": m, "v": v, "grads": list(grads)}


def updated_in_float32(params, grads, settings):
    """Take one step in float32; return the dtypes."""
    found = updated(_narrow(params), [_narrow(grads)], settings)
    return {key: {name: _kind(value) for name, value in found[key].items()} for key in ("params", "m", "v")}


def losses(params, batches, sizes, settings):
    """Train; return the losses."""
    return [float(loss) for loss in learner.train(params, batches, config(sizes), **settings)]


def trained(params, batches, sizes, settings):
    """Train; return losses, params and batches as they are afterwards."""
    losses = learner.train(params, batches, config(sizes), **settings)
    return {"losses": [float(loss) for loss in losses], "params": params, "batches": batches}
