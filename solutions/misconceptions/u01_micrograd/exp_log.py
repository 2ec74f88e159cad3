"""Wrong answers to u01.exp_log, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "exp_log",
    replaces="Value.exp",
    says="Your exp writes its gradient over what is there already. The lecture's own code had this bug: it "
    "stays unseen until a number is used twice.",
)
def exp_overwrites(self):
    y = math.exp(self.data)
    return _overwriting(y, (self, y))


@misconception(
    "exp_log",
    replaces="Value.exp",
    says="The slope of e^x is e^x, the output of the function. You used the input.",
)
def exp_uses_x(self):
    return _made(math.exp(self.data), (self, self.data))


@misconception(
    "exp_log",
    replaces="Value.log",
    says="The slope of ln x is 1/x, with x the input. You divided by the output.",
)
def log_uses_out(self):
    y = math.log(self.data)
    return _made(y, (self, 1 / y if y else math.inf))


@misconception(
    "exp_log",
    replaces="Value.log",
    says="Your logarithm is off by a little, in the value and in the slope, as if something small were added "
    "to its input. Keep the function exact, and let whoever calls it take care.",
)
def log_eps(self):
    return _made(math.log(self.data + 1e-8), (self, 1 / (self.data + 1e-8)))


@misconception(
    "exp_log",
    replaces="Value.log",
    says="Your log writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def log_overwrites(self):
    return _overwriting(math.log(self.data), (self, 1 / self.data))


@misconception(
    "exp_log",
    replaces="Value.log",
    says="The logarithm of 0 or less gave a number and raised nothing. What follows is nan, and nobody can "
    "tell where it began.",
    symptom=True,
)
def log_gives_nan(self):
    x = self.data
    if x <= 0:
        return _made(math.nan if x < 0 else -math.inf, (self, math.inf))
    return _made(math.log(x), (self, 1 / x))


@misconception(
    "exp_log",
    replaces="Value.exp",
    says="e^1000 gave a number and raised nothing. The next difference or quotient of two infinities is nan; a "
    "caller can subtract the largest score first, exp cannot.",
    symptom=True,
)
def exp_gives_inf(self):
    y = math.exp(self.data) if self.data < 709 else math.inf
    return _made(y, (self, y))


@misconception(
    "exp_log",
    replaces="Value.exp",
    says="The chain rule multiplies the local slope by the gradient of the result. Your exp passes on the "
    "local slope alone, so it is right only next to the root.",
)
def exp_no_upstream(self):
    y = math.exp(self.data)
    out = Value(y, (self,))
    slope = y

    def _backward():
        self.grad += slope

    out._backward = _backward
    return out


@misconception(
    "exp_log",
    replaces="Value.log",
    says="The chain rule multiplies the local slope by the gradient of the result. Your log passes on the "
    "local slope alone, so it is right only next to the root.",
)
def log_no_upstream(self):
    y = math.log(self.data)
    out = Value(y, (self,))
    slope = 1 / self.data

    def _backward():
        self.grad += slope

    out._backward = _backward
    return out


@misconception(
    "exp_log",
    replaces="Value.exp",
    says="The slope of e^x is the result itself. Yours is e to the power of the result: exp was taken once too often.",
)
def exp_of_result(self):
    y = math.exp(self.data)
    return _made(y, (self, math.exp(y) if y < 700 else math.inf))


@misconception(
    "exp_log",
    replaces="Value.log",
    says="The slope of ln x is 1 / x. Yours is 1 / x squared: one x too many.",
)
def log_squared(self):
    x = self.data
    return _made(math.log(x), (self, 1 / x**2 if x > 1e-150 else math.inf))


@misconception(
    "exp_log",
    replaces="Value.log",
    says="Your log looks up its input when the sweep comes by. By then an optimiser may have changed it; the "
    "slope belongs to the number that the forward pass used.",
)
def log_late_data(self):
    out = Value(math.log(self.data), (self,))

    def _backward():
        self.grad += out.grad / self.data

    out._backward = _backward
    return out


@misconception(
    "exp_log",
    replaces="Value.exp",
    says="No gradient gets through your exp. Does the result hold the function that reports to its operand, "
    "out._backward = _backward, and does that one add the slope to self.grad?",
    symptom=True,
)
def exp_not_attached(self):
    return Value(math.exp(self.data), (self,), "exp")


@misconception(
    "exp_log",
    replaces="Value.log",
    says="No gradient gets through your log. Does the result hold the function that reports to its operand, "
    "out._backward = _backward, and does that one add the slope to self.grad?",
    symptom=True,
)
def log_not_attached(self):
    return Value(math.log(self.data), (self,), "log")
