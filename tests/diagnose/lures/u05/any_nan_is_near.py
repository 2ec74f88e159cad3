# exercise: compare_gradients
# true: nothing is larger than a nan, so a nan on one side passes as well
# not: Two nans pass as equal


_right = compare_gradients


def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    found = _right(name, mine, theirs, rtol, atol)
    if not found.same_shape:
        return found
    gap = np.abs(mine - theirs)
    near = not bool(np.any(gap > atol + rtol * np.abs(theirs)))
    return GradCheck(name, found.exact, near, found.max_abs, found.max_rel, True)
