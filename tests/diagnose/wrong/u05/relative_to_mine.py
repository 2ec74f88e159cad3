"""Compares with its own size, not with the size of the trusted one."""

EXERCISE = "compare_gradients"
TRUE = "max_rel divides by mine"


def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(f"{name}: nothing to compare with")
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float("inf"), float("inf"), False)
    gap = np.abs(mine - theirs)
    exact = bool(mine.dtype == theirs.dtype and np.all(mine == theirs))
    near = bool(np.all(gap <= atol + rtol * np.abs(theirs)))
    with np.errstate(all="ignore"):
        relative = np.where(gap == 0, 0.0, gap / np.abs(mine))
    return GradCheck(name, exact, near, float(gap.max()), float(relative.max()), True)
