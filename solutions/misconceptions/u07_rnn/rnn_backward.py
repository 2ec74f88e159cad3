"""Wrong answers to u07.rnn_backward, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _loop(dhs, cache, **slips):
    """The solution's loop, with places where it can slip."""
    x, h0, W, hs = cache["x"], cache["h0"], cache["W"], cache["hs"]
    T, E, H = x.shape[1], x.shape[2], h0.shape[1]
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W[0])
    dnext = np.zeros_like(h0)
    gather = slips.get("gather", lambda dh, dnext: dh + dnext)
    slope = slips.get("slope", lambda h, before: 1 - h**2)
    for t in slips.get("order", lambda T: range(T - 1, -1, -1))(T):
        before = hs[:, t - 1] if t > 0 else slips.get("first", h0)
        dh = gather(dhs[:, t], dnext)
        da = dh * slope(hs[:, t], before)
        xh = np.concatenate(slips.get("pair", lambda one, two: [one, two])(x[:, t], before), axis=1)
        xh = slips.get("rows", lambda xh, h: xh)(xh, hs[:, t])
        dW, db = slips.get("grow", lambda dW, db, one, two: (dW + one, db + two))(dW, db, xh.T @ da, da.sum(axis=0))
        dxh = da @ W.T
        dx[:, t] = dxh[:, -E:] if slips.get("last_rows") else dxh[:, :E]
        dnext = dxh[:, :H] if slips.get("last_rows") else dxh[:, E:]
        dnext = slips.get("hand_on", lambda dnext, dh, da: dnext)(dnext, dh, da)
    return dx, dnext, dW, db


@misconception(
    "rnn_backward",
    says="Each state gets the gradient of its own loss only. It also went into the next step, and what comes back from "
    "there is to be added.",
)
def forget_future(dhs, cache):
    return _loop(dhs, cache, gather=lambda dh, dnext: dh)


@misconception(
    "rnn_backward",
    says="A state gets only what comes back from the next step. The loss looks at it directly as well: add dhs[:, t].",
)
def forget_local(dhs, cache):
    started = []

    def gather(dh, dnext):
        started.append(1)
        return dh if len(started) == 1 else dnext

    return _loop(dhs, cache, gather=gather)


@misconception(
    "rnn_backward",
    says="dW has the contribution of one step only: each step overwrites that of the one before. W is used T times: "
    "add.",
)
def dW_last(dhs, cache):
    return _loop(dhs, cache, grow=lambda dW, db, one, two: (one, db + two))


@misconception(
    "rnn_backward",
    says="db has the contribution of one step only: each step overwrites that of the one before. b is used T times: "
    "add.",
)
def db_last(dhs, cache):
    return _loop(dhs, cache, grow=lambda dW, db, one, two: (dW + one, two))


@misconception(
    "rnn_backward",
    says="dW and db have the contribution of one step only. W and b are used at every step: add.",
)
def both_last(dhs, cache):
    return _loop(dhs, cache, grow=lambda dW, db, one, two: (one, two))


@misconception(
    "rnn_backward",
    says="The slope of the tanh is taken from the state before the step. It belongs to the state that the step has "
    "produced.",
)
def tanh_of_wrong_step(dhs, cache):
    return _loop(dhs, cache, slope=lambda h, before: 1 - before**2)


@misconception(
    "rnn_backward",
    says="You walk through time from the first step to the last. What a step hands on goes to the one before it: time "
    "runs backwards.",
)
def order(dhs, cache):
    return _loop(dhs, cache, order=range)


@misconception(
    "rnn_backward",
    says="dx comes from the wrong rows of W: the last E of them. The first E rows belong to x, the last H to the "
    "state.",
)
def x_h_split(dhs, cache):
    return _loop(dhs, cache, last_rows=True)


@misconception("rnn_backward", says="The slope of the tanh is missing: 1 - h ** 2.")
def no_slope(dhs, cache):
    return _loop(dhs, cache, slope=lambda h, before: 1)


@misconception("rnn_backward", says="The slope of the tanh is 1 - h ** 2. In yours the square is missing.")
def slope_without_square(dhs, cache):
    return _loop(dhs, cache, slope=lambda h, before: 1 - h)


@misconception("rnn_backward", says="The slope is that of a sigmoid, h * (1 - h). The cell has a tanh: 1 - h ** 2.")
def sigmoid_slope(dhs, cache):
    return _loop(dhs, cache, slope=lambda h, before: h * (1 - h))


@misconception(
    "rnn_backward",
    says="At the first step the state before it is taken for hs[:, -1], the last state of the sequence. It is h0.",
)
def wraps_round(dhs, cache):
    return _loop(dhs, cache, first=cache["hs"][:, -1])


@misconception(
    "rnn_backward",
    says="At the first step the state before it is taken for zeros. It is h0, and it has its part in dW.",
)
def zeros_before(dhs, cache):
    return _loop(dhs, cache, first=np.zeros_like(cache["h0"]))


@misconception(
    "rnn_backward",
    says="In dW the state stands before the input. The first E rows of W belong to x, and so do those of dW.",
)
def pair_order(dhs, cache):
    return _loop(dhs, cache, pair=lambda one, two: [two, one])


@misconception(
    "rnn_backward",
    says="dh0 is the gradient of the state after the first step. It has to go back through that step as well.",
)
def dh0_too_early(dhs, cache):
    seen = []

    def gather(dh, dnext):
        seen.append(dh + dnext)
        return seen[-1]

    dx, _, dW, db = _loop(dhs, cache, gather=gather)
    return dx, seen[-1], dW, db


@misconception(
    "rnn_backward",
    says="dh0 is all zeros. What the first step hands on belongs to h0: it can be learned like a weight.",
)
def dh0_zero(dhs, cache):
    dx, dh0, dW, db = _loop(dhs, cache)
    return dx, np.zeros_like(dh0), dW, db


@misconception(
    "rnn_backward",
    says="dW and db are divided by the size of the batch. The mean, if there is one, is part of the loss: dhs has it "
    "already.",
)
def mean_over_batch(dhs, cache):
    dx, dh0, dW, db = _loop(dhs, cache)
    return dx, dh0, dW / len(dhs), db / len(dhs)


@misconception(
    "rnn_backward",
    says="dW and db are divided by the number of steps. Every use of W counts fully: add, and do not average.",
)
def mean_over_time(dhs, cache):
    dx, dh0, dW, db = _loop(dhs, cache)
    return dx, dh0, dW / dhs.shape[1], db / dhs.shape[1]


@misconception(
    "rnn_backward",
    says="What goes back to the step before has not gone through the tanh: the slope is used for dW and db only.",
)
def skips_slope_on_the_way(dhs, cache):
    x, h0, W, hs = cache["x"], cache["h0"], cache["W"], cache["hs"]
    E = x.shape[2]
    dx, dW, db, dnext = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W[0]), np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dh = dhs[:, t] + dnext
        da = dh * (1 - hs[:, t] ** 2)
        xh = np.concatenate([x[:, t], hs[:, t - 1] if t else h0], axis=1)
        dW, db, dxh = dW + xh.T @ da, db + da.sum(axis=0), dh @ W.T
        dx[:, t], dnext = dxh[:, :E], dxh[:, E:]
    return dx, dnext, dW, db


@misconception(
    "rnn_backward",
    says="The gradient goes back one step and no further: what comes back from step t + 1 has only that step's own "
    "loss in it.",
)
def one_step_back(dhs, cache):
    W, hs = cache["W"], cache["hs"]
    E = cache["x"].shape[2]
    direct = dhs * (1 - hs**2) @ W[E:].T
    gathered = dhs.copy()
    gathered[:, :-1] += direct[:, 1:]
    steps = iter(range(hs.shape[1] - 1, -1, -1))
    return _loop(dhs, cache, gather=lambda dh, dnext: gathered[:, next(steps)])


@misconception(
    "rnn_backward",
    symptom=True,
    says="dhs is changed where it lies. Whoever called still needs it as it was.",
)
def writes_into_dhs(dhs, cache):
    x, W, hs = cache["x"], cache["W"], cache["hs"]
    found = _loop(dhs.copy(), cache)
    E = x.shape[2]
    for t in reversed(range(1, x.shape[1])):
        dhs[:, t - 1] += (dhs[:, t] * (1 - hs[:, t] ** 2)) @ W[E:].T
    return found


@misconception(
    "rnn_backward",
    says="In dW the state after the step stands beside x. W was multiplied with the state before the step: "
    "hs[:, t - 1], at the first step h0.",
)
def dW_of_new_state(dhs, cache):
    E = cache["x"].shape[2]
    return _loop(dhs, cache, rows=lambda xh, h: np.concatenate([xh[:, :E], h], axis=1))


@misconception(
    "rnn_backward",
    says="The gradient of a state is handed on as it is. It has to go back through the tanh and through W first.",
)
def handed_on_as_it_is(dhs, cache):
    return _loop(dhs, cache, hand_on=lambda dnext, dh, da: dh)


@misconception(
    "rnn_backward",
    says="What is handed on has gone back through the tanh, but not through W: it is the last H columns of da @ W.T.",
)
def not_through_W(dhs, cache):
    return _loop(dhs, cache, hand_on=lambda dnext, dh, da: da)


@misconception(
    "rnn_backward",
    says="dW and db are clipped to -5 to 5, as char-rnn does before a step of training. Here they come back as "
    "they are.",
)
def clipped(dhs, cache):
    dx, dh0, dW, db = _loop(dhs, cache)
    return dx, dh0, np.clip(dW, -5, 5), np.clip(db, -5, 5)


@misconception(
    "rnn_backward",
    says="All gradients are clipped to -5 to 5, dx and dh0 among them. Here they come back as they are.",
)
def all_clipped(dhs, cache):
    return tuple(np.clip(one, -5, 5) for one in _loop(dhs, cache))
