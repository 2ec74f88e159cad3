"""Wrong answers to u12.activations, each with its cause in words, run in the solution's namespace."""

from grader import misconception

_ROOT = math.sqrt(2 / math.pi)


@misconception(
    "activations",
    replaces="Sigmoid.forward",
    symptom=True,
    says="At x = -1000 NumPy warns of an overflow: exp(1000) has no float. Take the exponential of a number that is "
    "never positive.",
)
def overflow(self, x):
    self.out = 1 / (1 + np.exp(-x))
    return self.out


@misconception(
    "activations",
    replaces="Sigmoid.forward",
    symptom=True,
    says="At x = 1000 the sigmoid is nan or warns: exp(x) over 1 + exp(x) is infinite over infinite there.",
)
def overflow_above(self, x):
    self.out = np.exp(x) / (1 + np.exp(x))
    return self.out


@misconception(
    "activations",
    replaces="Sigmoid.forward",
    symptom=True,
    says="At x of 1000 or -1000 NumPy warns: np.where computes both formulas everywhere, also where one is not used.",
)
def where_computes_both(self, x):
    self.out = np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))
    return self.out


@misconception(
    "activations",
    replaces="ReLU.backward",
    says="ReLU goes back where dout is positive. What counts is where the input was positive, on the way forward.",
)
def mask_from_out_grad(self, dout):
    return dout * (dout > 0)


@misconception(
    "activations",
    replaces="ReLU.forward",
    symptom=True,
    says="ReLU writes into the caller's array. Whoever called it still needs the numbers.",
)
def inplace(self, x):
    self.mask = x > 0
    return np.maximum(x, 0, out=x)


@misconception(
    "activations",
    replaces="ReLU.backward",
    symptom=True,
    says="ReLU's backward writes into dout. Other layers may still need it: make a new array.",
)
def inplace_backward(self, dout):
    dout[~self.mask] = 0
    return dout


@misconception(
    "activations",
    symptom=True,
    says="GELU makes float64 of float32: a constant is a NumPy float64, and it decides. A plain Python float does not.",
)
class upcast(GELU):
    def forward(self, x):
        self.x = x
        if self.approximate != "tanh":
            return super().forward(x)
        self.gate = 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
        return x * self.gate

    def backward(self, dout):
        if self.approximate != "tanh":
            return super().backward(dout)
        x, gate = self.x, self.gate
        return dout * (gate + x * 2 * gate * (1 - gate) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2))


@misconception(
    "activations",
    replaces="Sigmoid.forward",
    symptom=True,
    says="Sigmoid makes float64 of float32: its result is written into an array that is always float64.",
)
def upcast_sigmoid(self, x):
    self.out = np.zeros(x.shape)
    e = np.exp(-np.abs(x))
    self.out[...] = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
    return self.out


@misconception(
    "activations",
    replaces="ReLU.forward",
    symptom=True,
    says="At exactly 0 ReLU lets the gradient through. Here its slope is 0 there, as in torch: positive means above 0.",
)
def relu_at_zero(self, x):
    self.mask = x >= 0
    return x * self.mask


@misconception(
    "activations",
    replaces="ReLU.backward",
    says="ReLU lets every gradient through. Where it was off, nothing could move.",
)
def relu_passes_all(self, dout):
    return dout * 1.0


@misconception(
    "activations",
    replaces="ReLU.backward",
    says="ReLU's backward returns the slope alone. It is to be multiplied by dout.",
)
def relu_without_dout(self, dout):
    return self.mask * 1.0


@misconception(
    "activations", replaces="Tanh.backward", says="Tanh's slope is 1 - out * out. In yours the square is missing."
)
def tanh_no_square(self, dout):
    return dout * (1 - self.out)


@misconception(
    "activations",
    says="Tanh's slope is taken from the input, 1 - x * x. It is one minus the square of the output.",
)
class tanh_of_the_input(Tanh):
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, dout):
        return dout * (1 - self.x**2)


@misconception(
    "activations",
    replaces="Tanh.backward",
    says="Tanh's backward returns the slope alone. It is to be multiplied by dout.",
)
def tanh_without_dout(self, dout):
    return 1 - self.out**2


@misconception(
    "activations",
    replaces="Sigmoid.backward",
    says="Sigmoid's slope is out * (1 - out). In yours the second factor is missing.",
)
def sigmoid_half(self, dout):
    return dout * self.out


@misconception(
    "activations",
    replaces="Sigmoid.backward",
    says="Sigmoid has the slope of tanh, 1 - out * out. Its own is out * (1 - out).",
)
def sigmoid_slope_of_tanh(self, dout):
    return dout * (1 - self.out**2)


@misconception(
    "activations",
    replaces="Sigmoid.backward",
    says="Sigmoid's backward squashes the output once more before it takes the slope. The output is the sigmoid "
    "already.",
)
def sigmoid_twice(self, dout):
    out = 1 / (1 + np.exp(-self.out))
    return dout * out * (1 - out)


@misconception(
    "activations",
    replaces="GELU.backward",
    says="GELU's slope is the gate alone. The gate depends on x as well: the product rule has a second term.",
)
def gelu_gate_only(self, dout):
    return dout * self.gate


@misconception(
    "activations",
    replaces="GELU.backward",
    says="In GELU's slope the 3 is missing: x ** 3 has slope 3 * x ** 2.",
)
def gelu_no_three(self, dout):
    x, gate = self.x, self.gate
    if self.approximate == "tanh":
        return dout * (gate + x * 2 * gate * (1 - gate) * _ROOT * (1 + 0.044715 * x**2))
    return dout * (gate + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


@misconception(
    "activations",
    replaces="GELU.backward",
    says="In GELU's slope the factor sqrt(2 / pi) is missing: u has it, and so has its slope.",
)
def gelu_no_root(self, dout):
    x, gate = self.x, self.gate
    if self.approximate == "tanh":
        return dout * (gate + x * 2 * gate * (1 - gate) * (1 + 3 * 0.044715 * x**2))
    return dout * (gate + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


@misconception(
    "activations",
    replaces="GELU.backward",
    says="In GELU's slope tanh(u) is not squared: the slope of tanh is 1 - tanh(u) ** 2.",
)
def gelu_no_square(self, dout):
    x, gate = self.x, self.gate
    if self.approximate == "tanh":
        return dout * (gate + x * 0.5 * (2 - 2 * gate) * _ROOT * (1 + 3 * 0.044715 * x**2))
    return dout * (gate + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi))


@misconception(
    "activations",
    says="GELU is the exact one, by erf, also where approximate is tanh. GPT-2's formula differs in the fourth digit.",
)
class always_exact(GELU):
    def forward(self, x):
        self.x, self.gate = x, 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2)))
        return x * self.gate.astype(x.dtype)

    def backward(self, dout):
        slope = np.exp(-(self.x**2) / 2) / math.sqrt(2 * math.pi)
        return dout * (self.gate + self.x * slope).astype(dout.dtype)


@misconception(
    "activations",
    says="GELU is the approximation by tanh, also where approximate is none.",
)
class always_approximate(GELU):
    def forward(self, x):
        self.x, self.gate = x, 0.5 * (1 + np.tanh(_ROOT * (x + 0.044715 * x**3)))
        return x * self.gate

    def backward(self, dout):
        x, gate = self.x, self.gate
        return dout * (gate + x * 2 * gate * (1 - gate) * _ROOT * (1 + 3 * 0.044715 * x**2))


@misconception(
    "activations",
    replaces="GELU.backward",
    says="GELU goes back by the slope of the exact one, whatever formula went forward. They belong to each other.",
)
def slope_of_the_exact(self, dout):
    cdf = 0.5 * (1 + np.vectorize(math.erf, otypes=[float])(self.x / math.sqrt(2))).astype(dout.dtype)
    return dout * (cdf + self.x * np.exp(-(self.x**2) / 2) / math.sqrt(2 * math.pi))


@misconception(
    "activations", says="GELU is x * sigmoid(1.702 * x) in yours, a coarser approximation. Here it is the one by tanh."
)
class quick_gelu(GELU):
    def forward(self, x):
        if self.approximate != "tanh":
            return super().forward(x)
        self.x, self.gate = x, 0.5 * (1 + np.tanh(0.851 * x))
        return x * self.gate

    def backward(self, dout):
        if self.approximate != "tanh":
            return super().backward(dout)
        return dout * (self.gate + self.x * 1.702 * self.gate * (1 - self.gate))


@misconception(
    "activations",
    replaces="GELU.__init__",
    symptom=True,
    says="A word that is neither tanh nor none is taken without complaint. It should raise ValueError.",
)
def any_word(self, approximate="tanh"):
    self.approximate = approximate
