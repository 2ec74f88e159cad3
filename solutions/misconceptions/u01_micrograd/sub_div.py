"""Wrong answers to u01.sub_div, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "sub_div",
    replaces="Value.__rsub__",
    says="1 - a calls a.__rsub__(1): the other operand is the one on the LEFT. You computed a - 1.",
)
def rsub_order(self, other):
    return self - other


@misconception(
    "sub_div",
    replaces="Value.__rtruediv__",
    says="1 / a calls a.__rtruediv__(1): the other operand is the one above the line. You computed a / 1.",
)
def rdiv_order(self, other):
    return self * other**-1


@misconception(
    "sub_div",
    replaces="Value.__neg__",
    says="-a came out as a fresh leaf. It does not know a, so gradients stop at the minus sign.",
)
def neg_detached(self):
    return Value(-self.data)


@misconception(
    "sub_div",
    replaces="Value.__truediv__",
    says="// rounds the quotient down. That is a staircase, and its slope is 0 nearly everywhere.",
)
def div_as_int(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    return _made(x // y, (self, 1 / y), (other, -x / y**2))


@misconception(
    "sub_div",
    replaces="Value.__sub__",
    says="When b grows, a - b shrinks: the slope of a difference in its second operand is -1, not 1.",
    symptom=True,
)
def sub_missing_grad_sign(self, other):
    other = _wrapped(other)
    return _made(self.data - other.data, (self, 1.0), (other, 1.0))


@misconception(
    "sub_div",
    replaces="Value.__truediv__",
    says="When b grows, a / b shrinks: the slope of a quotient in the number below the line has a minus sign.",
)
def div_missing_minus(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    return _made(x / y, (self, 1 / y), (other, x / y**2))


@misconception(
    "sub_div",
    replaces="Value.__truediv__",
    says="Your quotient writes its gradient over what is there already. A number in two quotients must add up "
    "what arrives from each.",
)
def div_overwrites(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    return _overwriting(x / y, (self, 1 / y), (other, -x / y**2))


@misconception(
    "sub_div",
    replaces="Value.__truediv__",
    says="Your quotient adds to the gradient of the number above the line, but writes over that of the number "
    "below it. That one may have been used elsewhere, too.",
)
def div_overwrites_right(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    out = Value(x / y, (self, other), "/")

    def _backward():
        self.grad += out.grad / y
        other.grad = -x / y**2 * out.grad

    out._backward = _backward
    return out


@misconception(
    "sub_div",
    replaces="Value.__sub__",
    says="Your difference writes its gradient over what is there already. In a - a the second line wipes out "
    "the first.",
    symptom="In a - a the contributions to a are 1 and -1. Yours keeps only one of them.",
)
def sub_overwrites(self, other):
    other = _wrapped(other)
    return _overwriting(self.data - other.data, (self, 1.0), (other, -1.0))


@misconception(
    "sub_div",
    replaces="Value.__truediv__",
    says="A division by zero gave inf and raised nothing. That hides the place where things went wrong: the "
    "next difference of two of them is nan. Let Python raise.",
    symptom=True,
)
def div_gives_inf(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    if y == 0:
        return _made(math.inf, (self, math.inf), (other, -math.inf))
    return _made(x / y, (self, 1 / y), (other, -x / y**2))


@misconception(
    "sub_div",
    replaces="Value.__truediv__",
    says="Your quotient looks its numbers up when the sweep comes by. By then an optimiser may have changed "
    "them; the slope belongs to the numbers that the forward pass used.",
)
def div_late_data(self, other):
    other = _wrapped(other)
    out = Value(self.data / other.data, (self, other), "/")

    def _backward():
        self.grad += out.grad / other.data
        other.grad -= self.data / other.data**2 * out.grad

    out._backward = _backward
    return out


@misconception(
    "sub_div",
    replaces="Value.__sub__",
    says="Your difference adds: a - b came out as a + b. The second operand needs a minus sign.",
)
def sub_adds(self, other):
    return self + other


@misconception(
    "sub_div",
    replaces="Value.__sub__",
    says="The two sides of your difference are exchanged: a - b came out as b - a.",
)
def sub_order(self, other):
    return _wrapped(other) + self * -1


@misconception(
    "sub_div",
    replaces="Value.__neg__",
    says="-a changed a itself. It is a new node, like a * -1: a keeps its number, and the gradient that reaches a "
    "has the other sign.",
)
def neg_in_place(self):
    self.data = -self.data
    return self
