# exercise: compare_gradients
# true: max_rel is 1 where both are zero
# not: is no number here


_right = compare_gradients


def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    found = _right(name, mine, theirs, rtol, atol)
    largest = 1.0 if found.same_shape and not theirs.any() and not mine.any() else found.max_rel
    return GradCheck(name, found.exact, found.approximate, found.max_abs, largest, found.same_shape)
