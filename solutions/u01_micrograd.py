# %% [markdown]
# # micrograd: a gradient engine in pure Python
#
# A neural network is a long expression with many numbers in it. Training asks one question, over and over: *if I
# nudge this number, how does the result move?* The answer is a slope, one for each number. In this unit you build
# the machine that finds all slopes in a single sweep. The engines inside the large frameworks do the same thing
# with arrays; the idea is all here, with single numbers, and you will have written every line of it.
#
# **Shapes.** There are none. Everything is one Python number. Arrays come later and change nothing about the idea.
#
# **Tools.** The standard library, `math` and `random` above all. No numpy, no torch, and no call of
# `sys.setrecursionlimit`: where a graph is deep, walk it with a stack of your own.
#
# **How to work.** Each exercise is a function or a method that raises `NotImplementedError`. Replace that line, save,
# run `grade u01`. Exercises come in order and lean on the ones before. Stuck? `grade hint` gives one nudge at a time.
#
# **Edges.** A text may promise more than the lecture does: no overflow far out, graphs of any depth, a second sweep.
# Such promises stand in a last paragraph that begins with "Edges". They have points, and an exercise passes without
# them. Leave them for later if you like.
#
# After the lecture "The spelled-out intro to neural networks and backpropagation: building micrograd" by
# Andrej Karpathy. Text, code and checks here are our own.

# %%
"""Unit 01: reverse-mode automatic differentiation on single numbers, and a small network trained with it."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Literal

# %% [markdown]
# ## 1. The slope, measured
#
# Before any theory: a slope can be *measured*. Step a little to the right, a little to the left, and see how far the
# function moved.
#
#     slope at x  =  (f(x + h) - f(x - h)) / (2 * h)
#
# Why two sides? The one-sided slope `(f(x + h) - f(x)) / h` is wrong by about `h * f'' / 2`. With two sides these
# errors cancel and what is left shrinks like `h * h`. At `h = 1e-5` that is ten digits instead of five.
#
# Why not `h = 1e-15`, then? Because `f(x + h)` and `f(x - h)` become nearly the same number, and a float keeps only
# sixteen digits: the subtraction has none left to give. Between the two lies the sweet spot, near `1e-5`.
#
# With several arguments, move **one** and hold the others still. That is all that "partial" means. This measuring
# stick is slow (two calls of `f` for each argument), so nobody trains with it. But it knows no calculus, so it cannot
# share your mistakes: keep it, and hold it against every slope that you derive below.
#
# One thing it needs: `f` must take the numbers and compute the result *anew* each time. A result that is finished
# cannot react to a step.


# %%
def numerical_gradient(f: Callable[..., float], xs: Sequence[float], h: float = 1e-5) -> list[float]:
    """Measure the slope of `f` in each of its arguments with the central difference.

    Args:
        f: takes `len(xs)` numbers as separate arguments, `f(x0, x1, ...)`, and returns a number.
        xs: where to measure.
        h: the step to either side.

    Returns:
        One slope for each argument, in order.

    Edges: `f` is called exactly twice for each argument, with all others exactly as in `xs`. `xs` may be a list or a
    tuple of ints or floats, and stays as it is. Without arguments the answer is an empty list.
    """

    # BEGIN SOLUTION
    # HINT: For one argument: how far does f move when this argument goes from x - h to x + h, and how far did the
    #   argument itself travel?
    # HINT: Make a fresh copy of the arguments for each call, so that a step into one argument is gone when you
    #   measure the next. The copy is also what keeps the caller's list unchanged.
    # HINT: Loop over range(len(xs)). Build right = list(xs) and left = list(xs), add h to right[i], take h from
    #   left[i], call f(*right) and f(*left), and divide the difference by the distance between the two points.
    def value_at(i: int, step: float) -> float:
        return f(*(x + step if j == i else x for j, x in enumerate(xs)))

    return [(value_at(i, h) - value_at(i, -h)) / (2 * h) for i in range(len(xs))]
    # END SOLUTION


# %% [markdown]
# ## 2. A number that remembers
#
# Now the real thing. Write `c = a * b` with plain floats and `c` has forgotten where it came from. A `Value` does not
# forget: it holds the number, the operands it was made from, and a small function that knows one thing only, how to
# pass a gradient from the result back to these operands.
#
#     out.data        the number
#     out.grad        d(root) / d(out): how the final result moves when this number moves; 0.0 until a sweep fills it
#     out._prev       the operands it was made from, a tuple in their order; empty for a leaf
#     out._op         "+" for a sum, "*" for a product, for others a short name of your choice; empty for a leaf
#     out._backward   called without arguments: adds this node's share to the gradients of its operands
#
# The chain rule is what makes this work. Say the result moves by `out.grad` for each unit that `out` moves, and `out`
# moves by *local slope* for each unit that `a` moves. Then the result moves by the product. So every `_backward` has
# the same shape:
#
#     a.grad += local slope * out.grad
#
# and an exercise below is nothing but: what is the local slope of this operation?
#
# **Why `+=`.** In `b = a + a` the number `a` is used twice. Nudge it and both uses move, so the two contributions add
# up: the slope is 2. With `=` the second use would wipe out the first. This is the most famous bug in this business,
# and it hides well: every expression that uses each number once is right without it. It is checked in every operator.
#
# **Which numbers.** The local slope belongs to the numbers that the forward pass saw. A later `a.data -= 0.1` (an
# optimiser does just that) should not change the slope of a result made earlier. Where a slope needs a number, take it
# when you compute the result. The lecture looks it up later, when the sweep comes by. That passes, too: this promise is
# an edge of every operator and function below.
#
# ### The plan, and your freedom
#
# `Value.__init__` is given and follows the plan above. You may also write `Value` in your own way: store local slopes
# instead of functions, keep other attributes, use `__slots__`. What is graded is what this text promises: `Value(data)`
# and `Value(data, label="x")`, `data`, `grad` (0.0 at birth; read and written), `label`, the operators and functions
# with their values and gradients, and the functions by their names. One thing to know: until `Value.backward` exists,
# a check has to sweep the graph itself, and it does so by the plan: `_prev` and `_backward()`, or slopes that are kept
# beside the operands. If you leave both, **write `Value.backward` first**; then the checks call yours. Keep operands in
# their order and with repeats (a tuple does, a set does not): `format_graph` prints them so.
#
# ### One neuron by hand
#
# Before you write a line, do once with a pencil what the machine will do. A neuron with two inputs:
#
#     x1, x2 = 1.5, -0.5          the inputs
#     w1, w2, b = -1.0, 2.0, 3.0  the weights and the bias
#     s = x1*w1 + x2*w2 + b       -1.5 - 1.0 + 3.0 = 0.5
#     o = tanh(s)                 0.4621
#
# Now from the end to the beginning. The slope of `o` in `o` is 1. The slope of tanh is `1 - o*o`, so `s` gets
# 1 - 0.2136 = 0.7864. A sum passes that on as it is: `b` and both products get 0.7864. A product gives each factor the
# other one: `w1` gets 1.5 * 0.7864 = 1.1797, `x1` gets -1.0 * 0.7864 = -0.7864, `w2` gets -0.5 * 0.7864 = -0.3932 and
# `x2` gets 2.0 * 0.7864 = 1.5729. Read it: a little more `w1` raises the output, a little more `w2` lowers it. That is
# all of backpropagation. The rest is bookkeeping, and that is what you write now.
#
# ### The local slopes
#
# **Plus and times.** A plain number may stand on either side, and in `2 + a` Python asks the *right* operand, by the
# name `__radd__`. That is also what makes `sum([a, b, c])` work, since `sum` starts from the int 0. For `a + b` both
# slopes are 1. For `a * b` the slope in `a` is `b`, and the other way round.
#
# **Power.** With a plain number as exponent: `a ** n`. "The exponent comes down, the power drops by one."
#
# **Minus and divide.** Nothing new is needed: `a - b` is `a + (-b)`. You may build on operators you have, or write
# each with a `_backward` of its own. Take care with the reflected ones: in `1 - a`, `a` is on the right.
#
# **exp and log.** The only function that is its own slope, and its inverse. Exponentials overflow: `exp(710)` is past
# the largest float. That is why a softmax first subtracts the largest score.
#
# **tanh and sigmoid.** The two classic squashers. Their slopes are easiest in terms of the *output*. Written with a
# bare `exp` both overflow far out, where the answer itself is a harmless 0 or 1.
#
# **relu and leaky relu.** A hinge: slope 1 on the right, 0 (or a leak) on the left. At exactly 0 there is no slope;
# convention picks one, and here it is torch's: the one of the left side.
#
# **gelu.** The hinge of GPT-2, smooth: `x` times a curve from 0 to 1. A product and a chain, so its slope takes
# pencil and paper. Derive it once; then ask `numerical_gradient` whether you are right.


# %%
class Value:
    """One number of an expression, and what is needed to find its gradient."""

    def __init__(self, data: float, _children: "tuple[Value, ...]" = (), _op: str = "", label: str = "") -> None:
        """data: the number. _children: the operands it was made from. _op: how. label: a name for printing."""
        self.data = data
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op
        self._backward: Callable[[], None] = lambda: None

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other: "Value | float") -> "Value":
        """Return self + other, a new node; `other` may be a plain number.

        The operands keep their data and grad. Both operands receive the gradient of the sum; in `a + a` it is `a`
        twice.

        Edges: a second sweep adds to the gradients of the first. Ints stay ints.
        """
        # BEGIN SOLUTION
        # HINT: If a goes up by 0.001, by how much does a + b go up? And when b does?
        # HINT: A plain number has no grad to add to. Make it a Value first; then there is only one case. The new node
        #   must know its two operands, and how to report to them.
        # HINT: out = Value(self.data + other.data, (self, other), "+"); then a function without arguments that adds
        #   out.grad to self.grad and to other.grad; then out._backward = that function, without brackets.
        right = other if isinstance(other, Value) else Value(other)
        total = Value(self.data + right.data, (self, right), "+")

        def report() -> None:
            for operand in (self, right):
                operand.grad += total.grad

        total._backward = report
        return total
        # END SOLUTION

    def __radd__(self, other: float) -> "Value":
        """Return other + self; Python calls it where the left operand is a plain number, and `sum` does with 0."""
        # BEGIN SOLUTION
        # HINT: Does the order matter in a sum?
        # HINT: You have written this addition already, with the sides exchanged.
        # HINT: One line: return the sum of self and other, in the order that __add__ understands.
        return self + other
        # END SOLUTION

    def __mul__(self, other: "Value | float") -> "Value":
        """Return self * other, a new node; `other` may be a plain number.

        Edges: the slopes are those of the numbers multiplied. A later change of an operand's data does not change them.
        """
        # BEGIN SOLUTION
        # HINT: Take 3 * b. If b goes up by 0.001, by how much does the product go up?
        # HINT: The local slope of one operand is the data of the other one, and the chain rule multiplies it by
        #   out.grad. Think of a * a as well: which of your two lines runs for a?
        # HINT: Remember both numbers before the function: x, y = self.data, other.data. In it:
        #   self.grad += y * out.grad, and the mirror image for other.
        right = other if isinstance(other, Value) else Value(other)
        x, y = self.data, right.data
        product = Value(x * y, (self, right), "*")

        def report() -> None:
            self.grad += y * product.grad
            right.grad += x * product.grad

        product._backward = report
        return product
        # END SOLUTION

    def __rmul__(self, other: float) -> "Value":
        """Return other * self, for a plain number on the left."""
        # BEGIN SOLUTION
        # HINT: Does the order matter in a product of numbers?
        # HINT: You have written this product already, with the sides exchanged.
        # HINT: One line: return the product of self and other, in the order that __mul__ understands.
        return self * other
        # END SOLUTION

    def __pow__(self, exponent: "float | Value") -> "Value":
        """Return self ** exponent for a plain int or float exponent.

        The slope is `n * x ** (n - 1)`. A negative number to a fractional power is not a real number; that is left
        open here.

        Edges: for the exponent 0 the slope is 0 everywhere, at x = 0 too. A Value as exponent raises TypeError, with a
        message that says so: its slope would be another formula. A later change of self.data does not change the slope.
        """
        # BEGIN SOLUTION
        # HINT: The slope of x ** 3 is 3 * x ** 2. Say the rule in words, then for 0.5 and for -1.
        # HINT: Two special cases: a Value as exponent gets a TypeError, and with the exponent 0 the formula would
        #   compute 0 ** -1 at x = 0, although the slope of a constant is simply 0.
        # HINT: if isinstance(exponent, Value): raise TypeError("..."). Then out = Value(x ** exponent, (self,), "**").
        #   In the function: slope = exponent * x ** (exponent - 1) if exponent else 0.0, and
        #   self.grad += slope * out.grad.
        if isinstance(exponent, Value):
            raise TypeError("a Value can be raised to a plain number only, not to another Value")
        x = self.data
        power = Value(x**exponent, (self,), f"**{exponent}")

        def report() -> None:
            slope = exponent * x ** (exponent - 1) if exponent else 0.0
            self.grad += slope * power.grad

        power._backward = report
        return power
        # END SOLUTION

    def __neg__(self) -> "Value":
        """Return -self, a node with self as its operand."""
        # BEGIN SOLUTION
        # HINT: Which operator that you have already turns 3 into -3?
        # HINT: The result must stay joined to self, or no gradient gets through. A product is joined to its operands.
        # HINT: Multiply self by -1 and return that.
        return self * -1
        # END SOLUTION

    def __sub__(self, other: "Value | float") -> "Value":
        """Return self - other; `other` may be a plain number."""
        # BEGIN SOLUTION
        # HINT: A difference is a sum with something turned round.
        # HINT: With plus and unary minus at hand you need no _backward of your own here.
        # HINT: Add to self the negative of other. That works for a plain number, too.
        return self + (-other)
        # END SOLUTION

    def __rsub__(self, other: float) -> "Value":
        """Return other - self: Python calls `a.__rsub__(1)` for `1 - a`, so self is the operand on the right."""
        # BEGIN SOLUTION
        # HINT: For 1 - a, Python calls a.__rsub__(1). Which of the two is taken away from which?
        # HINT: Try it with numbers: 10 - a at a = 3 is 7, not -7.
        # HINT: Turn self round with unary minus, then add other.
        return (-self) + other
        # END SOLUTION

    def __truediv__(self, other: "Value | float") -> "Value":
        """Return self / other; `other` may be a plain number.

        Edges: a division by zero raises ZeroDivisionError at once, as Python's own does. A later change of an operand's
        data does not change the slopes.
        """
        # BEGIN SOLUTION
        # HINT: What is the slope of a / b in a? And in b: if b grows, does the quotient grow?
        # HINT: Slope in a: 1 / b. Slope in b: -a / b ** 2, which is minus the quotient over b. Or multiply self by a
        #   reciprocal and let the operators you have do the work.
        # HINT: With a _backward of its own: x, y = self.data, other.data, out = Value(x / y, (self, other), "/"), then
        #   self.grad += out.grad / y, and other.grad -= x / y / y * out.grad.
        below = other if isinstance(other, Value) else Value(other)
        x, y = self.data, below.data
        quotient = Value(x / y, (self, below), "/")

        def report() -> None:
            share = quotient.grad / y
            self.grad += share
            below.grad -= x / y * share

        quotient._backward = report
        return quotient
        # END SOLUTION

    def __rtruediv__(self, other: float) -> "Value":
        """Return other / self: Python calls `a.__rtruediv__(1)` for `1 / a`, so self is the operand below the line."""
        # BEGIN SOLUTION
        # HINT: For 1 / a, Python calls a.__rtruediv__(1). Which of the two is below the line?
        # HINT: Make the plain number a Value, and you have a division of two Values.
        # HINT: Return Value(other) divided by self.
        return Value(other) / self
        # END SOLUTION

    def exp(self) -> "Value":
        """Return e ** self.

        Edges: above about 709.78 it raises OverflowError, as `math.exp` does, since e ** 710 is past the largest float.
        That is why a softmax first subtracts the largest score: the ratios stay, and the largest exponent becomes 0.
        Values and slopes are exact from -700 to 700. A later change of self.data does not change the slope.
        """
        # BEGIN SOLUTION
        # HINT: Which function is its own slope?
        # HINT: The local slope is the result itself: compute it once and keep it. math.exp raises by itself.
        # HINT: result = math.exp(self.data), out = Value(result, (self,), "exp"), and in the function
        #   self.grad += result * out.grad. Plus and equals, both.
        result = math.exp(self.data)
        out = Value(result, (self,), "exp")

        def report() -> None:
            self.grad += result * out.grad

        out._backward = report
        return out
        # END SOLUTION

    def log(self) -> "Value":
        """Return the natural logarithm of self, exact: nothing is added to the input.

        Edges: 0 and below raise ValueError, as `math.log` does. Very small numbers are numbers, too: 1e-300 has a
        logarithm and a slope. A later change of self.data does not change the slope.
        """
        # BEGIN SOLUTION
        # HINT: At x = 10 the logarithm climbs gently, at x = 0.1 steeply. What is its slope at x?
        # HINT: One over the input. The input, not the output.
        # HINT: x = self.data, out = Value(math.log(x), (self,), "log"), and in the function self.grad += out.grad / x.
        x = self.data
        out = Value(math.log(x), (self,), "log")

        def report() -> None:
            self.grad += out.grad / x

        out._backward = report
        return out
        # END SOLUTION

    def tanh(self) -> "Value":
        """Return the hyperbolic tangent of self, (e^2x - 1) / (e^2x + 1).

        Edges: no overflow far out, where the answer is simply 1 or -1 and the slope 0, and no error in the sweep.
        """
        # BEGIN SOLUTION
        # HINT: The curve is flat far out, where the output is near 1 or -1, and steepest in the middle, where it is 0.
        #   Which simple expression of the output is 0 at both ends and 1 in the middle?
        # HINT: The slope is one minus the square of the output. For the value let math do the work: e ** 710 overflows.
        # HINT: t = math.tanh(self.data), out = Value(t, (self,), "tanh"), and in the function
        #   self.grad += (1 - t * t) * out.grad.
        t = math.tanh(self.data)
        out = Value(t, (self,), "tanh")

        def report() -> None:
            self.grad += (1 - t * t) * out.grad

        out._backward = report
        return out
        # END SOLUTION

    def sigmoid(self) -> "Value":
        """Return 1 / (1 + e^-x) of self.

        Edges: no overflow far out, where the answer is near 0 or 1 and the slope near 0. Small values stay exact:
        sigmoid(-100) is 3.72e-44, not 0, and its logarithm is needed one day.
        """
        # BEGIN SOLUTION
        # HINT: Two ways to write it: 1 / (1 + e^-x) and e^x / (1 + e^x). Which of them is safe for x = -1000, and
        #   which for x = 1000?
        # HINT: Never take exp of a large positive number: branch on the sign of x. The slope in terms of the output s
        #   is 0 where s is 0, and 0 where s is 1.
        # HINT: small = math.exp(-abs(x)). For x >= 0 the value is 1 / (1 + small), else small / (1 + small). In the
        #   function: self.grad += s * (1 - s) * out.grad.
        small = math.exp(-abs(self.data))
        s = 1 / (1 + small) if self.data >= 0 else small / (1 + small)
        out = Value(s, (self,), "sigmoid")

        def report() -> None:
            self.grad += s * (1 - s) * out.grad

        out._backward = report
        return out
        # END SOLUTION

    def relu(self) -> "Value":
        """Return self where it is positive, else 0.

        Edges: the slope at exactly 0 is 0, as in torch. 1e-300 is positive.
        """
        # BEGIN SOLUTION
        # HINT: On the right the output moves exactly as the input does. On the left it does not move at all.
        # HINT: What decides is the sign of the input in the forward pass; the gradient that comes back may have any
        #   sign. At exactly 0 the slope is 0: so is it > or >= that you need?
        # HINT: alive = self.data > 0, out = Value(self.data if alive else 0.0, (self,), "relu"), and in the function
        #   add out.grad to self.grad where alive.
        alive = self.data > 0
        out = Value(self.data if alive else 0.0, (self,), "relu")

        def report() -> None:
            self.grad += out.grad if alive else 0.0

        out._backward = report
        return out
        # END SOLUTION

    def leaky_relu(self, negative_slope: float = 0.01) -> "Value":
        """Return self where it is positive, else negative_slope * self.

        Edges: the slope at exactly 0 is negative_slope, as in torch.
        """
        # BEGIN SOLUTION
        # HINT: Two straight lines that meet at 0. What is the slope of each?
        # HINT: One number serves for both value and gradient: 1 on the right, the leak on the left and at 0.
        # HINT: slope = 1.0 if self.data > 0 else negative_slope; the value is slope * self.data, and the gradient that
        #   goes back is slope * out.grad.
        slope = 1.0 if self.data > 0 else negative_slope
        out = Value(slope * self.data, (self,), "leaky_relu")

        def report() -> None:
            self.grad += slope * out.grad

        out._backward = report
        return out
        # END SOLUTION

    def gelu(self, approximate: Literal["tanh", "none"] = "tanh") -> "Value":
        """Return x * Phi(x), the Gaussian error linear unit (Hendrycks and Gimpel, 2016).

        "none" is exact: Phi(x) = (1 + erf(x / sqrt(2))) / 2, the normal distribution function.
        "tanh", which GPT-2 uses: Phi(x) = (1 + tanh(u)) / 2 with u = sqrt(2 / pi) * (x + 0.044715 * x**3). The two
        differ by up to 4.7e-4. The slope is the exact derivative of the formula chosen.

        Edges: no overflow at -50 and 50. Any other word raises ValueError.
        """
        # BEGIN SOLUTION
        # HINT: x * phi(x) is a product of two things that both move with x. What does the product rule say?
        # HINT: The slope is phi(x) + x * phi'(x). For "none", phi' is the bell curve exp(-x*x/2) / sqrt(2*pi). For
        #   "tanh" the chain rule gives (1 - t*t) / 2 times the slope of u.
        # HINT: The slope of u is sqrt(2/pi) * (1 + 3 * 0.044715 * x**2). Compute phi and its slope in the forward pass
        #   for the variant chosen; then value = x * phi and slope = phi + x * slope_of_phi. Measure it with
        #   numerical_gradient.
        x = self.data
        if approximate == "tanh":
            scale = math.sqrt(2 / math.pi)
            t = math.tanh(scale * (x + 0.044715 * x**3))
            phi, phi_slope = (1 + t) / 2, (1 - t * t) / 2 * scale * (1 + 3 * 0.044715 * x**2)
        elif approximate == "none":
            phi, phi_slope = (1 + math.erf(x / math.sqrt(2))) / 2, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        else:
            raise ValueError(f"approximate is {approximate!r}; it can be 'tanh' or 'none'")
        out = Value(x * phi, (self,), "gelu")

        def report() -> None:
            self.grad += (phi + x * phi_slope) * out.grad

        out._backward = report
        return out
        # END SOLUTION

    def backward(self) -> None:
        """Fill in the gradient of every node that self was made from: d(self) / d(node).

        self.grad becomes 1.0. The gradients of leaves (nodes without operands) are added to what they hold, so that two
        losses can share their parameters. Nodes that self was not made from are left alone.

        Edges: self.grad becomes 1.0 whatever it held, also where self is a leaf. Nodes in between start from zero in
        each call, so that a second call on one graph gives the leaves exactly twice the gradient, as in torch. Depth is
        no limit: 10,000 nodes in a row are checked.
        """
        # BEGIN SOLUTION
        # HINT: A node may pass its gradient on only when everybody who uses it has reported. In which order does that
        #   hold for all nodes at once?
        # HINT: You have an order with operands before results; walk it from the other end. Before the walk: the
        #   result's own slope is 1, and nodes in between must forget the sweep before this one.
        # HINT: order = topological_order(self); set grad to 0.0 on every node of it that has operands; self.grad = 1.0;
        #   then call node._backward() for every node in reversed(order).
        order = topological_order(self)
        for inner in filter(lambda node: node._prev, order):
            inner.grad = 0.0
        self.grad = 1.0
        while order:
            order.pop()._backward()
        # END SOLUTION


# %% [markdown]
# ## 3. In which order?
#
# A node may pass on its gradient only when it is complete: when *everything* that uses it has reported. So we need an
# order in which operands come before results; walked from the end, it has every user before what it uses. Such a list
# is called a topological order.
#
# Two traps. An expression is not a tree: a node used twice is one node with two users, and must stand in the list
# once. Twenty times `a = a + a` is 21 nodes but a million paths; walk the nodes, not the paths. And a deep graph must
# not be walked by a function that calls itself: Python gives up near a depth of 1,000, and a sum in a loop is deeper
# than that. A list used as a stack does the same work and has no such limit.


# %%
def topological_order(root: Value) -> list[Value]:
    """Return every node that root was made from, root included: operands before results, each node once.

    root is last. There are many such orders, and any one of them will do. Two nodes with equal data are two nodes:
    tell them apart by identity.

    Edges: time grows with the size of the graph (50,000 nodes in a second), and depth is no limit (10,000 in a row).
    """
    # BEGIN SOLUTION
    # HINT: A node goes into the list when all its operands are in it. Who can tell when that is?
    # HINT: Visit each node twice with a stack of your own: the first time put it back, and its operands on top of it;
    #   the second time, when all that was above it is done, append it. A set of ids says what was seen, in no time.
    # HINT: stack = [(root, False)]. Pop (node, ready). Where ready: append it. Else, where its id is not in seen: add
    #   the id, push (node, True), then push (operand, False) for each operand.
    order: list[Value] = []
    seen: set[int] = set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((operand, False) for operand in node._prev)
    return order
    # END SOLUTION


# %% [markdown]
# ## 4. The sweep
#
# Everything is in place for `Value.backward`, up in the class: order the nodes, say that the result moves by 1 when
# the result moves by 1, and walk the list from the end. Each node hands its share to its operands, and when the walk
# is over, every number knows its slope. Its docstring says what happens to gradients that are there already: leaves
# add up (you want that for two losses), nodes in between start afresh (you want that for a second sweep).
#
# Try it, then hold it against `numerical_gradient`:
#
#     a, b = Value(2.0, label="a"), Value(-3.0, label="b")
#     loss = (a * b + a ** 2).tanh()
#     loss.backward()
#
# ### The same in torch
#
# torch is not here while your code is graded. Where it is installed, run this outside, and compare it with the neuron
# that you worked out by hand:
#
#     import torch
#
#     numbers = [1.5, -0.5, -1.0, 2.0, 3.0]
#     x1, x2, w1, w2, b = (torch.tensor(n, dtype=torch.float64, requires_grad=True) for n in numbers)
#     o = torch.tanh(x1 * w1 + x2 * w2 + b)
#     o.backward()
#     print(o.item(), [leaf.grad.item() for leaf in (x1, x2, w1, w2, b)])
#
# It prints 0.462117157 and -0.786, 1.573, 1.180, -0.393, 0.786, with more digits. Put `Value(n)` for the
# tensors, `.tanh()` for `torch.tanh` and leave the two `.item()` out: the same numbers. Three things differ. A tensor
# holds many numbers at once. It needs no gradient unless `requires_grad` asks for one. And torch keeps the gradient of
# leaves only, and throws the graph away after one sweep; yours keeps all of it.
#
# ## 5. Seeing the graph
#
# A picture without a drawing library: one line for each node. The root is number 0. The others get their number when
# they are first met, walking breadth first from the root: the root's operands from left to right, then the operands
# of these. A line is
#
#     number: op data=... grad=... label=... <- numbers of the operands
#
# with four decimals, `leaf` where there is no op, no `label=` where the label is empty, no arrow where there are no
# operands. For `d = a * b + c`, with labels on all but `a * b`, and after `d.backward()`:
#
#     0: + data=4.0000 grad=1.0000 label=d <- 1 2
#     1: * data=-6.0000 grad=1.0000 <- 3 4
#     2: leaf data=10.0000 grad=1.0000 label=c
#     3: leaf data=2.0000 grad=-3.0000 label=a
#     4: leaf data=-3.0000 grad=2.0000 label=b


# %%
def format_graph(root: Value, max_nodes: int = 200) -> str:
    r"""Return the graph as text, one line for each node, in the format above; lines are joined by "\n".

    A node that is used twice has one line and is referred to by its number: `a + a` ends in `<- 1 1`.

    Edges: where there are more than max_nodes nodes, the first max_nodes lines are followed by one more, `... 7 more`
    (here for seven left out). Infinity and -0.0 are written as Python's .4f does. What an operation made is never
    called `leaf`. Depth is no limit.
    """
    # BEGIN SOLUTION
    # HINT: Two jobs, one after the other: give every node a number, then write a line for each.
    # HINT: A queue gives the breadth-first numbers: take the node that has waited longest, look at its operands from
    #   left to right, and number and queue those that have no number yet. Key the numbers by id(node).
    # HINT: nodes = [root], numbers = {id(root): 0}; for node in nodes: for each operand without a number, give it
    #   len(nodes) and append it (a list may grow while a for loop walks it). Then f"{data:.4f}" and so on.
    nodes, numbers = [root], {id(root): 0}
    for node in nodes:
        for operand in node._prev:
            if id(operand) not in numbers:
                numbers[id(operand)] = len(nodes)
                nodes.append(operand)
    lines = []
    for number, node in enumerate(nodes[:max_nodes]):
        label = f" label={node.label}" if node.label else ""
        arrow = " <- " + " ".join(str(numbers[id(operand)]) for operand in node._prev) if node._prev else ""
        lines.append(f"{number}: {node._op or 'leaf'} data={node.data:.4f} grad={node.grad:.4f}{label}{arrow}")
    if len(nodes) > max_nodes:
        lines.append(f"... {len(nodes) - max_nodes} more")
    return "\n".join(lines)
    # END SOLUTION


# %% [markdown]
# ## 6. A network
#
# A neuron weighs its inputs, adds a bias, and squashes the sum: `tanh(w0 * x0 + w1 * x1 + ... + b)`. A layer is a row
# of neurons that all see the same inputs. An MLP (multi-layer perceptron) is layers in a row: what one puts out, the
# next takes in. Nothing here knows about gradients; every number is a `Value`, so the gradients come for free.
#
# **Shapes**, in words: a neuron takes `nin` numbers and gives one; a layer takes `nin` and gives `nout`;
# `MLP(3, [4, 4, 1])` takes 3 and gives 1, with (3 + 1) * 4 + (4 + 1) * 4 + (4 + 1) * 1 = 41 parameters.
#
# The last layer of an MLP is linear: a score must be free to leave [-1, 1].
#
# The weights start at random. If all started at 0, all neurons of a layer would compute the same thing, get the same
# gradient, and stay twins for ever.


# %%
class Module:
    """What neurons, layers and networks share."""

    def parameters(self) -> list[Value]:
        """Return all numbers that training may change, in one flat list, always in the same order."""
        return []

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0.0; to be called before each sweep of a training loop."""
        # BEGIN SOLUTION
        # HINT: Gradients add up in the leaves. Who empties them?
        # HINT: self.parameters() gives every parameter, whatever the class is that inherits this.
        # HINT: A loop over self.parameters() that writes 0.0 into each grad.
        for parameter in self.parameters():
            parameter.grad = 0.0
        # END SOLUTION


class Neuron(Module):
    """tanh(w . x + b), or w . x + b where nonlin is False."""

    def __init__(self, nin: int, nonlin: bool = True, rng: random.Random | None = None) -> None:
        """Draw nin weights between -1 and 1, each by itself. nin: how many inputs it takes.

        rng: where the weights come from; without one, a new random.Random().

        Edges: the weights are what rng.uniform(-1, 1) gave, so that a seed gives the same network again. The bias
        starts at 0.0.
        """
        # BEGIN SOLUTION
        # HINT: How many numbers does a neuron own, and which of them may all start alike?
        # HINT: Each weight is a Value of its own, from its own draw: [Value(r)] * nin would be one Value, nin times.
        # HINT: rng = rng or random.Random(); self.w = a list of Value(rng.uniform(-1, 1)), one for each input;
        #   self.b = Value(0.0); and keep nonlin.
        rng = rng or random.Random()
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin
        # END SOLUTION

    def __call__(self, x: Sequence["Value | float"]) -> Value:
        """Return the neuron's output for inputs x.

        Edges: where x has not nin entries, it raises ValueError.
        """
        # BEGIN SOLUTION
        # HINT: Weigh, add up, squash. And what would zip do with one input too few?
        # HINT: Check len(x) against the number of weights first: zip stops at the shorter one and says nothing. Start
        #   the sum from the bias, so that it is in the graph.
        # HINT: score = self.b, then score = score + w * v for each pair; return score.tanh() where nonlin, else score.
        if len(x) != len(self.w):
            raise ValueError(f"this neuron takes {len(self.w)} inputs, got {len(x)}")
        score = self.b
        for weight, value in zip(self.w, x, strict=True):
            score = score + weight * value
        return score.tanh() if self.nonlin else score
        # END SOLUTION

    def parameters(self) -> list[Value]:
        """Return the weights in the order of the inputs, then the bias."""
        # BEGIN SOLUTION
        # HINT: How many are there? One more than there are inputs.
        # HINT: A new flat list: the weights first, the bias last.
        # HINT: The list of weights plus a list of one, the bias.
        return [*self.w, self.b]
        # END SOLUTION


class Layer(Module):
    """nout neurons that see the same inputs."""

    def __init__(self, nin: int, nout: int, nonlin: bool = True, rng: random.Random | None = None) -> None:
        """nin: inputs of each neuron. nout: how many neurons. nonlin, rng: as for a neuron; all share one rng."""
        # BEGIN SOLUTION
        # HINT: A layer owns nothing but its neurons.
        # HINT: If each neuron made its own generator from the same seed, all would start alike. Hand the same rng to
        #   all of them.
        # HINT: rng = rng or random.Random(); self.neurons = a list of Neuron(nin, nonlin, rng), made nout times.
        rng = rng or random.Random()
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(nout)]
        # END SOLUTION

    def __call__(self, x: Sequence["Value | float"]) -> "Value | list[Value]":
        """Return the outputs in the order of the neurons; for a layer of one neuron its Value, not a list."""
        # BEGIN SOLUTION
        # HINT: Every neuron gets the same x.
        # HINT: Collect the outputs in a list, and look at how many there are before you return them.
        # HINT: outputs = [neuron(x) for neuron in self.neurons]; return outputs[0] if there is one, else outputs.
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs
        # END SOLUTION

    def parameters(self) -> list[Value]:
        """Return the parameters of the first neuron, then of the second, and so on: one flat list."""
        # BEGIN SOLUTION
        # HINT: Each neuron gives a list. You need one list, not a list of lists.
        # HINT: Two loops in a row: over the neurons, and over the parameters of each.
        # HINT: [p for neuron in self.neurons for p in neuron.parameters()]
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]
        # END SOLUTION


class MLP(Module):
    """Layers in a row: tanh in all but the last, which is linear."""

    def __init__(self, nin: int, nouts: Sequence[int], rng: random.Random | None = None) -> None:
        """nin: how many inputs. nouts: the size of each layer, `MLP(3, [4, 4, 1])`. rng: shared by all layers."""
        # BEGIN SOLUTION
        # HINT: Write the sizes in a row, nin first: 3, 4, 4, 1. What does layer number i take, what does it give?
        # HINT: Layer i goes from sizes[i] to sizes[i + 1]. Only the last one has no tanh. Hand one rng to all of them.
        # HINT: sizes = [nin, *nouts]; self.layers = a list of Layer(sizes[i], sizes[i + 1], nonlin, rng), where nonlin
        #   is true for every i but len(nouts) - 1.
        rng = rng or random.Random()
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers = [Layer(sizes[i], sizes[i + 1], nonlin=i != last, rng=rng) for i in range(len(nouts))]
        # END SOLUTION

    def __call__(self, x: Sequence["Value | float"]) -> "Value | list[Value]":
        """Return the outputs of the last layer: a Value where it has one neuron, else a list.

        Edges: a layer of one neuron may stand in the middle, too: `MLP(2, [1, 3])`.
        """
        # BEGIN SOLUTION
        # HINT: What comes out of one layer goes into the next.
        # HINT: A layer of one neuron returns a Value, but the next layer wants a sequence.
        # HINT: Loop over self.layers with x = layer(x); before each call, where x is a Value, make it [x].
        outputs: Value | list[Value] | Sequence[Value | float] = x
        for layer in self.layers:
            outputs = layer([outputs] if isinstance(outputs, Value) else outputs)
        return outputs if isinstance(outputs, Value) else [v for v in outputs if isinstance(v, Value)]
        # END SOLUTION

    def parameters(self) -> list[Value]:
        """Return the parameters of the first layer, then of the second, and so on: one flat list."""
        # BEGIN SOLUTION
        # HINT: The same as in a layer, one floor up.
        # HINT: Two loops in a row: over the layers, and over the parameters of each.
        # HINT: [p for layer in self.layers for p in layer.parameters()]
        return [parameter for layer in self.layers for parameter in layer.parameters()]
        # END SOLUTION


# %% [markdown]
# ## 7. Training
#
# A loss turns "how wrong is the network?" into one number, and the sweep turns that number into a direction for every
# parameter. A training step is four lines, and their order matters:
#
# 1. forward: compute the scores and the loss;
# 2. empty the gradients, since leaves add up (forgetting this is the bug that the lecture itself ran into);
# 3. backward;
# 4. move every parameter a little *against* its gradient: `p.data -= lr * p.grad`.
#
# **The hinge loss** asks for more than a right sign: with labels +1 and -1, the score times the label should be at
# least 1. Whoever has that margin costs nothing; whoever has not, pays what is missing: `max(0, 1 - y * score)`,
# averaged over the samples. A small toll on large weights, `alpha` times the sum of all squared parameters, keeps the
# border between the classes calm.
#
# **The mean squared error** is the average of `(prediction - target) ** 2`. Both are means, not sums, so that the
# step does not grow with the data set.


# %%
def hinge_loss(scores: Sequence[Value], ys: Sequence[int], params: Sequence[Value], alpha: float = 1e-4) -> Value:
    """Return mean(relu(1 - y * score)) + alpha * sum(p * p), over the samples and over all parameters.

    This is the max-margin loss of a support vector machine, as in the lecture's demo.
    scores: one for each sample. ys: their labels, +1 or -1.

    Edges: where y * score is exactly 1, the sample costs nothing and sends no gradient. Any other label raises
    ValueError, and so do lengths that differ.
    """
    # BEGIN SOLUTION
    # HINT: For one sample: what is missing to a margin of 1? And when is nothing missing?
    # HINT: relu(1 - y * score), the mean over the samples, plus the toll. A label 0 would make the term a constant:
    #   check the labels first, and the lengths, since zip is silent about both.
    # HINT: losses = [(1 - y * s).relu() for each pair]; data_loss = sum(losses) / len(losses); the toll is alpha times
    #   sum(p * p for p in params), a sum and not a mean; return the two added.
    if len(scores) != len(ys):
        raise ValueError(f"{len(scores)} scores but {len(ys)} labels")
    if any(y not in (-1, 1) for y in ys):
        raise ValueError("labels must be +1 or -1")
    losses = [(1 - y * score).relu() for score, y in zip(scores, ys, strict=True)]
    toll = sum((p * p for p in params), Value(0.0))
    return sum(losses, Value(0.0)) / len(losses) + alpha * toll
    # END SOLUTION


def mse_loss(ypred: Sequence[Value], ys: Sequence[float]) -> Value:
    """Return the mean of (prediction - target) ** 2.

    Edges: lengths that differ raise ValueError.
    """
    # BEGIN SOLUTION
    # HINT: How far off is one prediction? Square it; then the average.
    # HINT: A mean divides by the number of samples: without it the gradient grows with the data set.
    # HINT: sum((p - y) ** 2 for each pair) / len(ys), after a look at the two lengths.
    if len(ypred) != len(ys):
        raise ValueError(f"{len(ypred)} predictions but {len(ys)} targets")
    return sum(((p - y) ** 2 for p, y in zip(ypred, ys, strict=True)), Value(0.0)) / len(ys)
    # END SOLUTION


def train_classifier(
    model: MLP, xs: Sequence[Sequence[float]], ys: Sequence[int], steps: int, lr: Callable[[int], float]
) -> list[float]:
    """Train the model in place with plain gradient descent on the hinge loss of all samples, `alpha` as by default.

    xs: the inputs. ys: labels +1 or -1. lr: step number k = 0, 1, ... -> learning rate of that step.
    Gradients that the model holds from before are not used.
    Returns the loss of each step as a float, taken before that step's update: `steps` numbers, the first of them
    the loss of the untrained model.

    Edges: lr is asked for step 0, 1, 2, ... in turn. With 0 steps the answer is an empty list.
    """
    # BEGIN SOLUTION
    # HINT: Forward, zero, backward, step. Which of the four must not change places, and why?
    # HINT: Empty the gradients before the sweep, not after it: in between is where you use them. And change p.data in
    #   place; p = p - ... would make a new node that the model knows nothing of.
    # HINT: for k in range(steps): scores = [model(x) for x in xs]; loss = hinge_loss(scores, ys, model.parameters());
    #   keep loss.data; model.zero_grad(); loss.backward(); then p.data -= lr(k) * p.grad for every parameter.
    losses = []
    for k in range(steps):
        scores = [score for score in map(model, xs) if isinstance(score, Value)]
        loss = hinge_loss(scores, ys, model.parameters())
        losses.append(loss.data)
        model.zero_grad()
        loss.backward()
        rate = lr(k)
        for parameter in model.parameters():
            parameter.data -= rate * parameter.grad
    return losses
    # END SOLUTION


# %% [markdown]
# ## Two moons
#
# Something to train on: two half circles that reach into each other, so that no straight line can part them. When your
# `train_classifier` passes, try
#
#     rng = random.Random(1)
#     xs, ys = make_moons(40, 0.1, rng)
#     model = MLP(2, [8, 8, 1], rng)
#     losses = train_classifier(model, xs, ys, 100, lambda k: 1 - 0.9 * k / 100)
#     print(losses[0], losses[-1])
#     print(sum((model(x).data > 0) == (y > 0) for x, y in zip(xs, ys)))
#
# After some seconds the loss has gone from 1.198 to 0.107, and 39 of the 40 points are on the right side. With 60 steps
# it is 36: the last few points are the hard ones. The check parts 40 points, too, with a smaller network and steps
# three times as long, so that 40 of them do: each step builds a graph of 2,500 nodes (yours above: 9,000).
#
# You built all of it. `grade run u01` draws the border that your network has learned, and that of XOR.


# %%
def make_moons(n: int, noise: float, rng: random.Random) -> tuple[list[list[float]], list[int]]:  # GIVEN
    """Return n points in the plane and their labels, +1 on the upper half circle, -1 on the lower one, by turns.

    noise: the standard deviation of what is added to each coordinate.
    """
    xs, ys = [], []
    for i in range(n):
        angle, upper = math.pi * i / max(n - 1, 1), i % 2 == 0
        x, y = math.cos(angle), math.sin(angle)
        point = (x, y) if upper else (1 - x, 0.5 - y)
        xs.append([coordinate + rng.gauss(0, noise) for coordinate in point])
        ys.append(1 if upper else -1)
    return xs, ys
