"""Wrong solutions of unit 01 that run, each with the sentence a good teacher would say.

They are executed in the solution's namespace, so `Value` and `math` are the solution's.
"""

from collections import deque

from grader import misconception


def _made(data, *contributions):
    """Return a node whose `_backward` is right but for the slopes given: pairs (operand, slope)."""
    out = Value(data, tuple(operand for operand, _ in contributions))

    def _backward():
        for operand, slope in contributions:
            operand.grad += slope * out.grad

    out._backward = _backward
    return out


def _overwriting(data, *contributions):
    """Return a node that writes gradients over what is there."""
    out = _made(data, *contributions)

    def _backward():
        for operand, slope in contributions:
            operand.grad = slope * out.grad

    out._backward = _backward
    return out


def _wrapped(other):
    return other if isinstance(other, Value) else Value(other)


# 01.01 numerical_gradient


def _slopes(xs, one):
    return [one(i) for i in range(len(xs))]


def _moved(xs, i, step):
    return [x + step if j == i else x for j, x in enumerate(xs)]


@misconception(
    "numerical_gradient",
    says="You used the one-sided slope. Its error shrinks like h, that of the two-sided one like h squared, "
    "for one more call of f.",
)
def forward_diff(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*xs)) / h)


@misconception(
    "numerical_gradient",
    says="You moved the argument from x - h to x + h, a distance of 2h, but divided by h: every slope is doubled.",
)
def missing_2(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h))) / h)


@misconception(
    "numerical_gradient",
    says="All arguments moved together. That measures the slope along the diagonal, the sum of all partial "
    "slopes, and not the slope in one argument.",
)
def perturb_all(f, xs, h=1e-5):
    return _slopes(xs, lambda _: (f(*[x + h for x in xs]) - f(*[x - h for x in xs])) / (2 * h))


@misconception(
    "numerical_gradient",
    says="The step into one argument is still there when you measure the next one. Start each argument from "
    "the point that you were given.",
)
def accumulated_perturbation(f, xs, h=1e-5):
    right, left, slopes = list(xs), list(xs), []
    for i in range(len(xs)):
        right[i] += h
        left[i] -= h
        slopes.append((f(*right) - f(*left)) / (2 * h))
    return slopes


@misconception(
    "numerical_gradient",
    says="Your step is far too small. Below about 1e-7 the two values agree in nearly all of their sixteen "
    "digits, and the subtraction leaves rounding noise.",
)
def h_too_small(f, xs, h=1e-5):
    h = 1e-12
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h))) / (2 * h))


@misconception(
    "numerical_gradient",
    says="All slopes are 0, although f was called. Its answers must be taken after the argument has moved: a "
    "result that is finished cannot react to a step.",
)
def lambda_no_arg(f, xs, h=1e-5):
    finished = f(*xs) if xs else 0.0
    return _slopes(xs, lambda _: (finished - finished) / (2 * h))


@misconception(
    "numerical_gradient",
    says="You step in the caller's own list and step back. In floats, x + h - 2h + h is not always x, so every "
    "later measurement starts a little beside the point, and the list has changed.",
)
def steps_in_place(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        xs[i] += h
        right = f(*xs)
        xs[i] -= 2 * h
        slopes.append((right - f(*xs)) / (2 * h))
        xs[i] += h
    return slopes


@misconception(
    "numerical_gradient",
    says="f is never called, so nothing is measured.",
    symptom=True,
)
def never_called(f, xs, h=1e-5):
    return [0.0 for _ in xs]


@misconception(
    "numerical_gradient",
    says="Your slopes are tiny: the difference was multiplied by h. Python goes from left to right, and / 2 * "
    "h divides by 2 and then multiplies by h. It needs parentheses: / (2 * h).",
)
def halved_times_h(f, xs, h=1e-5):
    return _slopes(xs, lambda i: (f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h))) / 2 * h)


@misconception(
    "numerical_gradient",
    says="Only f(x - h) was divided by the distance, since / binds tighter than -. The whole difference needs "
    "parentheses.",
)
def half_divided(f, xs, h=1e-5):
    return _slopes(xs, lambda i: f(*_moved(xs, i, h)) - f(*_moved(xs, i, -h)) / (2 * h))


# 01.02 add_mul


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def add_overwrites(self, other):
    other = _wrapped(other)
    return _overwriting(self.data + other.data, (self, 1.0), (other, 1.0))


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
)
def mul_overwrites(self, other):
    other = _wrapped(other)
    return _overwriting(self.data * other.data, (self, other.data), (other, self.data))


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum adds to the gradient of its right operand, but writes over that of its left one. The left "
    "one may have been used elsewhere, too.",
)
def add_overwrites_left(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    out = Value(x + y, (self, other), "+")

    def _backward():
        self.grad = 1.0 * out.grad
        other.grad += 1.0 * out.grad

    out._backward = _backward
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product adds to the gradient of its right operand, but writes over that of its left one. The "
    "left one may have been used elsewhere, too.",
)
def mul_overwrites_left(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    out = Value(x * y, (self, other), "*")

    def _backward():
        self.grad = y * out.grad
        other.grad += x * out.grad

    out._backward = _backward
    return out


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="In a + a both operands are the same number, and it is used twice: it gets the gradient of the sum "
    "twice. It needs no special case.",
)
def add_alias_once(self, other):
    other = _wrapped(other)
    both = [(self, 1.0), (other, 1.0)] if other is not self else [(self, 1.0)]
    return _made(self.data + other.data, *both)


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="In a * a both operands are the same number, and it is used twice: it gets a contribution from each "
    "side. It needs no special case.",
)
def mul_alias_once(self, other):
    other = _wrapped(other)
    both = [(self, other.data), (other, self.data)] if other is not self else [(self, self.data)]
    return _made(self.data * other.data, *both)


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="The chain rule multiplies the local slope by the gradient of the result. Your product passes on the "
    "local slope alone, so it is right only next to the root.",
)
def mul_no_upstream(self, other):
    other = _wrapped(other)
    x, y = self.data, other.data
    out = Value(x * y, (self, other), "*")

    def _backward():
        self.grad += y
        other.grad += x

    out._backward = _backward
    return out


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="The local slope of a sum is 1, but what an operand gets is that 1 times the gradient of the result. "
    "Your sum passes on a bare 1.",
)
def add_no_upstream(self, other):
    other = _wrapped(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += 1.0
        other.grad += 1.0

    out._backward = _backward
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="For a product the slope in a is b, and the other way round. You gave each operand its own value.",
)
def mul_swapped_local(self, other):
    other = _wrapped(other)
    return _made(self.data * other.data, (self, self.data), (other, other.data))


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="A plain number has no data and no grad. Turn it into a Value before you add.",
)
def add_no_wrap(self, other):
    return _made(self.data + other.data, (self, 1.0), (other, 1.0))


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="A plain number has no data and no grad. Turn it into a Value before you multiply.",
)
def mul_no_wrap(self, other):
    return _made(self.data * other.data, (self, other.data), (other, self.data))


@misconception(
    "add_mul",
    replaces="Value.__radd__",
    says="Where a plain number stands on the left of +, Python asks the Value on the right, by the name "
    "__radd__. sum() starts from the int 0, so it needs it, too.",
)
def radd_missing(self, other):
    return NotImplemented


@misconception(
    "add_mul",
    replaces="Value.__rmul__",
    says="Where a plain number stands on the left of *, Python asks the Value on the right, by the name __rmul__.",
    symptom=True,
)
def rmul_missing(self, other):
    return NotImplemented


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum does not remember what it was made from, so a sweep ends there and nothing below it gets a "
    "gradient.",
)
def add_children_missing(self, other):
    other = _wrapped(other)
    out = _made(self.data + other.data, (self, 1.0), (other, 1.0))
    out._prev = ()
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product does not remember what it was made from, so a sweep ends there and nothing below it "
    "gets a gradient.",
)
def mul_children_missing(self, other):
    other = _wrapped(other)
    out = _made(self.data * other.data, (self, other.data), (other, self.data))
    out._prev = ()
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product looks its numbers up when the sweep comes by. By then an optimiser may have changed "
    "them; the slope belongs to the numbers that the forward pass used.",
)
def mul_late_data(self, other):
    other = _wrapped(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product never reports to its operands: a function that does it may be there, but the result "
    "does not hold it.",
)
def mul_not_attached(self, other):
    other = _wrapped(other)
    return Value(self.data * other.data, (self, other), "*")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="You called the function when you stored it. It ran once, during the forward pass, when there was no "
    "gradient to pass on yet; what is stored is what it returned.",
)
def mul_calls_at_once(self, other):
    other = _wrapped(other)
    out = _made(self.data * other.data, (self, other.data), (other, self.data))
    out._backward = out._backward()
    return out


@misconception(
    "add_mul",
    replaces="Value.__radd__",
    says="Your __radd__ never comes to an end: a plain number + self asks __radd__ again. With self on the "
    "left it is __add__ that is asked.",
    symptom=True,
)
def radd_asks_again(self, other):
    return other + self


@misconception(
    "add_mul",
    replaces="Value.__rmul__",
    says="Your __rmul__ never comes to an end: a plain number * self asks __rmul__ again. With self on the "
    "left it is __mul__ that is asked.",
    symptom=True,
)
def rmul_asks_again(self, other):
    return other * self


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum never reports to its operands: a function that does it may be there, but the result does "
    "not hold it.",
)
def add_not_attached(self, other):
    other = _wrapped(other)
    return Value(self.data + other.data, (self, other), "+")


# 01.03 sub_div


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


# 01.04 pow


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


# 01.05 exp_log


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


# 01.06 tanh_sigmoid


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


def _sigmoid_of(x):
    small = math.exp(-abs(x))
    return 1 / (1 + small) if x >= 0 else small / (1 + small)


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


# 01.07 relu


@misconception(
    "relu",
    replaces="Value.relu",
    says="On the left your relu lets the gradient through: a dead unit must be dead on the way back, too. The "
    "output of relu is never below 0, so it is the input that you have to look at.",
)
def ge_zero(self):
    y = max(0.0, self.data)
    return _made(y, (self, 1.0 if y >= 0 else 0.0))


@misconception(
    "relu",
    replaces="Value.relu",
    says="At exactly 0 your slope is 1. The convention, torch's, is 0: relu is on only where its input is above 0.",
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


# 01.08 gelu


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


# 01.09 topological_order


@misconception(
    "topological_order",
    says="Your walk calls itself once for each node, and Python stops near a depth of 1,000. A sum in a loop "
    "is deeper than that: keep the nodes that still wait on a stack of your own.",
    symptom=True,
)
def recursive(root):
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for operand in node._prev:
                visit(operand)
            order.append(node)

    visit(root)
    return order


@misconception(
    "topological_order",
    says="You list a node before its operands have been visited, so results stand before what they were made "
    "from. Walked from the end, backward would then read gradients that are not complete.",
)
def preorder(root):
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            order.append(node)
            stack.extend(node._prev)
    return order


@misconception(
    "topological_order",
    says="Breadth first, turned round, is not a topological order: where a node can be reached by a short path "
    "and by a long one, its place is taken from the short one, and a user further down comes too late.",
)
def bfs_order(root):
    order, seen, queue = [], {id(root)}, deque([root])
    while queue:
        node = queue.popleft()
        order.append(node)
        for operand in node._prev:
            if id(operand) not in seen:
                seen.add(id(operand))
                queue.append(operand)
    return order[::-1]


@misconception(
    "topological_order",
    says="You walk every path and not every node: a node is listed once for each way that leads to it. Twenty "
    "doublings are a million ways. Remember which nodes you have seen.",
)
def no_visited(root):
    order, stack = [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="50,000 nodes take too long: with twice the nodes, a walk must take twice the time and not more. To "
    "look through all nodes seen so far, or to copy them, at every step costs far more. One set that "
    "grows answers at once.",
    symptom=True,
)
def visited_list(root):
    order, seen, stack = [], [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif not any(node is other for other in seen):
            seen.append(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="Two different nodes that hold the same number are taken for one. A node is told from another by "
    "identity; its data says nothing about that.",
)
def eq_on_data(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node.data not in seen:
            seen.add(node.data)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="Nodes that an earlier call has seen are left out. Something is remembered from call to call: a "
    "default argument is made once, when the function is defined.",
)
def seen_as_default(root, seen=set()):  # noqa: B006 (the point)
    order, stack = [], [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order


@misconception(
    "topological_order",
    says="A node stands in the list once for each use of it, although its operands are walked only once. It "
    "belongs in the list in the same case in which it is marked as seen.",
)
def appended_outside_if(root):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            if id(node) not in seen:
                seen.add(id(node))
                stack.extend((operand, False) for operand in reversed(node._prev))
    return order


# 01.10 backward


def _forget_sweep(nodes):
    for node in nodes:
        if node._prev:
            node.grad = 0.0


@misconception(
    "backward",
    says="A node passes its gradient on as soon as one of its users has reported. A node with several users is "
    "then counted several times, or with half of its gradient: wait until all of them have reported.",
)
def recursive_no_topo(self):
    def report(node):
        node._backward()
        for operand in node._prev:
            report(operand)

    self.grad = 1.0
    report(self)


@misconception(
    "backward",
    says="You walk the list from its start, operands before results: the leaves are asked to report before the "
    "root has sent anything. The sweep goes from the root to the leaves.",
)
def forward_order(self):
    order = topological_order(self)
    _forget_sweep(order)
    self.grad = 1.0
    for node in order:
        node._backward()


@misconception(
    "backward",
    says="Nothing says that the root's own slope is 1. Every gradient is a product that starts there, so with "
    "0 they are all 0.",
)
def seed_missing(self):
    order = topological_order(self)
    _forget_sweep(order)
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="The root's gradient is set to 1, not increased by 1: it may hold something from an earlier sweep, "
    "and then every gradient is too large by that factor.",
)
def seed_accumulate(self):
    order = topological_order(self)
    _forget_sweep(order[:-1])
    self.grad += 1.0
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="Nodes in between still hold the gradient of the sweep before, and pass it on a second time. Leaves "
    "add up over sweeps; nodes that were made from others start each sweep from 0.",
)
def stale_inner(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        node._backward()


@misconception(
    "backward",
    says="The leaves forget what they held: all gradients start from 0. Then the gradients of two losses can "
    "no longer be added, and that is how a batch in parts is trained. Emptying the leaves is the caller's "
    "decision.",
)
def zero_everything(self):
    order = topological_order(self)
    for node in order:
        node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="In your sweep a node reports after its operands: the leaves come first and have nothing to report yet. The "
    "sweep goes the other way, from the result to the leaves.",
)
def dfs_postorder_backward(self):
    seen = set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for operand in node._prev:
                visit(operand)
            node._backward()

    self.grad = 1.0
    visit(self)


@misconception(
    "backward",
    says="The sweep also resets the root's gradient when it empties the nodes in between, or the 1 is written "
    "too early: by the time the root reports, its gradient is 0.",
)
def seed_wiped(self):
    self.grad = 1.0
    order = topological_order(self)
    _forget_sweep(order)
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="A node with several users reports several times, once for each of them. It belongs in your list "
    "once, in the same case in which it is marked as seen.",
)
def appended_each_time(self):
    order, seen, stack = [], set(), [(self, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            if id(node) not in seen:
                seen.add(id(node))
                stack.extend((operand, False) for operand in reversed(node._prev))
    _forget_sweep(order)
    self.grad = 1.0
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="The root's gradient is 1, and no node has reported to its operands. node._backward() must be called, "
    "with the parentheses, for every node in your order.",
    symptom=True,
)
def sweep_never_runs(self):
    self.grad = 1.0


# 01.11 format_graph


def _line(number, node, operands):
    label = f" label={node.label}" if node.label else ""
    arrow = " <- " + " ".join(map(str, operands)) if operands else ""
    return f"{number}: {node._op or 'leaf'} data={node.data:.4f} grad={node.grad:.4f}{label}{arrow}"


def _breadth_first(root):
    """Return the nodes in the order of their numbers, and these numbers by id."""
    nodes, numbers = [root], {id(root): 0}
    for node in nodes:
        for operand in node._prev:
            if numbers.setdefault(id(operand), len(nodes)) == len(nodes):
                nodes.append(operand)
    return nodes, numbers


def _cut(lines, max_nodes):
    more = [f"... {len(lines) - max_nodes} more"] if len(lines) > max_nodes else []
    return "\n".join([*lines[:max_nodes], *more])


@misconception(
    "format_graph",
    says="You print the graph as if it were a tree. A node that is used twice is printed once for each path to "
    "it, and the number of paths can double with every node.",
)
def tree_print(root, max_nodes=200):
    nodes, operands = [root], []
    for node in nodes:
        operands.append(range(len(nodes), len(nodes) + len(node._prev)))
        nodes.extend(node._prev)
    return _cut([_line(i, node, operands[i]) for i, node in enumerate(nodes)], max_nodes)


@misconception(
    "format_graph",
    says="Behind the arrow stand the numbers of the nodes that use this one. It should be the other way: the "
    "operands that this node was made from.",
)
def reversed_edges(root, max_nodes=200):
    nodes, numbers = _breadth_first(root)
    users = [[] for _ in nodes]
    for node in nodes:
        for operand in node._prev:
            users[numbers[id(operand)]].append(numbers[id(node)])
    return _cut([_line(i, node, users[i]) for i, node in enumerate(nodes)], max_nodes)


@misconception(
    "format_graph",
    says="id() is a place in memory and differs from run to run, so nobody can read or compare the text. "
    "Number the nodes in the order in which you meet them.",
)
def id_in_output(root, max_nodes=200):
    nodes, _ = _breadth_first(root)
    return _cut([_line(id(node), node, list(map(id, node._prev))) for node in nodes], max_nodes)


@misconception(
    "format_graph",
    says="Your walk calls itself once for each floor of the graph, and Python stops near a depth of 1,000. "
    "Walk with a list instead.",
    symptom=True,
)
def recursion(root, max_nodes=200):
    nodes, numbers = [root], {id(root): 0}

    def number_below(floor):
        below = []
        for operand in (operand for node in floor for operand in node._prev):
            if id(operand) not in numbers:
                numbers[id(operand)] = len(nodes)
                nodes.append(operand)
                below.append(operand)
        if below:
            number_below(below)

    number_below([root])
    lines = [_line(i, node, [numbers[id(operand)] for operand in node._prev]) for i, node in enumerate(nodes)]
    return _cut(lines, max_nodes)


@misconception(
    "format_graph",
    says="Your numbers go down one branch to its leaves before they turn to the next. Breadth first means "
    "floor by floor: all operands of one floor are numbered before theirs are.",
)
def depth_first_numbers(root, max_nodes=200):
    nodes, numbers, stack = [], {}, [root]
    while stack:
        node = stack.pop()
        if id(node) not in numbers:
            numbers[id(node)] = len(nodes)
            nodes.append(node)
            stack.extend(reversed(node._prev))
    lines = [_line(i, node, [numbers[id(operand)] for operand in node._prev]) for i, node in enumerate(nodes)]
    return _cut(lines, max_nodes)


@misconception(
    "format_graph",
    says="The last line counts all nodes. What helps the reader is how many were left out.",
)
def counts_all(root, max_nodes=200):
    nodes, numbers = _breadth_first(root)
    lines = [_line(i, node, [numbers[id(operand)] for operand in node._prev]) for i, node in enumerate(nodes)]
    return "\n".join([*lines[:max_nodes], f"... {len(lines)} more"] if len(lines) > max_nodes else lines)


# 01.12 mlp


@misconception(
    "mlp",
    says="Your neurons have no bias. Without one, the score is 0 wherever all inputs are 0, whatever the "
    "weights: every border that a neuron draws goes through the origin.",
)
class bias_missing(Neuron):
    def __call__(self, x):
        score = sum(weight * value for weight, value in zip(self.w, x, strict=True))
        return score.tanh() if self.nonlin else score

    def parameters(self):
        return list(self.w)


@misconception(
    "mlp",
    replaces="Neuron.__init__",
    says="All weights of a neuron are one and the same Value under several names. A list times nin does that: "
    "it holds one object nin times. Each weight is a Value of its own.",
    symptom=True,
)
def shared_weights(self, nin, nonlin=True, rng=None):
    self.w = [Value((rng or random.Random()).uniform(-1, 1))] * nin
    self.b = Value(0.0)
    self.nonlin = nonlin


@misconception(
    "mlp",
    replaces="Layer.parameters",
    says="This is a list of lists, one for each neuron. Whoever changes parameters walks one flat list of Values.",
)
def parameters_flat_missing(self):
    return [neuron.parameters() for neuron in self.neurons]


@misconception(
    "mlp",
    replaces="Neuron.__call__",
    says="One input too few or too many raises nothing. zip stops at the shorter of its two and says nothing, "
    "so a weight or an input is left out: look at the length first.",
    symptom=True,
)
def zip_truncates(self, x):
    score = self.b
    for weight, value in zip(self.w, x, strict=False):
        score = score + weight * value
    return score.tanh() if self.nonlin else score


@misconception(
    "mlp",
    replaces="MLP.__init__",
    says="The last layer has a tanh as well. A score must be free to leave [-1, 1], or a margin of 1 is out of reach.",
)
def nonlin_last(self, nin, nouts, rng=None):
    rng = rng or random.Random()
    self.layers = [Layer(a, b, rng=rng) for a, b in zip([nin, *nouts], nouts, strict=False)]


@misconception(
    "mlp",
    replaces="Neuron.__init__",
    says="All weights start at 0. Then the neurons of a layer compute the same thing, get the same gradient, "
    "and stay twins for ever: start at random.",
)
def zero_weights(self, nin, nonlin=True, rng=None):
    self.w = [Value(0.0) for _ in range(nin)]
    self.b = Value(0.0)
    self.nonlin = nonlin


@misconception(
    "mlp",
    replaces="Neuron.__call__",
    says="No gradient reaches the bias, so it is never trained. The score must be built on the bias itself, "
    "the Value, and not on its number.",
)
def sum_start_value(self, x):
    if len(x) != len(self.w):
        raise ValueError("wrong number of inputs")
    score = sum((weight * value for weight, value in zip(self.w, x, strict=True)), Value(self.b.data))
    return score.tanh() if self.nonlin else score


@misconception(
    "mlp",
    replaces="Layer.__init__",
    says="All neurons of a layer start as twins, get the same gradient, and stay twins. Draw from one "
    "generator, one neuron after the other.",
)
def same_generator_state(self, nin, nout, nonlin=True, rng=None):
    state = (rng or random.Random()).getstate()
    self.neurons = []
    for _ in range(nout):
        own = random.Random()
        own.setstate(state)
        self.neurons.append(Neuron(nin, nonlin, own))


@misconception(
    "mlp",
    replaces="Layer.__call__",
    says="A layer of one neuron gives a list with one entry. The score of a network could then not be used "
    "like a number.",
)
def list_of_one(self, x):
    return [neuron(x) for neuron in self.neurons]


@misconception(
    "mlp",
    replaces="Neuron.__init__",
    says="The same seed does not give the same network: the weights do not come from the rng that was handed over.",
    symptom=True,
)
def ignores_rng(self, nin, nonlin=True, rng=None):
    self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
    self.b = Value(0.0)
    self.nonlin = nonlin


@misconception(
    "mlp",
    replaces="Module.zero_grad",
    says="After zero_grad the gradients are what they were. Write into the parameter: parameter.grad = 0.0. A "
    "new name that is set to 0 changes nothing.",
    symptom=True,
)
def zero_grad_rebinds(self):
    for parameter in self.parameters():
        grad = parameter.grad
        grad = 0.0  # noqa: F841


@misconception(
    "mlp",
    replaces="Neuron.__init__",
    says="A bias starts at random, as in the lecture. Here it starts at 0.0: only the weights have to differ.",
    symptom=True,
)
def bias_at_random(self, nin, nonlin=True, rng=None):
    rng = rng or random.Random()
    self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
    self.b = Value(rng.uniform(-1, 1))
    self.nonlin = nonlin


@misconception(
    "mlp",
    replaces="Neuron.__call__",
    says="With nonlin=False the output is still squashed: the word that the caller gives is not used.",
)
def always_squashed(self, x):
    if len(x) != len(self.w):
        raise ValueError("wrong number of inputs")
    score = self.b
    for weight, value in zip(self.w, x, strict=True):
        score = score + weight * value
    return score.tanh()


@misconception(
    "mlp",
    replaces="MLP.__call__",
    says="A layer of one neuron gives a Value, and the next layer wants a sequence: in the middle of a network "
    "it must be put into a list.",
    symptom=True,
)
def value_is_no_sequence(self, x):
    for layer in self.layers:
        x = layer(x)
    return x


# 01.13 train


def _losses(scores, ys):
    if len(scores) != len(ys):
        raise ValueError("lengths differ")
    if any(y not in (-1, 1) for y in ys):
        raise ValueError("labels must be +1 or -1")
    return [(1 - y * score).relu() for score, y in zip(scores, ys, strict=True)]


def _squares(params):
    return sum((p * p for p in params), Value(0.0))


def _loss(model, xs, ys):
    return hinge_loss([model(x) for x in xs], ys, model.parameters())


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients of all earlier steps are still in the parameters, since leaves add up. Each step walks "
    "along the sum of them, further and further: empty them before the sweep.",
)
def no_zero_grad(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
    return losses


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients are 0 when the parameters are updated, so no parameter moves. Empty them before the "
    "sweep: between sweep and update is where you use them.",
)
def zero_after_backward(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        model.zero_grad()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
    return losses


def _trained(model, xs, ys, steps, update, lose=lambda loss: loss.data):
    """The loop as it should be, but for what `update` does with the parameters of step k."""
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(lose(loss))
        model.zero_grad()
        loss.backward()
        update(k, model.parameters())
    return losses


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradient points uphill, to a larger loss. You walk along it; a step goes against it.",
)
def ascent(model, xs, ys, steps, lr):
    def update(k, parameters):
        for p in parameters:
            p.data += lr(k) * p.grad

    return _trained(model, xs, ys, steps, update)


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients are there, and no parameter has moved. `p = p - ...` would do that: it makes a new "
    "node and gives it the name p. Change the number that the parameter holds.",
)
def update_rebinds(model, xs, ys, steps, lr):
    def update(k, parameters):
        for p in parameters:
            p = p - lr(k) * p.grad

    return _trained(model, xs, ys, steps, update)


@misconception(
    "train",
    replaces="train_classifier",
    says="The learning rate is that of step 0 in all steps: lr is not asked again. It must fall from step to step.",
)
def rate_frozen(model, xs, ys, steps, lr):
    rate = lr(0)

    def update(k, parameters):
        for p in parameters:
            p.data -= rate * p.grad

    return _trained(model, xs, ys, steps, update)


@misconception(
    "train",
    replaces="train_classifier",
    says="The loss that you note down is computed after the update. The first one should be that of the "
    "untrained model.",
)
def loss_after_update(model, xs, ys, steps, lr):
    losses = []

    def update(k, parameters):
        for p in parameters:
            p.data -= lr(k) * p.grad
        losses.append(_loss(model, xs, ys).data)

    _trained(model, xs, ys, steps, update)
    return losses


@misconception(
    "train",
    replaces="train_classifier",
    says="The list holds the losses as Values, each with its whole graph behind it. Asked for are plain numbers.",
)
def losses_as_values(model, xs, ys, steps, lr):
    def update(k, parameters):
        for p in parameters:
            p.data -= lr(k) * p.grad

    return _trained(model, xs, ys, steps, update, lose=lambda loss: loss)


@misconception(
    "train",
    replaces="hinge_loss",
    says="You add the losses of the samples up and do not divide by their number: the step grows with the data set.",
)
def sum_not_mean(scores, ys, params, alpha=1e-4):
    return sum(_losses(scores, ys), Value(0.0)) + alpha * _squares(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="The loss grows with y * score, so a right answer is punished. It must fall as the margin grows.",
)
def margin_sign(scores, ys, params, alpha=1e-4):
    losses = _losses([-score for score in scores], ys)
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="Labels that are neither +1 nor -1 raise nothing. With y = 0 the term is a constant 1: such a sample "
    "costs something and teaches nothing, and nobody notices. Refuse it.",
    symptom=True,
)
def labels_01(scores, ys, params, alpha=1e-4):
    if len(scores) != len(ys):
        raise ValueError("lengths differ")
    losses = [(1 - y * score).relu() for score, y in zip(scores, ys, strict=True)]
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="The toll is the mean of the squared parameters. Asked for is their sum: here a large network pays more.",
)
def reg_mean(scores, ys, params, alpha=1e-4):
    losses = _losses(scores, ys)
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params) / len(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="There is no toll on the parameters: alpha has no effect.",
)
def no_toll(scores, ys, params, alpha=1e-4):
    losses = _losses(scores, ys)
    return sum(losses, Value(0.0)) / len(losses)


@misconception(
    "train",
    replaces="mse_loss",
    says="You add the squared errors up and do not divide by their number: the gradient grows with the data set.",
)
def mse_sum(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    return sum(((p - y) ** 2 for p, y in zip(ypred, ys, strict=True)), Value(0.0))


@misconception(
    "train",
    replaces="mse_loss",
    says="Predictions and targets of different numbers raise nothing. zip stops at the shorter of its two and "
    "says nothing: compare the lengths first.",
    symptom=True,
)
def mse_truncates(ypred, ys):
    return sum(((p - y) ** 2 for p, y in zip(ypred, ys, strict=False)), Value(0.0)) / len(ys)


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients that a model holds from before count in the first step: they are emptied after the "
    "update only. Empty them before each sweep, the first one, too.",
)
def zero_after_update(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
        model.zero_grad()
    return losses


@misconception(
    "train",
    replaces="hinge_loss",
    says="A sample beyond the margin pays a negative price, so it makes up for another one. What is missing to "
    "the margin is never below 0.",
)
def no_relu(scores, ys, params, alpha=1e-4):
    _losses(scores, ys)
    losses = [1 - y * score for score, y in zip(scores, ys, strict=True)]
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params)


@misconception(
    "train",
    replaces="mse_loss",
    says="The errors are not squared, so a prediction that is too large makes up for one that is too small.",
)
def mse_not_squared(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    return sum((p - y for p, y in zip(ypred, ys, strict=True)), Value(0.0)) / len(ys)
