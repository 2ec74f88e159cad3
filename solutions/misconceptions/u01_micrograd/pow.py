"""Wrong answers to u01.pow, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _power_slope(x, exponent):
    return exponent * x ** (exponent - 1) if exponent else 0.0


def _plain(exponent):
    if isinstance(exponent, Value):
        raise TypeError("the exponent must be a plain number")


@misconception(
    "pow",
    says="Your power writes its gradient over what is there already: in a ** 2 + a ** 3 the number a is used "
    "twice, and both contributions count.",
)
def pow_overwrites(self, exponent):
    _plain(exponent)
    return _overwriting(self.data**exponent, (self, _power_slope(self.data, exponent)))


@misconception(
    "pow",
    says="The exponent comes down, but the power did not drop by one when you took the slope.",
)
def keep_exponent(self, exponent):
    _plain(exponent)
    return _made(self.data**exponent, (self, exponent * self.data**exponent))


@misconception(
    "pow",
    says="The power dropped by one, but the exponent did not come down as a factor.",
)
def missing_n(self, exponent):
    _plain(exponent)
    return _made(self.data**exponent, (self, self.data ** (exponent - 1) if exponent else 0.0))


@misconception(
    "pow",
    says="x ** 0 is a constant, and its slope is 0 everywhere. The formula asks for 0 ** -1 at x = 0, which "
    "does not exist: the exponent 0 is a case of its own.",
    symptom=True,
)
def zero_to_minus_one(self, exponent):
    _plain(exponent)
    return _made(self.data**exponent, (self, exponent * self.data ** (exponent - 1)))


@misconception(
    "pow",
    says="Exponents that are no whole numbers are refused. 0.5 is the square root; fractions are exponents, too.",
    symptom=True,
)
def int_only(self, exponent):
    _plain(exponent)
    if not isinstance(exponent, int):
        raise TypeError("the exponent must be an int")
    return _made(self.data**exponent, (self, _power_slope(self.data, exponent)))


@misconception(
    "pow",
    says="A Value as exponent was taken and nothing was raised. The formula for a plain exponent does not hold "
    "for one that moves: refuse it with a TypeError that says so.",
    symptom=True,
)
def pow_takes_a_value(self, exponent):
    n = exponent.data if isinstance(exponent, Value) else exponent
    return _made(self.data**n, (self, _power_slope(self.data, n)))


@misconception(
    "pow",
    says="Your power looks up its base when the sweep comes by. By then an optimiser may have changed it; the "
    "slope belongs to the number that the forward pass used.",
)
def pow_late_data(self, exponent):
    _plain(exponent)
    out = Value(self.data**exponent, (self,))

    def _backward():
        self.grad += _power_slope(self.data, exponent) * out.grad

    out._backward = _backward
    return out


@misconception(
    "pow",
    says="** binds tighter than -: n * x ** n - 1 is 1 less than n * x ** n. The exponent n - 1 needs parentheses.",
)
def exponent_unbracketed(self, exponent):
    _plain(exponent)
    return _made(self.data**exponent, (self, exponent * self.data**exponent - 1))


@misconception(
    "pow",
    says="** and * bind tighter than -: n * x ** n - 1 * g takes g away from n * x ** n. The exponent n - 1 "
    "needs parentheses.",
)
def exponent_unbracketed_upstream(self, exponent):
    _plain(exponent)
    x = self.data
    out = Value(x**exponent, (self,))

    def _backward():
        self.grad += exponent * x**exponent - 1 * out.grad

    out._backward = _backward
    return out


@misconception(
    "pow",
    says="The chain rule multiplies the local slope by the gradient of the result. Your power passes on the "
    "local slope alone, so it is right only next to the root.",
)
def pow_no_upstream(self, exponent):
    _plain(exponent)
    out = _made(self.data**exponent, (self, 0.0))
    slope = _power_slope(self.data, exponent)

    def _backward():
        self.grad += slope

    out._backward = _backward
    return out


@misconception(
    "pow",
    replaces="Value.__pow__",
    says="No gradient gets through your power. Does the result hold the function that reports to its operand, "
    "out._backward = _backward, and does that one add the slope to self.grad?",
    symptom=True,
)
def pow_not_attached(self, exponent):
    _plain(exponent)
    return Value(self.data**exponent, (self,), f"**{exponent}")


@misconception(
    "pow",
    says="Base and exponent have changed places: a ** n came out as n to the power of a.",
)
def base_and_exponent(self, exponent):
    _plain(exponent)
    y = exponent**self.data if exponent > 0 or (self.data == int(self.data) and self.data >= 0) else 0.0
    return _made(y, (self, _power_slope(self.data, exponent)))
