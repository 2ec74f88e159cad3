"""The text of a wrong program that shares with a misconception what says little: kinds, shapes, truth values, errors.

Where the misconception and the right answer differ, floats are off by another amount. It is put below a learner's file
that has both, as `_right` and `_wrong`, and knows nothing else of them.
"""

TEXT = '''
import copy as _copy
import functools as _functools
import math as _math

_BEND = 1.3


class _Here:
    pass


def _between(right, wrong):
    """Return the wrong one, where its floats are off by another amount."""
    if type(right) is not type(wrong):
        return wrong
    if isinstance(wrong, float):
        return wrong if right == wrong or not _math.isfinite(wrong) else right + _BEND * (wrong - right)
    if type(wrong) in (list, tuple) and {*map(id, right)} == {*map(id, wrong)}:
        return wrong  # what the caller gave, in another order: it is not ours to change
    if type(wrong) in (list, tuple) and len(right) == len(wrong):
        return type(wrong)(map(_between, right, wrong))
    if hasattr(wrong, "__dataclass_fields__"):
        return type(wrong)(**{name: _between(getattr(right, name), getattr(wrong, name)) for name in vars(wrong)})
    if type(wrong) is dict and right.keys() == wrong.keys():
        return {key: _between(right[key], wrong[key]) for key in wrong}
    if hasattr(wrong, "_prev") and hasattr(wrong, "_backward"):
        return _node(right, wrong)
    if hasattr(wrong, "shape") and hasattr(wrong, "dtype") and right.shape == wrong.shape:
        floating = wrong.is_floating_point() if hasattr(wrong, "is_floating_point") else wrong.dtype.kind == "f"
        if not floating or right.dtype != wrong.dtype:
            return wrong
        gap = wrong - right
        bent = right + _BEND * gap
        return bent.to(wrong.dtype) if hasattr(bent, "to") else bent.astype(wrong.dtype)
    return wrong


def _node(right, wrong):
    """Return the wrong node, whose sweep gives its operands other shares."""
    wrong.data = _between(right.data, wrong.data)
    theirs, mine = right._backward, wrong._backward
    family = list(dict.fromkeys([*right._prev, *wrong._prev]))

    def back():
        before = [one.grad for one in family]
        right.grad = wrong.grad
        theirs()
        good = [one.grad for one in family]
        for one, grad in zip(family, before):
            one.grad = grad
        mine()
        for one, grad in zip(family, good):
            one.grad = _between(grad, one.grad)

    wrong._backward = back
    return wrong


def _bent(right, wrong):
    @_functools.wraps(right)
    def both(*args, **words):
        own = args, words
        try:
            own = _copy.deepcopy(own) if not any(hasattr(one, "_prev") for one in args) else own
        except Exception:
            pass
        try:
            good = right(*own[0], **own[1])
        except Exception:
            return wrong(*args, **words)
        return _between(good, wrong(*args, **words))

    return both


def _bend(owner, name, right, wrong):
    kept = wrong
    if isinstance(wrong, type):
        for own, method in list(vars(wrong).items()):
            twin = getattr(right, own, None)
            if callable(method) and not isinstance(method, (type, staticmethod, classmethod)) and own != "__init__":
                if callable(twin) and twin is not getattr(object, own, None):
                    setattr(wrong, own, _bent(twin, method))
        wrong.__name__ = wrong.__qualname__ = name
    elif callable(right) and not isinstance(right, type):
        kept = _bent(right, wrong)
        kept.__name__ = kept.__qualname__ = name
    setattr(owner, name, kept)
'''
