"""Helper code of unit 05 that runs on the learner's side: it calls, records and copies, and compares with nothing.

`learner` is the learner's module.
"""

import sys

import numpy as np

FIELDS = ("name", "exact", "approximate", "max_abs", "max_rel", "same_shape")


def changed(name, args):
    """Call a function with arguments given by name, in order; return what it changed: `x`, `f['counts']`."""
    before = {place: np.copy(array) for place, array in _arrays(args)}
    getattr(learner, name)(*args.values())
    after = dict(_arrays(args))
    return [place for place, array in before.items() if not np.array_equal(array, after.get(place))]


def _arrays(args):
    for name, value in args.items():
        if isinstance(value, dict):
            yield from ((f"{name}[{key!r}]", inner) for key, inner in value.items())
        else:
            yield name, value


def in_float32(name, *args):
    """Call a function with its float64 arrays as float32; return what it returns."""
    return getattr(learner, name)(*(_narrow(arg) for arg in args))


def _narrow(arg):
    if isinstance(arg, dict):
        return {key: _narrow(value) for key, value in arg.items()}
    return arg.astype(np.float32) if getattr(arg, "dtype", None) == np.float64 else arg


def with_gaps(name, *args):
    """Call a function with arrays that are every second column of a wider one, so not contiguous in memory."""
    return getattr(learner, name)(*(np.repeat(arg, 2, axis=-1)[..., ::2] for arg in args))


def compared(name, mine, theirs, **allowed):
    """Return the fields of a GradCheck by name; numbers and truth values of numpy as Python's own."""
    found = learner.compare_gradients(name, mine, theirs, **allowed)
    if not isinstance(found, learner.GradCheck):
        raise TypeError("What compare_gradients returned is no GradCheck. Return GradCheck(name, exact, ...).")
    return {field: _plain(getattr(found, field)) for field in FIELDS}


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


def shares_memory(name, *args):
    """Call a function; say whether its result lies in the memory of an argument."""
    result = getattr(learner, name)(*args)
    return any(np.shares_memory(result, arg) for arg in args if isinstance(arg, np.ndarray))


def with_lines(limit, name, *args):
    """Call a function; return [its result, whether it ran more than `limit` lines of Python]."""
    count = 0

    def trace(_frame, event, _arg):
        nonlocal count
        count += event in ("call", "line")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = getattr(learner, name)(*args)
    finally:
        sys.settrace(before)
    return [result, count > limit]


def twice(params, first, second):
    """Call mlp_backward with two batches, one after the other; return what the second call returns."""
    learner.mlp_backward(params, *first)
    return learner.mlp_backward(params, *second)


def trained(params, running, data, batches, rates, **settings):
    """Train; return the losses, and params, running and data as they are afterwards.

    rates: the learning rate of each step, from 0 on; the last one is good for all that come after.
    """

    def lr_fn(step):
        return rates[min(step, len(rates) - 1)]

    losses = learner.train_manual(params, running, *data, batches, lr_fn, **settings)
    return {"losses": losses, "params": params, "running": running, "data": data}
