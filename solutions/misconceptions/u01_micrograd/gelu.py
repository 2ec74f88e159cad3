"""Wrong answers to u01.gelu, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _word(approximate):
    if approximate not in ("tanh", "none"):
        raise ValueError(f"approximate is {approximate!r}")


def _exact(x):
    """Return Phi(x) and its slope."""
    return (1 + math.erf(x / math.sqrt(2))) / 2, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _by_tanh(x, u, u_slope):
    """Return Phi(x) and its slope, written with tanh(scale * u)."""
    scale = math.sqrt(2 / math.pi)
    t = math.tanh(scale * u)
    return (1 + t) / 2, (1 - t * t) / 2 * scale * u_slope


def _phi(x, approximate):
    _word(approximate)
    right = _by_tanh(x, x + 0.044715 * x**3, 1 + 3 * 0.044715 * x**2)
    return right if approximate == "tanh" else _exact(x)


@misconception(
    "gelu",
    says="You gave the exact GELU where the tanh variant is asked for. GPT-2 uses the tanh variant; the two "
    "are up to 4.7e-4 apart, enough to miss its numbers.",
)
def wrong_variant(self, approximate="tanh"):
    _word(approximate)
    x = self.data
    phi, slope = _exact(x)
    return _made(x * phi, (self, phi + x * slope))


@misconception(
    "gelu",
    says="x * Phi(x) is a product, and both factors move with x. Your slope holds Phi(x), but not x times the "
    "slope of Phi.",
)
def no_inner_derivative(self, approximate="tanh"):
    phi, _ = _phi(self.data, approximate)
    return _made(self.data * phi, (self, phi))


@misconception(
    "gelu",
    says="The slope of x cubed is 3 times x squared. The 3 is missing in the slope of the inner expression.",
)
def missing_3(self, approximate="tanh"):
    x = self.data
    phi, slope = _phi(x, approximate)
    if approximate == "tanh":
        phi, slope = _by_tanh(x, x + 0.044715 * x**3, 1 + 0.044715 * x**2)
    return _made(x * phi, (self, phi + x * slope))


@misconception(
    "gelu",
    says="Only x is cubed, then scaled, then x is added. Your power takes in more than x.",
)
def cube_outside(self, approximate="tanh"):
    x = self.data
    phi, slope = _phi(x, approximate)
    if approximate == "tanh":
        u = x + 0.044715 * x
        phi, slope = _by_tanh(x, u**3, 3 * u**2 * 1.044715)
    return _made(x * phi, (self, phi + x * slope))


@misconception(
    "gelu",
    says="x times the sigmoid of 1.702x is yet another approximation, and a coarse one: up to 2e-2 away from "
    "the one asked for.",
)
def quick_gelu(self, approximate="tanh"):
    x = self.data
    phi, slope = _phi(x, approximate)
    if approximate == "tanh":
        phi = _sigmoid_of(1.702 * x)
        slope = 1.702 * phi * (1 - phi)
    return _made(x * phi, (self, phi + x * slope))


@misconception(
    "gelu",
    says="You gave the tanh variant where the exact one is asked for: the word that the caller gives is not used.",
)
def always_tanh(self, approximate="tanh"):
    _word(approximate)
    phi, slope = _phi(self.data, "tanh")
    return _made(self.data * phi, (self, phi + self.data * slope))


@misconception(
    "gelu",
    says="Your gelu writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def gelu_overwrites(self, approximate="tanh"):
    phi, slope = _phi(self.data, approximate)
    return _overwriting(self.data * phi, (self, phi + self.data * slope))


@misconception(
    "gelu",
    says="Far out your gelu overflows, where it is simply x. e^2u is past the largest float there, since u "
    "holds x cubed; math.tanh(u) is safe.",
    symptom=True,
)
def gelu_overflows(self, approximate="tanh"):
    x = self.data
    phi, slope = _phi(x, approximate)
    if approximate == "tanh":
        e = math.exp(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))
        phi = e / (e + 1)
    return _made(x * phi, (self, phi + x * slope))


@misconception(
    "gelu",
    says="A word that is neither 'tanh' nor 'none' was taken silently. A slip of the pen would train the wrong "
    "network.",
    symptom=True,
)
def any_word(self, approximate="tanh"):
    phi, slope = _phi(self.data, "none" if approximate == "none" else "tanh")
    return _made(self.data * phi, (self, phi + self.data * slope))


@misconception(
    "gelu",
    says="The chain rule multiplies the local slope by the gradient of the result. Your gelu passes on the "
    "local slope alone, so it is right only next to the root.",
)
def gelu_no_upstream(self, approximate="tanh"):
    phi, slope = _phi(self.data, approximate)
    out = Value(self.data * phi, (self,))
    local = phi + self.data * slope

    def _backward():
        self.grad += local

    out._backward = _backward
    return out


@misconception(
    "gelu",
    says="Your slope is that of relu: 1 on the right and 0 on the left. gelu is smooth, and its slope moves with x.",
)
def gelu_slope_of_relu(self, approximate="tanh"):
    phi, _ = _phi(self.data, approximate)
    return _made(self.data * phi, (self, 1.0 if self.data > 0 else 0.0))


@misconception(
    "gelu",
    says="The root of 2 pi stands where the root of 2 / pi is asked for. They differ by a factor of pi.",
)
def root_of_two_pi(self, approximate="tanh"):
    _word(approximate)
    x, scale = self.data, math.sqrt(2 * math.pi)
    t = math.tanh(scale * (x + 0.044715 * x**3))
    phi, slope = (1 + t) / 2, (1 - t * t) / 2 * scale * (1 + 3 * 0.044715 * x**2)
    phi, slope = (phi, slope) if approximate == "tanh" else _exact(x)
    return _made(x * phi, (self, phi + x * slope))


@misconception(
    "gelu",
    says="In the tanh variant your slope holds Phi(x), but not x times the slope of Phi. x * Phi(x) is a "
    "product, and both factors move with x.",
)
def no_inner_derivative_of_tanh(self, approximate="tanh"):
    phi, slope = _phi(self.data, approximate)
    local = phi if approximate == "tanh" else phi + self.data * slope
    return _made(self.data * phi, (self, local))


@misconception(
    "gelu",
    says="In the exact variant your slope holds Phi(x), but not x times the slope of Phi. x * Phi(x) is a "
    "product, and both factors move with x.",
)
def no_inner_derivative_of_erf(self, approximate="tanh"):
    phi, slope = _phi(self.data, approximate)
    local = phi + self.data * slope if approximate == "tanh" else phi
    return _made(self.data * phi, (self, local))


@misconception(
    "gelu",
    says="No gradient gets through your gelu. Does the result hold the function that reports to its operand, "
    "out._backward = _backward, and does that one add the slope to self.grad?",
    symptom=True,
)
def gelu_not_attached(self, approximate="tanh"):
    phi, _ = _phi(self.data, approximate)
    return Value(self.data * phi, (self,), "gelu")
