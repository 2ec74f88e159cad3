"""Wrong answers to u12.gradcheck, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _float64(x):
    if x.dtype != np.float64:
        raise ValueError("float64")


def _draw(rng, shape):
    return np.asarray((np.random.default_rng(0) if rng is None else rng).normal(size=shape))


def _measured(forward, x, dout, eps):
    found = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += eps
        down[place] -= eps
        found[place] = np.sum((forward(up) - forward(down)) * dout) / (2 * eps)
    return found


def _near(given, measured, rtol, atol):
    return np.abs(given - measured) <= atol + rtol * np.abs(measured)


def _asked(forward, backward, x, rng):
    """Return a random cotangent and what backward says of it."""
    _float64(x)
    dout = _draw(rng, np.shape(forward(x)))
    return dout, backward(dout)


def _checked(forward, backward, x, eps, rng, near):
    """The solution, with a rule of its own for what is near."""
    dout, given = _asked(forward, backward, x, rng)
    return np.shape(given) == x.shape and bool(np.all(near(given, _measured(forward, x, dout, eps))))


@misconception(
    "gradcheck",
    symptom=True,
    says="Your checker measures the plain sum of the outputs. A softmax adds up to 1 wherever x is: its sum has no "
    "slope, and a backward pass of zeros gets through.",
)
def sum_cotangent(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    _float64(x)
    _draw(rng, np.shape(x))
    ones = np.ones(np.shape(forward(x)))
    given = backward(ones)
    return np.shape(given) == x.shape and bool(np.all(_near(given, _measured(forward, x, ones, eps), rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="A single entry of x is tried. The wrong one may be another.",
)
def one_element(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape or not np.all(np.isfinite(given)):
        return False
    near = _near(given, _measured(forward, x, dout, eps), rtol, atol)
    return bool(near.flat[0])


@misconception(
    "gradcheck",
    symptom=True,
    says="A gap of 0.01 is always allowed. Small gradients are never checked then: compare relatively as well.",
)
def abs_only(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, rng, lambda given, measured: np.abs(given - measured) < 1e-2)


@misconception(
    "gradcheck",
    symptom=True,
    says="The slope is measured to one side. Its error is of the size of eps, and right layers fail where slopes are"
    " small: go to both sides.",
)
def forward_diff(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape:
        return False
    here, measured = forward(x), np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up = x.copy()
        up[place] += eps
        measured[place] = np.sum((forward(up) - here) * dout) / eps
    # What is left of the error depends on the numbers that were drawn: only where it is large does everybody fail.
    return bool(np.all(_near(given, measured, max(rtol, 1e-4), max(atol, 2e-6))))


@misconception(
    "gradcheck",
    symptom=True,
    says="x is taken in float32. A nudge of 1e-6 is lost in its digits, and right layers fail.",
)
def float32(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    _float64(x)
    narrow = x.astype(np.float32)
    dout = _draw(rng, np.shape(forward(narrow)))
    given = backward(dout)
    if np.shape(given) != x.shape:
        return False
    measured = _measured(lambda one: np.asarray(forward(one), dtype=np.float64), narrow, dout, np.float32(eps))
    return bool(np.all(_near(given, measured, rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="x does not stay as it was: an entry that was moved is not put back.",
)
def x_not_restored(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape:
        return False
    measured = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        x[place] += eps
        right = forward(x) * 1.0
        x[place] -= 2 * eps
        measured[place] = np.sum((right - forward(x)) * dout) / (2 * eps)
    return bool(np.all(_near(given, measured, rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="Every layer passes, also those that are wrong. What backward says has to be compared with numbers that "
    "come from forward.",
)
def self_oracle(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    again = backward(dout)
    return np.shape(given) == x.shape and bool(np.all(_near(given, again, rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="The gap is allowed relatively only. A gradient that is exactly 0 then fails for a measured rounding, or "
    "for 0 / 0.",
)
def relative_only(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    def near(given, measured):
        with np.errstate(all="ignore"):
            return np.abs(given - measured) / np.abs(measured) <= rtol + 1e3 * atol * 0

    return _checked(forward, backward, x, eps, rng, near)


@misconception(
    "gradcheck",
    symptom=True,
    says="Mean gaps are compared, not the largest one: one wrong entry among many right ones gets through.",
)
def mean_gap(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape:
        return False
    measured = _measured(forward, x, dout, eps)
    return bool(np.mean(np.abs(given - measured)) <= 0.01 + atol + rtol * np.mean(np.abs(measured)))


@misconception(
    "gradcheck",
    symptom=True,
    says="One agreeing entry is enough for your checker. All of them have to agree.",
)
def any_entry(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    return np.shape(given) == x.shape and bool(np.any(_near(given, _measured(forward, x, dout, eps), rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="Gaps are compared with their sign: one that is negative, however large, is below every limit.",
)
def signed_gap(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(
        forward, backward, x, eps, rng, lambda given, measured: given - measured <= atol + rtol * np.abs(measured)
    )


@misconception(
    "gradcheck",
    symptom=True,
    says="The difference of both sides is divided by eps. They are 2 * eps apart, so right layers fail.",
)
def divided_by_eps(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, 2 * measured, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="A one-sided difference is divided by 2 * eps. Every slope comes out half as large, so right layers fail.",
)
def half_a_difference(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured / 2, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="All entries are moved at once. Only the sum of all slopes is measured then, and a gradient whose sum is "
    "right gets through.",
)
def all_at_once(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape:
        return False
    measured = np.sum((forward(x + eps) - forward(x - eps)) * dout) / (2 * eps)
    return bool(abs(np.sum(given) - measured) <= atol * x.size + rtol * abs(measured) + 1e-7)


@misconception(
    "gradcheck",
    symptom=True,
    says="rtol is not looked at. What is allowed has to follow it.",
)
def rtol_ignored(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured, 1e-5, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="atol is not looked at. What is allowed has to follow it.",
)
def atol_ignored(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured, rtol, 1e-8))


@misconception(
    "gradcheck",
    symptom=True,
    says="rtol and atol have changed places.",
)
def tolerances_swapped(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured, atol, rtol))


@misconception(
    "gradcheck",
    symptom=True,
    says="eps is not looked at: entries are always moved by 1e-6.",
)
def eps_ignored(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, 1e-6, rng, lambda given, measured: _near(given, measured, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="A gradient of another shape is compared by broadcasting: (1, 4) passes for (4,). Compare the shapes first.",
)
def broadcasts(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    return bool(np.all(_near(given, _measured(forward, x, dout, eps), rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="A nan in the gradient gets through: every comparison with it is False, also the one that finds a gap too "
    "large.",
)
def nan_passes(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(
        forward,
        backward,
        x,
        eps,
        rng,
        lambda given, measured: ~(np.abs(given - measured) > atol + rtol * np.abs(measured)),
    )


@misconception(
    "gradcheck",
    symptom=True,
    says="An x that is not float64 is taken without complaint. Its digits do not suffice: ValueError.",
)
def any_dtype(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    x = x.astype(np.float64)
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="The random gradient does not come from rng, although one is given.",
)
def rng_ignored(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(forward, backward, x, eps, None, lambda given, measured: _near(given, measured, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="NumPy's global generator moves. Without rng, make a generator of your own.",
)
def moves_global(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    np.random.rand()
    return _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="Entries are moved through a flat copy of x where x has gaps in memory: nothing moves, and right layers fail.",
)
def flat_copy(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape:
        return False
    flat, measured = x.reshape(-1), np.zeros(x.size)
    for place in range(x.size):
        kept = flat[place]
        flat[place] = kept + eps
        right = forward(x) * 1.0
        flat[place] = kept - eps
        measured[place] = np.sum((right - forward(x)) * dout) / (2 * eps)
        flat[place] = kept
    return bool(np.all(_near(given, measured.reshape(x.shape), rtol, atol)))


@misconception(
    "gradcheck",
    symptom=True,
    says="Only the sizes of the gradients are compared: one with the other sign gets through.",
)
def sizes_only(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return _checked(
        forward, backward, x, eps, rng, lambda given, measured: _near(np.abs(given), np.abs(measured), rtol, atol)
    )


@misconception(
    "gradcheck",
    symptom=True,
    says="Only the first row of x is tried. A wrong gradient in another one gets through.",
)
def first_row(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape or not np.all(np.isfinite(given)):
        return False
    near = _near(given, _measured(forward, x, dout, eps), rtol, atol)
    return bool(np.all(near[0] if near.ndim > 1 else near))


@misconception(
    "gradcheck",
    symptom=True,
    says="Your checker says the opposite: True where a gap is too large.",
)
def verdict_turned(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    return not _checked(forward, backward, x, eps, rng, lambda given, measured: _near(given, measured, rtol, atol))


@misconception(
    "gradcheck",
    symptom=True,
    says="The plain sum of the outputs is measured, while backward is asked about a random gradient. They are of two "
    "different losses, so right layers fail.",
)
def two_losses(forward, backward, x, eps=1e-6, rtol=1e-5, atol=1e-8, rng=None):
    dout, given = _asked(forward, backward, x, rng)
    if np.shape(given) != x.shape:
        return False
    return bool(np.all(_near(given, _measured(forward, x, np.ones(np.shape(dout)), eps), rtol, atol)))
