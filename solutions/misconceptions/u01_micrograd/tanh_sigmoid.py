"""Wrong answers to u01.tanh_sigmoid, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="Your tanh overflows far out, where the answer is a harmless 1 or -1. e^2x is past the largest float "
    "from x = 355 on; math.tanh never takes exp of a large number.",
    symptom=True,
)
def naive_exp(self):
    t = (math.exp(2 * self.data) - 1) / (math.exp(2 * self.data) + 1)
    return _made(t, (self, 1 - t * t))


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="Your sigmoid overflows far out on the left, where the answer is a harmless 0. e^-x is past the "
    "largest float below -709: which way of writing it is safe depends on the sign of x.",
    symptom=True,
)
def naive_sigmoid(self):
    s = 1 / (1 + math.exp(-self.data))
    return _made(s, (self, s * (1 - s)))


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="The slope of tanh is written in terms of the OUTPUT: one minus its square. You squared the input.",
)
def slope_of_input(self):
    return _made(math.tanh(self.data), (self, 1 - self.data**2))


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="The slope of tanh is one minus the SQUARE of the output.",
)
def slope_missing_square(self):
    t = math.tanh(self.data)
    return _made(t, (self, 1 - t))


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="The slope of sigmoid is s * (1 - s), largest in the middle and 0 at both ends. Yours grows with s.",
)
def sigmoid_slope(self):
    right = _sigmoid_of(self.data)
    return _made(right, (self, right * (1 + right)))


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="Your tanh writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def tanh_overwrites(self):
    t = math.tanh(self.data)
    return _overwriting(t, (self, 1 - t * t))


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="Your sigmoid writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def sigmoid_overwrites(self):
    s = _sigmoid_of(self.data)
    return _overwriting(s, (self, s * (1 - s)))


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="In its left tail your sigmoid has lost digits, or all of them. The true value is tiny and not 0, and "
    "its logarithm is an ordinary number: e^x / (1 + e^x) keeps it.",
    symptom=True,
)
def sigmoid_by_tanh(self):
    s = (1 + math.tanh(self.data / 2)) / 2
    return _made(s, (self, s * (1 - s)))


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="The chain rule multiplies the local slope by the gradient of the result. Your tanh passes on the "
    "local slope alone, so it is right only next to the root.",
)
def tanh_no_upstream(self):
    y = math.tanh(self.data)
    out = Value(y, (self,))
    slope = 1 - y * y

    def _backward():
        self.grad += slope

    out._backward = _backward
    return out


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="The chain rule multiplies the local slope by the gradient of the result. Your sigmoid passes on the "
    "local slope alone, so it is right only next to the root.",
)
def sigmoid_no_upstream(self):
    y = _sigmoid_of(self.data)
    out = Value(y, (self,))
    slope = y * (1 - y)

    def _backward():
        self.grad += slope

    out._backward = _backward
    return out


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="1 - t * t * g multiplies only t * t by the gradient of the result. The slope as a whole is "
    "multiplied: 1 - t * t needs parentheses.",
)
def tanh_unbracketed(self):
    t = math.tanh(self.data)
    out = Value(t, (self,))

    def _backward():
        self.grad += 1 - t * t * out.grad

    out._backward = _backward
    return out


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="s * 1 - s * g is s minus s times g. The factor 1 - s needs parentheses.",
)
def sigmoid_unbracketed(self):
    s = _sigmoid_of(self.data)
    out = Value(s, (self,))

    def _backward():
        self.grad += s * 1 - s * out.grad

    out._backward = _backward
    return out


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="Your tanh is e^2x - 1/e^2x + 1: division goes before plus and minus. (e^2x - 1) and (e^2x + 1) need "
    "parentheses.",
)
def tanh_without_parentheses(self):
    e = math.exp(2 * self.data)
    t = e - 1 / e + 1
    return _made(t, (self, 1 - t * t))


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="No gradient gets through your tanh. Does the result hold the function that reports to its operand, "
    "out._backward = _backward, and does that one add the slope to self.grad?",
    symptom=True,
)
def tanh_not_attached(self):
    return Value(math.tanh(self.data), (self,), "tanh")


@misconception(
    "tanh_sigmoid",
    replaces="Value.sigmoid",
    says="No gradient gets through your sigmoid. Does the result hold the function that reports to its operand, "
    "out._backward = _backward, and does that one add the slope to self.grad?",
    symptom=True,
)
def sigmoid_not_attached(self):
    return Value(_sigmoid_of(self.data), (self,), "sigmoid")


@misconception(
    "tanh_sigmoid",
    replaces="Value.tanh",
    says="Your tanh is the sigmoid: it goes from 0 to 1. tanh goes from -1 to 1.",
)
def tanh_is_sigmoid(self):
    s = _sigmoid_of(self.data)
    return _made(s, (self, s * (1 - s)))
