"""Wrong answers to u06.causal_conv1d, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _slid(x, w, b, dilation, left, length=None):
    """Slide w over x with `left` zeros in front and enough behind."""
    B, T, Cin = x.shape
    length = (w.shape[0] - 1) * dilation if length is None else length
    right = max(0, length - left)
    padded = torch.cat([x.new_zeros(B, left, Cin), x, x.new_zeros(B, right, Cin)], dim=1)
    out = sum(padded[:, k * dilation : k * dilation + T] @ w[k] for k in range(w.shape[0]))
    return out if b is None else out + b


def _right(x, w, b, dilation):
    return _slid(x, w, b, dilation, (w.shape[0] - 1) * dilation)


@misconception(
    "causal_conv1d",
    says="You pad on both sides. The output at t then sees places after t: it reads the answer.",
)
def same_padding(x, w, b=None, dilation=1):
    reach = (w.shape[0] - 1) * dilation
    return _slid(x, w, b, dilation, reach // 2)


@misconception(
    "causal_conv1d",
    says="K - 1 zeros stand in front, whatever the dilation is. The kernel reaches (K - 1) * dilation places, so the "
    "outputs are out of line.",
)
def shift_missing(x, w, b=None, dilation=1):
    return _slid(x, w, b, dilation, w.shape[0] - 1)


@misconception(
    "causal_conv1d",
    says="The kernel is turned round, as np.convolve does. Here w[K-1] meets the newest place, x[:, t].",
    also=("gated_block",),
)
def flipped_kernel(x, w, b=None, dilation=1):
    return _right(x, w.flip(0), b, dilation)


@misconception(
    "causal_conv1d",
    says="The zeros stand behind the sequence. So out[t] reads x[t] and what comes later: it is "
    "aligned to the wrong end.",
)
def trim_wrong_end(x, w, b=None, dilation=1):
    return _slid(x, w, b, dilation, 0)


@misconception(
    "causal_conv1d",
    says="dilation makes no difference: the places that are joined lie next to each other.",
)
def dilation_ignored(x, w, b=None, dilation=1):
    return _right(x, w, b, 1)


@misconception(
    "causal_conv1d",
    says="One zero too many stands in front: out[t] sees x[t-1] and earlier places, and never x[t].",
)
def one_too_late(x, w, b=None, dilation=1):
    return _right(torch.cat([torch.zeros_like(x[:, :1]), x[:, :-1]], dim=1), w, b, dilation)


@misconception(
    "causal_conv1d",
    says="b is not added.",
    symptom=True,
)
def bias_forgotten(x, w, b=None, dilation=1):
    return _right(x, w, None, dilation)


@misconception(
    "causal_conv1d",
    says="b is added once for each place of the kernel. It is added once.",
)
def bias_each_tap(x, w, b=None, dilation=1):
    return _right(x, w, None if b is None else b * w.shape[0], dilation)


@misconception(
    "causal_conv1d",
    says="There is no padding, and the sequence comes out shorter. It stays T long: what lies before it counts as "
    "zero.",
)
def no_padding(x, w, b=None, dilation=1):
    return _right(x, w, b, dilation)[:, (w.shape[0] - 1) * dilation :]


@misconception(
    "causal_conv1d",
    says="The sequence is rolled: what falls out at one end comes in again at the other. The first places see the last "
    "ones. Before the sequence there are zeros.",
)
def rolls(x, w, b=None, dilation=1):
    K = w.shape[0]
    out = sum(x.roll((K - 1 - k) * dilation, dims=1) @ w[k] for k in range(K))
    return out if b is None else out + b


@misconception(
    "causal_conv1d",
    says="The first place is repeated in front of the sequence. Before it there are zeros.",
)
def repeats_the_first(x, w, b=None, dilation=1):
    reach = (w.shape[0] - 1) * dilation
    padded = torch.cat([x[:, :1].expand(-1, reach, -1), x], dim=1)
    return _right(padded, w, b, dilation)[:, reach:]


@misconception(
    "causal_conv1d",
    says="All places go through one big table of zeros and weights. 0 times nan is nan, so a later place is felt after "
    "all.",
    symptom=True,
)
def one_big_matrix(x, w, b=None, dilation=1):
    T, K = x.shape[1], w.shape[0]
    out = 0
    for k in range(K):
        shift = torch.diag(x.new_ones(T), -(K - 1 - k) * dilation)[:T, :T]
        out = out + (shift @ x) @ w[k]
    return out if b is None else out + b


@misconception(
    "causal_conv1d",
    says="The padding is made in float32, and float64 is refused or loses digits.",
    symptom=True,
)
def float32_inside(x, w, b=None, dilation=1):
    out = _right(x.float(), w.float(), None if b is None else b.float(), dilation)
    return out.to(x.dtype)


@misconception(
    "causal_conv1d",
    says="The zeros in front make room for the dilation, and the slices do not: they lie one place apart, whatever the "
    "dilation is.",
)
def dilated_padding_only(x, w, b=None, dilation=1):
    T, K = x.shape[1], w.shape[0]
    padded = torch.cat([x.new_zeros(x.shape[0], (K - 1) * dilation, x.shape[2]), x], dim=1)
    out = sum(padded[:, k : k + T] @ w[k] for k in range(K))
    return out if b is None else out + b


@misconception(
    "causal_conv1d",
    says="K - 1 zeros stand in front, whatever the dilation is, and the sequence comes out shorter. The kernel reaches "
    "(K - 1) * dilation places.",
)
def too_few_zeros(x, w, b=None, dilation=1):
    K = w.shape[0]
    return _right(x, w, b, dilation)[:, (K - 1) * (dilation - 1) :]


@misconception(
    "causal_conv1d",
    says="dilation is taken for the number of a level, with a distance of 2 ** (dilation - 1). It is the "
    "distance itself.",
)
def dilation_as_a_level(x, w, b=None, dilation=1):
    return _right(x, w, b, 2 ** (dilation - 1))


@misconception(
    "causal_conv1d",
    says="The places are laid out with the kernel's places in the innermost axis, and w with its channels there. So "
    "numbers meet weights of another place or channel.",
)
def taps_innermost(x, w, b=None, dilation=1):
    (B, T, Cin), (K, _, Cout) = x.shape, w.shape
    padded = torch.cat([x.new_zeros(B, (K - 1) * dilation, Cin), x], dim=1)
    taps = torch.stack([padded[:, k * dilation : k * dilation + T] for k in range(K)], dim=-1)
    out = taps.reshape(B, T, Cin * K) @ w.reshape(K * Cin, Cout)
    return out if b is None else out + b


@misconception(
    "causal_conv1d",
    says="The zeros stand beside the channels, and not in front of the sequence: pad counts the axes from the last "
    "one, two numbers for each.",
    symptom=True,
)
def pads_channels(x, w, b=None, dilation=1):
    T, K = x.shape[1], w.shape[0]
    padded = functional.pad(x, ((K - 1) * dilation, 0))
    out = sum(padded[:, k * dilation : k * dilation + T] @ w[k] for k in range(K))
    return out if b is None else out + b
