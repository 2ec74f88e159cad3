"""Wrong answers to u01.add_mul, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
    symptom="A number that is used twice gets a contribution from each use. In a + a yours counts only one of them.",
)
def add_overwrites(self, other):
    other = _wrapped(other)
    return _overwriting(self.data + other.data, (self, 1.0), (other, 1.0), op="+")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product writes its gradient over what is there already. A number that is used twice must add up "
    "what arrives from each use.",
    symptom="A number that is used twice gets a contribution from each use. In a * a yours counts only one of them.",
)
def mul_overwrites(self, other):
    other = _wrapped(other)
    return _overwriting(self.data * other.data, (self, other.data), (other, self.data), op="*")


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
    symptom="A number that is used twice gets a contribution from each use. In a + a yours counts only one of them.",
)
def add_alias_once(self, other):
    other = _wrapped(other)
    both = [(self, 1.0), (other, 1.0)] if other is not self else [(self, 1.0)]
    return _made(self.data + other.data, *both, op="+")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="In a * a both operands are the same number, and it is used twice: it gets a contribution from each "
    "side. It needs no special case.",
    symptom="A number that is used twice gets a contribution from each use. In a * a yours counts only one of them.",
)
def mul_alias_once(self, other):
    other = _wrapped(other)
    both = [(self, other.data), (other, self.data)] if other is not self else [(self, self.data)]
    return _made(self.data * other.data, *both, op="*")


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
    return _made(self.data * other.data, (self, self.data), (other, other.data), op="*")


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="A plain number has no data and no grad. Turn it into a Value before you add.",
)
def add_no_wrap(self, other):
    return _made(self.data + other.data, (self, 1.0), (other, 1.0), op="+")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="A plain number has no data and no grad. Turn it into a Value before you multiply.",
)
def mul_no_wrap(self, other):
    return _made(self.data * other.data, (self, other.data), (other, self.data), op="*")


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
    symptom="The gradient ends at your sum: nothing gets through to its operands. Does the result hold its "
    "operands, and the function that reports to them?",
)
def add_children_missing(self, other):
    other = _wrapped(other)
    out = _made(self.data + other.data, (self, 1.0), (other, 1.0), op="+")
    out._prev = ()
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product does not remember what it was made from, so a sweep ends there and nothing below it "
    "gets a gradient.",
    symptom="The gradient ends at your product: nothing gets through to its operands. Does the result hold its "
    "operands, and the function that reports to them?",
)
def mul_children_missing(self, other):
    other = _wrapped(other)
    out = _made(self.data * other.data, (self, other.data), (other, self.data), op="*")
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
    symptom="The gradient ends at your product: nothing gets through to its operands. Does the result hold its "
    "operands, and the function that reports to them?",
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
    out = _made(self.data * other.data, (self, other.data), (other, self.data), op="*")
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
    symptom="The gradient ends at your sum: nothing gets through to its operands. Does the result hold its "
    "operands, and the function that reports to them?",
)
def add_not_attached(self, other):
    other = _wrapped(other)
    return Value(self.data + other.data, (self, other), "+")


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum hands on the gradient of its left operand to the right one. Both get the gradient of the result.",
)
def right_gets_lefts_grad(self, other):
    other = _wrapped(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad += self.grad

    out._backward = _backward
    return out


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="In your product both slopes are the result itself. The slope in a is b alone, and the other way round.",
)
def slopes_are_the_product(self, other):
    other = _wrapped(other)
    product = self.data * other.data
    return _made(product, (self, product), (other, product), op="*")


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="In your sum only the left operand gets its gradient, and the right one gets nothing. Both are to "
    "get one: a line for self.grad and a line for other.grad.",
    symptom=True,
)
def add_left_only(self, other):
    other = _wrapped(other)
    return _made(self.data + other.data, (self, 1.0), (other, 0.0), op="+")


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="In your sum only the right operand gets its gradient, and the left one gets nothing. Both are to "
    "get one: a line for self.grad and a line for other.grad.",
    symptom=True,
)
def add_right_only(self, other):
    other = _wrapped(other)
    return _made(self.data + other.data, (self, 0.0), (other, 1.0), op="+")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="In your product only the left operand gets its gradient, and the right one gets nothing. Both are "
    "to get one: a line for self.grad and a line for other.grad.",
    symptom="In your product the right operand gets nothing. Is there a line that adds to other.grad, and does it run?",
)
def mul_left_only(self, other):
    other = _wrapped(other)
    return _made(self.data * other.data, (self, other.data), (other, 0.0), op="*")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="In your product only the right operand gets its gradient, and the left one gets nothing. Both are "
    "to get one: a line for self.grad and a line for other.grad.",
    symptom="In your product the left operand gets nothing. Is there a line that adds to self.grad, and does it run?",
)
def mul_right_only(self, other):
    other = _wrapped(other)
    return _made(self.data * other.data, (self, 0.0), (other, self.data), op="*")


@misconception(
    "add_mul",
    says="In your sum and in your product only the left operand gets its gradient, and the right one gets "
    "nothing. Both are to get one: a line for self.grad and a line for other.grad.",
    symptom="In your product the right operand gets nothing. Is there a line that adds to other.grad, and does it run?",
)
class both_left_only(Value):
    def __add__(self, other):
        other = _wrapped(other)
        return _made(self.data + other.data, (self, 1.0), (other, 0.0), op="+")

    def __mul__(self, other):
        other = _wrapped(other)
        return _made(self.data * other.data, (self, other.data), (other, 0.0), op="*")


@misconception(
    "add_mul",
    says="In your sum and in your product only the right operand gets its gradient, and the left one gets "
    "nothing. Both are to get one: a line for self.grad and a line for other.grad.",
    symptom="In your product the left operand gets nothing. Is there a line that adds to self.grad, and does it run?",
)
class both_right_only(Value):
    def __add__(self, other):
        other = _wrapped(other)
        return _made(self.data + other.data, (self, 0.0), (other, 1.0), op="+")

    def __mul__(self, other):
        other = _wrapped(other)
        return _made(self.data * other.data, (self, 0.0), (other, self.data), op="*")


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="In your sum the left operand gets both gradients, and the right one gets nothing. The second line "
    "is to add to other.grad.",
    symptom=True,
)
def add_left_gets_both(self, other):
    other = _wrapped(other)
    return _made(self.data + other.data, (self, 2.0), (other, 0.0), op="+")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="In your product the left operand gets both gradients, and the right one gets nothing. The second "
    "line is to add to other.grad.",
    symptom=True,
)
def mul_left_gets_both(self, other):
    other = _wrapped(other)
    return _made(self.data * other.data, (self, other.data + self.data), (other, 0.0), op="*")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product writes into self.data and gives self back. A product is a new node, a Value of its own: its "
    "operands keep their numbers.",
)
def mul_in_place(self, other):
    self.data = self.data * _wrapped(other).data
    return self


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="Your sum writes into self.data and gives self back. A sum is a new node, a Value of its own: its operands "
    "keep their numbers.",
)
def add_in_place(self, other):
    self.data = self.data + _wrapped(other).data
    return self


@misconception(
    "add_mul",
    replaces="Value.__add__",
    says="The right operand of your sum gets minus the gradient. When either operand of a sum grows, the sum grows"
    " as much: both slopes are 1.",
)
def add_minus_right(self, other):
    other = _wrapped(other)
    return _made(self.data + other.data, (self, 1.0), (other, -1.0), op="+")


@misconception(
    "add_mul",
    replaces="Value.__mul__",
    says="Your product adds: a * b came out as a + b.",
    symptom=True,
)
def mul_adds(self, other):
    other = _wrapped(other)
    return _made(self.data + other.data, (self, other.data), (other, self.data), op="*")
