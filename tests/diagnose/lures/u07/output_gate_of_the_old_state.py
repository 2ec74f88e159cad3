# exercise: lstm_cell_backward
# true: the slope of tanh(c) is taken from the old memory
# not: is missing
# not: not what comes out


def lstm_cell_backward(dh, dc, cache):
    x, hprev, cprev, i, f, o, g = (cache[name] for name in ("x", "hprev", "cprev", "i", "f", "o", "g"))
    shown = np.tanh(cache["c"])
    dc = dc + dh * o * (1 - np.tanh(cprev) ** 2)
    four = (dc * g * i * (1 - i), dc * cprev * f * (1 - f), dh * shown * o * (1 - o), dc * i * (1 - g**2))
    da = np.concatenate(four, axis=1)
    dxh, E = da @ cache["W"].T, x.shape[1]
    return dxh[:, :E], dxh[:, E:], dc * f, np.concatenate([x, hprev], axis=1).T @ da, da.sum(axis=0)
