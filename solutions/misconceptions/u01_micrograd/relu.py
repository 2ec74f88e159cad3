"""Wrong answers to u01.relu, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "relu",
    replaces="Value.relu",
    says="Your relu lets the gradient through on the left, too, where its slope is 0. Either the condition is missing, "
    "or it always holds: the output of relu is never below 0, so >= 0 is true on both sides.",
)
def ge_zero(self):
    y = max(0.0, self.data)
    return _made(y, (self, 1.0 if y >= 0 else 0.0))


@misconception(
    "relu",
    replaces="Value.relu",
    says="At exactly 0 your slope is 1. The convention, torch's, is 0: relu is on only where its input is above 0.",
    symptom=True,
)
def relu_on_at_zero(self):
    return _made(max(0.0, self.data), (self, 1.0 if self.data >= 0 else 0.0))


@misconception(
    "relu",
    replaces="Value.relu",
    says="A negative gradient does not get through where the unit is on. What decides is the number that went "
    "in, not the sign of the gradient that comes back.",
    symptom=True,
)
def mask_on_out_grad(self):
    out = Value(max(0.0, self.data), (self,))
    on = self.data > 0

    def _backward():
        self.grad += out.grad if on and out.grad > 0 else 0.0

    out._backward = _backward
    return out


@misconception(
    "relu",
    replaces="Value.relu",
    says="Your relu writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def relu_overwrites(self):
    return _overwriting(max(0.0, self.data), (self, 1.0 if self.data > 0 else 0.0))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="The leak belongs to the left side, where the input is below 0. You have it on the right.",
)
def leaky_as_relu(self, negative_slope=0.01):
    slope = negative_slope if self.data > 0 else 1.0
    return _made(slope * self.data, (self, slope))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="The larger of x and 0.01 is a floor. A leak is a slope: on the left the output still falls with the "
    "input, only slowly.",
)
def wrong_scale(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return _made(max(self.data, negative_slope), (self, slope))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="The value leaks, but the gradient does not: on the left the slope is the leak, not 0. A unit like "
    "this dies as relu does.",
    symptom=True,
)
def leaky_dead_gradient(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return _made(slope * self.data, (self, 1.0 if self.data > 0 else 0.0))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="Your leaky relu writes its gradient over what is there already. A number that is used twice must add "
    "up what arrives from each use.",
)
def leaky_overwrites(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return _overwriting(slope * self.data, (self, slope))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="Your leak is always 0.01; the one that the caller asks for is not used.",
)
def leaky_fixed(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else 0.01
    return _made(slope * self.data, (self, slope))


@misconception(
    "relu",
    replaces="Value.relu",
    says="No gradient gets through your relu where it is on. Does the result hold its operand, and the function that "
    "reports to it? And is the condition the right way round?",
    symptom=True,
)
def relu_not_attached(self):
    return Value(max(0.0, self.data), (self,), "relu")


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="No gradient gets through your leaky relu, on neither side. Does the result hold its operand, and the "
    "function that reports to it?",
    symptom=True,
)
def leaky_not_attached(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return Value(slope * self.data, (self,), "leaky_relu")


@misconception(
    "relu",
    replaces="Value.relu",
    says="The condition in the slope of your relu is the wrong way round: the gradient passes where the input "
    "is below 0, and not where it is above.",
    symptom=True,
)
def relu_wrong_way_round(self):
    return _made(max(0.0, self.data), (self, 1.0 if self.data < 0 else 0.0))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="The condition in the slope of your leaky relu is the wrong way round: the leak belongs to the left "
    "side, and the 1 to the right.",
    symptom=True,
)
def leaky_wrong_way_round(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return _made(slope * self.data, (self, 1.0 if self.data < 0 else negative_slope))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="On the right the slope of your leaky relu is the leak. There, where the input is above 0, it is 1.",
    symptom=True,
)
def leak_on_the_right(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return _made(slope * self.data, (self, negative_slope))


@misconception(
    "relu",
    replaces="Value.leaky_relu",
    says="On the left the slope of your leaky relu is 1. There, where the input is below 0, it is the leak.",
    symptom=True,
)
def no_leak_on_the_left(self, negative_slope=0.01):
    slope = 1.0 if self.data > 0 else negative_slope
    return _made(slope * self.data, (self, 1.0))


@misconception(
    "relu",
    replaces="Value.relu",
    says="Your relu lets what is below 0 through and cuts off what is above. It is to be the other way: x where x "
    "is above 0, else 0.",
    symptom=True,
)
def relu_keeps_the_left(self):
    return _made(min(0.0, self.data), (self, 1.0 if self.data < 0 else 0.0))
