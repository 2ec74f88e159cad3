"""Wrong answers to u05.compare_gradients, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def checked(name, mine, theirs, near, **changes):
    """Return an honest GradCheck of arrays of equal shape, but for `near` and some fields."""
    gap, size = np.abs(mine - theirs), np.abs(theirs)
    with np.errstate(all="ignore"):
        relative = np.where(gap == 0, 0.0, gap / size)
    exact = mine.dtype == theirs.dtype and mine.shape == theirs.shape and bool(np.all(mine == theirs))
    facts = {"name": name, "exact": exact, "approximate": bool(near), "max_abs": float(gap.max())}
    facts |= {"max_rel": float(relative.max()), "same_shape": mine.shape == theirs.shape}
    return GradCheck(**(facts | changes))


def refused(name, mine, theirs):
    """Raise, or return the answer for two shapes, as the solution does; None where there is something to compare."""
    if theirs is None:
        raise ValueError(f"{name}: there is no gradient to compare with")
    return None if mine.shape == theirs.shape else GradCheck(name, False, False, np.inf, np.inf, False)


@misconception(
    "compare_gradients",
    says="A (6,) gradient passes for a (1, 6) array. NumPy would broadcast one to the other: compare the "
    "shapes before any number.",
    symptom=True,
)
def broadcast_allclose(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(f"{name}: there is no gradient to compare with")
    return checked(name, mine, theirs, np.all(np.abs(mine - theirs) <= atol + rtol * np.abs(theirs)))


@misconception(
    "compare_gradients",
    says="Two nans pass as equal. A nan is not a number that agrees; it says that both computations broke.",
    symptom=True,
)
def nan_ok(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    return near or checked(name, mine, theirs, np.allclose(mine, theirs, rtol, atol, equal_nan=True))


@misconception(
    "compare_gradients",
    says="A tiny gradient that is half too large passes, or a large one that is merely rounded does not. How "
    "much is allowed depends on the size of the gradient, too.",
    symptom=True,
)
def only_max_abs(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    return near or checked(name, mine, theirs, np.abs(mine - theirs).max() <= rtol)


@misconception(
    "compare_gradients",
    says="One wrong entry among many right ones passes. A gradient is right where its worst entry is.",
    symptom=True,
)
def mean_error(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    if near:
        return near
    gap = np.abs(mine - theirs)
    return checked(name, mine, theirs, gap.mean() <= atol + rtol * np.abs(theirs).mean())


@misconception(
    "compare_gradients",
    says="max_rel of a gradient of zeros is no number here. An entry without any difference has no relative "
    "difference either.",
    symptom=True,
)
def zero_over_zero(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    if near:
        return near
    gap, size = np.abs(mine - theirs), np.abs(theirs)
    with np.errstate(all="ignore"):
        relative = float((gap / size).max())
    return checked(name, mine, theirs, np.all(gap <= atol + rtol * size), max_rel=relative)


@misconception(
    "compare_gradients",
    says="float32 and float64 can hold equal numbers and still be two kinds of array: exact asks for the same "
    "dtype, too.",
    symptom=True,
)
def exact_across_dtypes(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    if near:
        return near
    close = np.all(np.abs(mine - theirs) <= atol + rtol * np.abs(theirs))
    return checked(name, mine, theirs, close, exact=np.array_equal(mine, theirs))


@misconception(
    "compare_gradients",
    says="Where there is nothing to compare with, your judge answers as if there were. A missing gradient is a "
    "mistake of its own, and somebody has to hear about it.",
    symptom=True,
)
def none_is_no_match(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        return GradCheck(name, False, False, np.inf, np.inf, False)
    near = refused(name, mine, theirs)
    return near or checked(name, mine, theirs, np.allclose(mine, theirs, rtol, atol))


@misconception(
    "compare_gradients",
    says="Your relative difference is a share of your own gradient. What it is measured by is the one that you trust.",
)
def relative_to_mine(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if (answer := refused(name, mine, theirs)) is not None:
        return answer
    gap, size = np.abs(mine - theirs), np.abs(mine)
    with np.errstate(all="ignore"):
        relative = np.where(gap == 0, 0.0, gap / size)
    return checked(name, mine, theirs, np.all(gap <= atol + rtol * size), max_rel=float(relative.max()))


@misconception(
    "compare_gradients",
    says="max_abs and max_rel hold the average difference. One wrong row among a hundred right ones then looks "
    "harmless: take the largest.",
)
def mean_reported(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if (answer := refused(name, mine, theirs)) is not None:
        return answer
    gap, size = np.abs(mine - theirs), np.abs(theirs)
    with np.errstate(all="ignore"):
        relative = np.where(gap == 0, 0.0, gap / size)
    changes = {"max_abs": float(gap.mean()), "max_rel": float(relative.mean())}
    return checked(name, mine, theirs, np.all(gap <= atol + rtol * size), **changes)


@misconception(
    "compare_gradients",
    says="max_abs holds the average difference. One wrong row among a hundred right ones then looks harmless: take the "
    "largest.",
)
def mean_abs_reported(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if (answer := refused(name, mine, theirs)) is not None:
        return answer
    gap, size = np.abs(mine - theirs), np.abs(theirs)
    return checked(name, mine, theirs, np.all(gap <= atol + rtol * size), max_abs=float(gap.mean()))


@misconception(
    "compare_gradients",
    says="max_abs and max_rel hold the largest difference with its sign: an entry of yours that is too small does not "
    "count. Take abs before the maximum.",
)
def signed_reported(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if (answer := refused(name, mine, theirs)) is not None:
        return answer
    gap, size = mine - theirs, np.abs(theirs)
    with np.errstate(all="ignore"):
        relative = np.where(gap == 0, 0.0, gap / size)
    changes = {"max_abs": float(gap.max()), "max_rel": float(relative.max())}
    return checked(name, mine, theirs, np.all(np.abs(gap) <= atol + rtol * size), **changes)
