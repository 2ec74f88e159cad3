# exercise: compare_gradients
# true: atol is ignored: 0 where 1e-12 is right does not pass
# not: A tiny gradient that is half too large passes
# not: One wrong entry


_right = compare_gradients


def compare_gradients(name, mine, theirs, rtol=1e-5, atol=1e-8):
    found = _right(name, mine, theirs, rtol, atol)
    if not found.same_shape:
        return found
    gap = np.abs(mine - theirs)
    near = bool(np.all(gap <= rtol * np.abs(theirs)))
    return GradCheck(name, found.exact, near, found.max_abs, found.max_rel, True)
