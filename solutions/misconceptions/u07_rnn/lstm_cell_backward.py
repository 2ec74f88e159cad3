"""Wrong answers to u07.lstm_cell_backward, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _step(dh, dc, cache, **slips):
    """The solution's step, with places where it can slip."""
    x, hprev, cprev, i, f, o, g = (cache[name] for name in ("x", "hprev", "cprev", "i", "f", "o", "g"))
    shown = np.tanh(cache["c"])
    dc_in, dc = dc, slips.get("gather", lambda dc, dh: dc + dh * o * (1 - shown**2))(dc, dh)
    sigmoid = slips.get("sigmoid", lambda s: s * (1 - s))
    di, df = dc * g * sigmoid(i), dc * slips.get("kept", cprev) * sigmoid(f)
    do, dg = dh * slips.get("shown", shown) * sigmoid(o), dc * i * slips.get("tanh", lambda v: 1 - v**2)(g)
    blocks = slips.get("blocks", lambda *four: four)(di, df, do, dg)
    da = np.concatenate(blocks, axis=1)
    dxh = da @ cache["W"].T
    E = x.shape[1]
    xh = np.concatenate(slips.get("pair", [x, hprev]), axis=1)
    return dxh[:, :E], dxh[:, E:], slips.get("back", lambda dc, dc_in: dc * f)(dc, dc_in), xh.T @ da, da.sum(axis=0)


@misconception(
    "lstm_cell_backward",
    says="The dc that comes in has no part. c also goes to the next step: what comes back from there is to be added.",
)
def dc_path_missing(dh, dc, cache):
    shown = np.tanh(cache["c"])
    return _step(dh, dc, cache, gather=lambda dc, dh: dh * cache["o"] * (1 - shown**2))


@misconception(
    "lstm_cell_backward",
    says="The gates' gradients have not gone back through the sigmoids: the factor s * (1 - s) is missing.",
)
def gate_slope(dh, dc, cache):
    return _step(dh, dc, cache, sigmoid=lambda s: 1)


@misconception(
    "lstm_cell_backward",
    says="dcprev is not multiplied with the forget gate. c is f * cprev + i * g, so the way back goes through f.",
)
def dcprev(dh, dc, cache):
    return _step(dh, dc, cache, back=lambda dc, dc_in: dc)


@misconception(
    "lstm_cell_backward",
    says="dcprev is the incoming dc times f, without what comes by way of h. c moves the loss in two ways.",
)
def dcprev_of_incoming(dh, dc, cache):
    return _step(dh, dc, cache, back=lambda dc, dc_in: dc_in * cache["f"])


@misconception(
    "lstm_cell_backward",
    says="Your blocks are i, f, g, o. The order is that of the forward pass: i, f, o, g.",
)
def gate_block_order(dh, dc, cache):
    return _step(dh, dc, cache, blocks=lambda di, df, do, dg: (di, df, dg, do))


@misconception(
    "lstm_cell_backward",
    says="What comes by way of the state is missing in dc: h was made from c, so dh has its part in dc.",
)
def dh_path_missing(dh, dc, cache):
    return _step(dh, dc, cache, gather=lambda dc, dh: dc)


@misconception(
    "lstm_cell_backward",
    says="On the way from h to c the slope of the tanh is missing: 1 - tanh(c) ** 2.",
)
def slope_of_shown_missing(dh, dc, cache):
    return _step(dh, dc, cache, gather=lambda dc, dh: dc + dh * cache["o"])


@misconception(
    "lstm_cell_backward",
    says="The slope is 1 - c ** 2. c is what goes into the tanh, not what comes out: 1 - tanh(c) ** 2.",
)
def slope_of_c(dh, dc, cache):
    return _step(dh, dc, cache, gather=lambda dc, dh: dc + dh * cache["o"] * (1 - cache["c"] ** 2))


@misconception(
    "lstm_cell_backward",
    says="On the way from h to c the output gate is missing: h = o * tanh(c).",
)
def o_missing_in_dc(dh, dc, cache):
    shown = np.tanh(cache["c"])
    return _step(dh, dc, cache, gather=lambda dc, dh: dc + dh * (1 - shown**2))


@misconception(
    "lstm_cell_backward",
    says="The output gate's gradient has c where tanh(c) belongs: h = o * tanh(c).",
)
def do_with_c(dh, dc, cache):
    return _step(dh, dc, cache, shown=cache["c"])


@misconception(
    "lstm_cell_backward",
    says="The forget gate's gradient has the new c in it. The gate was multiplied with the old one: cprev.",
)
def df_with_c(dh, dc, cache):
    return _step(dh, dc, cache, kept=cache["c"])


@misconception(
    "lstm_cell_backward",
    says="The forget gate's gradient has hprev in it. The gate was multiplied with the memory: cprev.",
)
def df_with_h(dh, dc, cache):
    return _step(dh, dc, cache, kept=cache["hprev"])


@misconception(
    "lstm_cell_backward",
    says="The candidate's gradient has not gone back through its tanh: 1 - g ** 2 is missing.",
)
def dg_slope_missing(dh, dc, cache):
    return _step(dh, dc, cache, tanh=lambda v: 1)


@misconception(
    "lstm_cell_backward",
    says="The candidate g has the slope of a sigmoid, g * (1 - g). It came out of a tanh: 1 - g ** 2.",
)
def dg_sigmoid_slope(dh, dc, cache):
    return _step(dh, dc, cache, tanh=lambda v: v * (1 - v))


@misconception(
    "lstm_cell_backward",
    says="The gates have the slope of a tanh, 1 - s ** 2. They came out of sigmoids: s * (1 - s).",
)
def gates_tanh_slope(dh, dc, cache):
    return _step(dh, dc, cache, sigmoid=lambda s: 1 - s**2)


@misconception(
    "lstm_cell_backward",
    says="The slopes of the gates are taken as sigmoid(s) * (1 - sigmoid(s)) of what is a sigmoid already.",
)
def sigmoid_twice(dh, dc, cache):
    def slope(s):
        again = 1 / (1 + np.exp(-s))
        return again * (1 - again)

    return _step(dh, dc, cache, sigmoid=slope)


@misconception(
    "lstm_cell_backward",
    says="The partners of i and g are mixed up: i was multiplied with g, so its gradient has g in it, and g's has i.",
)
def partners_swapped(dh, dc, cache):
    i, g = cache["i"], cache["g"]

    def blocks(di, df, do, dg):
        dc = _step_dc(dh, dc_in, cache)
        return dc * i * i * (1 - i), df, do, dc * g * (1 - g**2)

    dc_in = dc
    return _step(dh, dc, cache, blocks=blocks)


def _step_dc(dh, dc, cache):
    return dc + dh * cache["o"] * (1 - np.tanh(cache["c"]) ** 2)


@misconception(
    "lstm_cell_backward",
    says="In dW the state stands before the input. The first E rows of W belong to x, and so do those of dW.",
)
def lstm_pair_order(dh, dc, cache):
    return _step(dh, dc, cache, pair=[cache["hprev"], cache["x"]])


@misconception("lstm_cell_backward", says="dx and dhprev come from the wrong columns: the first E of them belong to x.")
def lstm_x_h_split(dh, dc, cache):
    dx, dhprev, dcprev, dW, db = _step(dh, dc, cache)
    both = np.concatenate([dx, dhprev], axis=1)
    H = dhprev.shape[1]
    return both[:, H:], both[:, :H], dcprev, dW, db


@misconception(
    "lstm_cell_backward",
    says="dW and db are divided by the size of the batch. The mean, if there is one, is part of the loss: dh and dc "
    "have it already.",
)
def lstm_mean_over_batch(dh, dc, cache):
    dx, dhprev, dcprev, dW, db = _step(dh, dc, cache)
    return dx, dhprev, dcprev, dW / len(dh), db / len(dh)


@misconception(
    "lstm_cell_backward",
    says="dhprev is dh times the output gate. The old state reaches the new one by way of the gates: dhprev is a part "
    "of da @ W.T.",
)
def dhprev_of_o(dh, dc, cache):
    dx, _, dcprev, dW, db = _step(dh, dc, cache)
    return dx, dh * cache["o"], dcprev, dW, db


@misconception(
    "lstm_cell_backward",
    symptom=True,
    says="dc is changed where it lies: += writes into the caller's array.",
)
def writes_into_dc(dh, dc, cache):
    found = _step(dh, dc.copy(), cache)
    dc += dh * cache["o"] * (1 - np.tanh(cache["c"]) ** 2)
    return found


@misconception(
    "lstm_cell_backward",
    says="The input gate's gradient has not gone back through its sigmoid: the factor i * (1 - i) is missing.",
)
def i_slope_missing(dh, dc, cache):
    return _step(dh, dc, cache, sigmoid=lambda s: 1 if s is cache["i"] else s * (1 - s))


@misconception(
    "lstm_cell_backward",
    says="The forget gate's gradient has not gone back through its sigmoid: the factor f * (1 - f) is missing.",
)
def f_slope_missing(dh, dc, cache):
    return _step(dh, dc, cache, sigmoid=lambda s: 1 if s is cache["f"] else s * (1 - s))


@misconception(
    "lstm_cell_backward",
    says="The output gate's gradient has not gone back through its sigmoid: the factor o * (1 - o) is missing.",
)
def o_slope_missing(dh, dc, cache):
    return _step(dh, dc, cache, sigmoid=lambda s: 1 if s is cache["o"] else s * (1 - s))
