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

    raise NotImplementedError("TODO: numerical_gradient")


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
        raise NotImplementedError("TODO: Value.__add__")

    def __radd__(self, other: float) -> "Value":
        """Return other + self; Python calls it where the left operand is a plain number, and `sum` does with 0."""
        raise NotImplementedError("TODO: Value.__radd__")

    def __mul__(self, other: "Value | float") -> "Value":
        """Return self * other, a new node; `other` may be a plain number.

        Edges: the slopes are those of the numbers multiplied. A later change of an operand's data does not change them.
        """
        raise NotImplementedError("TODO: Value.__mul__")

    def __rmul__(self, other: float) -> "Value":
        """Return other * self, for a plain number on the left."""
        raise NotImplementedError("TODO: Value.__rmul__")

    def __pow__(self, exponent: "float | Value") -> "Value":
        """Return self ** exponent for a plain int or float exponent.

        The slope is `n * x ** (n - 1)`. A negative number to a fractional power is not a real number; that is left
        open here.

        Edges: for the exponent 0 the slope is 0 everywhere, at x = 0 too. A Value as exponent raises TypeError, with a
        message that says so: its slope would be another formula. A later change of self.data does not change the slope.
        """
        raise NotImplementedError("TODO: Value.__pow__")

    def __neg__(self) -> "Value":
        """Return -self, a node with self as its operand."""
        raise NotImplementedError("TODO: Value.__neg__")

    def __sub__(self, other: "Value | float") -> "Value":
        """Return self - other; `other` may be a plain number."""
        raise NotImplementedError("TODO: Value.__sub__")

    def __rsub__(self, other: float) -> "Value":
        """Return other - self: Python calls `a.__rsub__(1)` for `1 - a`, so self is the operand on the right."""
        raise NotImplementedError("TODO: Value.__rsub__")

    def __truediv__(self, other: "Value | float") -> "Value":
        """Return self / other; `other` may be a plain number.

        Edges: a division by zero raises ZeroDivisionError at once, as Python's own does. A later change of an operand's
        data does not change the slopes.
        """
        raise NotImplementedError("TODO: Value.__truediv__")

    def __rtruediv__(self, other: float) -> "Value":
        """Return other / self: Python calls `a.__rtruediv__(1)` for `1 / a`, so self is the operand below the line."""
        raise NotImplementedError("TODO: Value.__rtruediv__")

    def exp(self) -> "Value":
        """Return e ** self.

        Edges: above about 709.78 it raises OverflowError, as `math.exp` does, since e ** 710 is past the largest float.
        That is why a softmax first subtracts the largest score: the ratios stay, and the largest exponent becomes 0.
        Values and slopes are exact from -700 to 700. A later change of self.data does not change the slope.
        """
        raise NotImplementedError("TODO: Value.exp")

    def log(self) -> "Value":
        """Return the natural logarithm of self, exact: nothing is added to the input.

        Edges: 0 and below raise ValueError, as `math.log` does. Very small numbers are numbers, too: 1e-300 has a
        logarithm and a slope. A later change of self.data does not change the slope.
        """
        raise NotImplementedError("TODO: Value.log")

    def tanh(self) -> "Value":
        """Return the hyperbolic tangent of self, (e^2x - 1) / (e^2x + 1).

        Edges: no overflow far out, where the answer is simply 1 or -1 and the slope 0, and no error in the sweep.
        """
        raise NotImplementedError("TODO: Value.tanh")

    def sigmoid(self) -> "Value":
        """Return 1 / (1 + e^-x) of self.

        Edges: no overflow far out, where the answer is near 0 or 1 and the slope near 0. Small values stay exact:
        sigmoid(-100) is 3.72e-44, not 0, and its logarithm is needed one day.
        """
        raise NotImplementedError("TODO: Value.sigmoid")

    def relu(self) -> "Value":
        """Return self where it is positive, else 0.

        Edges: the slope at exactly 0 is 0, as in torch. 1e-300 is positive.
        """
        raise NotImplementedError("TODO: Value.relu")

    def leaky_relu(self, negative_slope: float = 0.01) -> "Value":
        """Return self where it is positive, else negative_slope * self.

        Edges: the slope at exactly 0 is negative_slope, as in torch.
        """
        raise NotImplementedError("TODO: Value.leaky_relu")

    def gelu(self, approximate: Literal["tanh", "none"] = "tanh") -> "Value":
        """Return x * Phi(x), the Gaussian error linear unit (Hendrycks and Gimpel, 2016).

        "none" is exact: Phi(x) = (1 + erf(x / sqrt(2))) / 2, the normal distribution function.
        "tanh", which GPT-2 uses: Phi(x) = (1 + tanh(u)) / 2 with u = sqrt(2 / pi) * (x + 0.044715 * x**3). The two
        differ by up to 4.7e-4. The slope is the exact derivative of the formula chosen.

        Edges: no overflow at -50 and 50. Any other word raises ValueError.
        """
        raise NotImplementedError("TODO: Value.gelu")

    def backward(self) -> None:
        """Fill in the gradient of every node that self was made from: d(self) / d(node).

        self.grad becomes 1.0. The gradients of leaves (nodes without operands) are added to what they hold, so that two
        losses can share their parameters. Nodes that self was not made from are left alone.

        Edges: self.grad becomes 1.0 whatever it held, also where self is a leaf. Nodes in between start from zero in
        each call, so that a second call on one graph gives the leaves exactly twice the gradient, as in torch. Depth is
        no limit: 10,000 nodes in a row are checked.
        """
        raise NotImplementedError("TODO: Value.backward")


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
    raise NotImplementedError("TODO: topological_order")


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
    raise NotImplementedError("TODO: format_graph")


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
        raise NotImplementedError("TODO: Module.zero_grad")


class Neuron(Module):
    """tanh(w . x + b), or w . x + b where nonlin is False."""

    def __init__(self, nin: int, nonlin: bool = True, rng: random.Random | None = None) -> None:
        """Draw nin weights between -1 and 1, each by itself. nin: how many inputs it takes.

        rng: where the weights come from; without one, a new random.Random().

        Edges: the weights are what rng.uniform(-1, 1) gave, so that a seed gives the same network again. The bias
        starts at 0.0.
        """
        raise NotImplementedError("TODO: Neuron.__init__")

    def __call__(self, x: Sequence["Value | float"]) -> Value:
        """Return the neuron's output for inputs x.

        Edges: where x has not nin entries, it raises ValueError.
        """
        raise NotImplementedError("TODO: Neuron.__call__")

    def parameters(self) -> list[Value]:
        """Return the weights in the order of the inputs, then the bias."""
        raise NotImplementedError("TODO: Neuron.parameters")


class Layer(Module):
    """nout neurons that see the same inputs."""

    def __init__(self, nin: int, nout: int, nonlin: bool = True, rng: random.Random | None = None) -> None:
        """nin: inputs of each neuron. nout: how many neurons. nonlin, rng: as for a neuron; all share one rng."""
        raise NotImplementedError("TODO: Layer.__init__")

    def __call__(self, x: Sequence["Value | float"]) -> "Value | list[Value]":
        """Return the outputs in the order of the neurons; for a layer of one neuron its Value, not a list."""
        raise NotImplementedError("TODO: Layer.__call__")

    def parameters(self) -> list[Value]:
        """Return the parameters of the first neuron, then of the second, and so on: one flat list."""
        raise NotImplementedError("TODO: Layer.parameters")


class MLP(Module):
    """Layers in a row: tanh in all but the last, which is linear."""

    def __init__(self, nin: int, nouts: Sequence[int], rng: random.Random | None = None) -> None:
        """nin: how many inputs. nouts: the size of each layer, `MLP(3, [4, 4, 1])`. rng: shared by all layers."""
        raise NotImplementedError("TODO: MLP.__init__")

    def __call__(self, x: Sequence["Value | float"]) -> "Value | list[Value]":
        """Return the outputs of the last layer: a Value where it has one neuron, else a list.

        Edges: a layer of one neuron may stand in the middle, too: `MLP(2, [1, 3])`.
        """
        raise NotImplementedError("TODO: MLP.__call__")

    def parameters(self) -> list[Value]:
        """Return the parameters of the first layer, then of the second, and so on: one flat list."""
        raise NotImplementedError("TODO: MLP.parameters")


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
    raise NotImplementedError("TODO: hinge_loss")


def mse_loss(ypred: Sequence[Value], ys: Sequence[float]) -> Value:
    """Return the mean of (prediction - target) ** 2.

    Edges: lengths that differ raise ValueError.
    """
    raise NotImplementedError("TODO: mse_loss")


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
    raise NotImplementedError("TODO: train_classifier")


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


# %%
# Try things here: `python exercises/u01_micrograd.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
