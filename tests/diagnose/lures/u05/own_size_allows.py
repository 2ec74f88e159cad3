# exercise: compare_gradients
# true: what is allowed is a share of the sum of the gradient, so one wrong entry is not seen
# not: A tiny gradient that is half too large passes


_right = compare_gradients


def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    found = _right(name, mine, theirs, rtol, atol)
    if not found.same_shape:
        return found
    gap = np.abs(mine - theirs)
    near = bool(gap.max() <= atol + rtol * np.abs(theirs).sum())
    return GradCheck(name, found.exact, near, found.max_abs, found.max_rel, True)
