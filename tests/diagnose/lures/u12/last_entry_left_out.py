# exercise: gradcheck
# true: the last entry of x is not looked at
# not: single entry
# not: first row
# not: Mean gaps
# not: is enough


def gradcheck(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    if x.dtype != np.float64:
        raise ValueError("float64")
    rng = np.random.default_rng(1) if rng is None else rng
    dout = np.asarray(rng.normal(size=np.shape(forward(x))))
    given = backward(dout)
    if np.shape(given) != x.shape or np.isnan(given).any():
        return False
    places = list(np.ndindex(x.shape))
    for place in places[:-1] or places:
        up, down = x.copy(), x.copy()
        up[place] += eps
        down[place] -= eps
        slope = np.sum((forward(up) - forward(down)) * dout) / (2 * eps)
        if abs(given[place] - slope) > atol + rtol * abs(slope):
            return False
    return True
