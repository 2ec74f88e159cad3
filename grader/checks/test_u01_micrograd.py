"""Checks of unit 01: measured slopes, the operators of Value one by one, the sweep, and a small network.

A program after the lecture passes every core check: its closures may read `other.data` when the sweep runs, its walks
may call themselves, and nodes in between may keep their gradients. What the text promises beyond it is an edge.
"""

import math
import random
import re

from grader import close, edge, exercise, raises, same, weight

UNIT = {
    "title": "micrograd: a gradient engine in pure Python",
    "lecture": "The spelled-out intro to neural networks and backpropagation: building micrograd",
    "libraries": [],
    "forbid": {"walk deep graphs with a stack of your own": ["sys.setrecursionlimit"]},
}

# Double arithmetic on a few numbers is right to 1e-15; the smallest slip below moves an answer by 1e-5 of itself.
TIGHT = {"rtol": 1e-12, "atol": 1e-14}
# Tiny numbers and huge ones: nothing absolute is allowed.
FAR = {"rtol": 1e-12, "atol": 0.0}
# In a chain of a dozen operations, a rounding error can grow a hundredfold.
CHAIN = {"rtol": 1e-9, "atol": 1e-12}
# A central difference with h = 1e-5 misses by 7e-11, a one-sided one by 3e-6.
MEASURED = {"rtol": 0.0, "atol": 1e-8}


@exercise("numerical_gradient", points=4, cpu=1.0)
class TestNumericalGradient:
    """The slope of a function in each of its arguments, measured by a step to either side."""

    def test_parabola(self, learner):
        """the slope of 3x^2 - 4x + 5 at x = 3, 2/3 and -1"""

        def parabola(x):
            return 3 * x**2 - 4 * x + 5

        close(learner.numerical_gradient(parabola, [3.0]), [14.0], "slope at x = 3", **MEASURED)
        close(learner.numerical_gradient(parabola, [2 / 3]), [0.0], "slope at x = 2/3", **MEASURED)
        close(learner.numerical_gradient(parabola, [-1.0]), [-10.0], "slope at x = -1", **MEASURED)

    def test_three_arguments(self, learner):
        """the slopes of a*b + c in a, b and c"""

        def f(a, b, c):
            return a * b + c

        close(learner.numerical_gradient(f, [2.0, -3.0, 10.0]), [-3.0, 2.0, 1.0], "slopes in a, b, c", **MEASURED)

    def test_both_sides(self, learner):
        """both sides count: x^3 at 10, where one side alone misses by 3e-4"""

        def cube(x):
            return x**3

        close(learner.numerical_gradient(cube, [10.0]), [300.0], "slope of x^3 at 10", rtol=0, atol=1e-7)

    def test_step_is_h(self, learner):
        """the step is the h that is given: x^3 at 1 with h = 0.5 and with h = 0.1"""

        def cube(x):
            return x**3

        close(learner.numerical_gradient(cube, [1.0], h=0.5), [3.25], "slope of x^3 at 1, measured with h = 0.5")
        close(learner.numerical_gradient(cube, [1.0], 0.1), [3.01], "slope of x^3 at 1, measured with h = 0.1")

    def test_at_random_points(self, learner, rng):
        """the slopes of p*x^2 + q*x*y at points nobody knows beforehand"""
        p, q, x, y = (rng.uniform(1, 3) for _ in range(4))

        def f(x, y):
            return p * x**2 + q * x * y

        expected = [2 * p * x + q * y, q * x]
        close(learner.numerical_gradient(f, [x, y]), expected, "slopes in x and y", rtol=0, atol=1e-7)

    @edge
    def test_two_calls_an_argument(self, props, rng):
        """f is called exactly twice for each argument"""
        xs, weights = [1.0, 2.0, 3.0], [rng.uniform(1, 2) for _ in range(3)]
        slopes, _, calls = props.measured(xs, weights)
        close(calls, 6, "number of calls of f with three arguments", rtol=0, atol=0)
        expected = [2 * weight * x for weight, x in zip(weights, xs, strict=True)]
        close(slopes, expected, "slopes of a weighted sum of squares", **MEASURED)

    @edge
    def test_one_moves_at_a_time(self, learner):
        """one argument moves, the others stay exactly as they were"""
        xs, calls = (0.1, 0.7, -2.3), []

        def f(*moved):
            calls.append(tuple(moved))
            return moved[0] * moved[1] - moved[2]

        close(learner.numerical_gradient(f, list(xs)), [0.7, 0.1, -1.0], "slopes of x0*x1 - x2", **MEASURED)
        moves = [[i for i in range(3) if call[i] != xs[i]] for call in calls]
        moved_by = sorted(call[move[0]] - xs[move[0]] for call, move in zip(calls, moves, strict=True) if move)
        close(sorted(moves), [[0], [0], [1], [1], [2], [2]], "which arguments moved, call by call", rtol=0, atol=0)
        close(moved_by, [-1e-5] * 3 + [1e-5] * 3, "how far they moved", rtol=0, atol=1e-9)

    @edge
    def test_leaves_the_list(self, props, rng):
        """the list of arguments is left as it was"""
        xs, weights = [0.1, 0.2, 0.3], [rng.uniform(1, 2) for _ in range(3)]
        slopes, after, _ = props.measured(xs, weights)
        expected = [2 * weight * x for weight, x in zip(weights, xs, strict=True)]
        close(slopes, expected, "slopes of a weighted sum of squares", **MEASURED)
        close(after, xs, "xs after the call", rtol=0, atol=0)

    @edge
    def test_ints_and_tuples(self, learner):
        """ints are numbers, too, and a tuple is a sequence"""

        def product(x, y):
            return x * y

        close(learner.numerical_gradient(product, (2, 3)), [3.0, 2.0], "slopes of x*y at (2, 3)", **MEASURED)

    @edge
    def test_no_arguments(self, learner):
        """no arguments, no slopes"""

        def double(*xs):
            return sum(xs) * 2.0

        close(learner.numerical_gradient(double, [1.0]), [2.0], "slope of 2*x at 1", **MEASURED)
        close(learner.numerical_gradient(double, []), [], "slopes of a function without arguments")


@exercise(
    "add_mul",
    points=8,
    cpu=1.0,
    answers=("Value.__add__", "Value.__radd__", "Value.__mul__", "Value.__rmul__"),
)
class TestAddMul:
    """Sums and products of Values and plain numbers: the value, and what goes back to each operand."""

    def test_product_plus(self, learner, props):
        """value and gradients of a*b + c"""
        a, b, c = learner.Value(2.0), learner.Value(-3.0), learner.Value(10.0)
        d = a * b + c
        close(d.data, 4.0, "a*b + c", **TIGHT)
        close(props.gradients(d, a, b, c), [-3.0, 2.0, 1.0], "gradients of a, b, c", **TIGHT)

    def test_sum_with_itself(self, learner, props):
        """one gradient each in a + b, two in a + a"""
        a, b = learner.Value(3.0), learner.Value(-2.0)
        close(props.gradients(a + b, a, b), [1.0, 1.0], "gradients of a, b in a + b", **TIGHT)
        a = learner.Value(3.0)
        close(props.gradients(a + a, a), [2.0], "d(a + a)/da", **TIGHT)

    def test_product_with_itself(self, learner, props):
        """in a * b each gets the other number, in a * a it is 2a"""
        a, b = learner.Value(3.0), learner.Value(-2.0)
        close(props.gradients(a * b, a, b), [-2.0, 3.0], "gradients of a, b in a * b", **TIGHT)
        a = learner.Value(3.0)
        b = a * a
        close(b.data, 9.0, "a * a at a = 3", **TIGHT)
        close(props.gradients(b, a), [6.0], "d(a * a)/da at a = 3", **TIGHT)

    def test_square_of_a_sum(self, learner, props):
        """s * s, where s = a + b is itself a result"""
        a, b = learner.Value(5.0), learner.Value(-2.0)
        s = a + b
        close(props.gradients(s * s, a, b), [6.0, 6.0], "gradients of a, b in (a + b)^2", **TIGHT)

    def test_two_branches(self, learner, props):
        """a number used in two branches gets both contributions: (a*b) * (a + b)"""
        a, b = learner.Value(-2.0), learner.Value(3.0)
        close(props.gradients((a * b) * (a + b), a, b), [-3.0, -8.0], "gradients of a, b", **TIGHT)

    def test_two_products(self, learner, props):
        """a number in two products, on the left of both or on the right of both"""
        a, b, c = learner.Value(2.0), learner.Value(-3.0), learner.Value(5.0)
        close(props.gradients(a * b + a * c, a), [2.0], "d(a*b + a*c)/da", **TIGHT)
        d = learner.Value(2.0)
        close(props.gradients(b * d + c * d, d), [2.0], "d(b*d + c*d)/dd", **TIGHT)

    def test_two_sums(self, learner, props):
        """a number in two sums, on the left of both or on the right of both"""
        a, b, c = learner.Value(2.0), learner.Value(-3.0), learner.Value(5.0)
        close(props.gradients((a + b) * (a + c), a), [6.0], "d((a + b)*(a + c))/da", **TIGHT)
        d = learner.Value(2.0)
        close(props.gradients((b + d) * (c + d), d), [6.0], "d((b + d)*(c + d))/dd", **TIGHT)

    def test_upstream(self, learner, props):
        """what arrives from above is passed on: a*b*c and (a + b)*c"""
        a, b, c = learner.Value(2.0), learner.Value(-3.0), learner.Value(5.0)
        close(props.gradients(a * b * c, a, b, c), [-15.0, 10.0, -6.0], "gradients of a, b, c in a*b*c", **TIGHT)
        a, b, c = learner.Value(2.0), learner.Value(-3.0), learner.Value(5.0)
        close(props.gradients((a + b) * c, a, b, c), [5.0, 5.0, -1.0], "gradients in (a + b)*c", **TIGHT)

    def test_plain_number_right(self, learner, props):
        """a plain number on the right: a + 2 and a * 3"""
        a = learner.Value(7.0)
        close([(a + 2).data, (a * 3.0).data], [9.0, 21.0], "a + 2 and a * 3 at a = 7", **TIGHT)
        close(props.gradients((a + 2) * 3, a), [3.0], "d((a + 2) * 3)/da", **TIGHT)

    def test_plain_number_left(self, learner, props):
        """a plain number on the left: 2 + a and 3 * a"""
        a = learner.Value(7.0)
        close([(2 + a).data, (3.0 * a).data], [9.0, 21.0], "2 + a and 3 * a at a = 7", **TIGHT)
        close(props.gradients(3 * (2 + a), a), [3.0], "d(3 * (2 + a))/da", **TIGHT)

    def test_result_is_a_value(self, learner, props):
        """every result is a Value with gradient 0.0"""
        a = learner.Value(7.0)
        made = {"2 + a": (2 + a, 9.0), "a + 2": (a + 2, 9.0), "3 * a": (3 * a, 21.0), "a * a": (a * a, 49.0)}
        for text, (out, number) in made.items():
            assert props.is_value(out), f"{text} must be a Value, or nothing can be built on it."
            close([out.data, out.grad], [number, 0.0], f"data and grad of {text} before any sweep", **TIGHT)

    def test_sum_of_a_list(self, learner, props):
        """sum() of a list of Values, which starts from the int 0"""
        a, b, c = learner.Value(1.5), learner.Value(2.5), learner.Value(-7.0)
        total = sum([a, b, c, a])
        close(total.data, -1.5, "sum([a, b, c, a])", **TIGHT)
        close(props.gradients(total, a, b, c), [2.0, 1.0, 1.0], "gradients of a, b, c", **TIGHT)

    def test_operands_untouched(self, learner):
        """computing a result changes neither data nor grad of the operands"""
        a, b = learner.Value(2.0), learner.Value(-3.0)
        a.grad, b.grad = 0.25, -0.75
        close((a * b + a + 2 * b).data, -10.0, "a*b + a + 2*b", **TIGHT)
        close([a.data, a.grad], [2.0, 0.25], "data and grad of a afterwards", **TIGHT)
        close([b.data, b.grad], [-3.0, -0.75], "data and grad of b afterwards", **TIGHT)

    def test_knows_its_operands(self, learner, props):
        """a result knows the operands that it was made from, and how"""
        a, b = learner.Value(2.0), learner.Value(-3.0)
        for sign, out, number in (("+", a + b, -1.0), ("*", a * b, -6.0)):
            assert props.is_value(out), f"a {sign} b must be a Value."
            close(out.data, number, f"a {sign} b", **TIGHT)
            noted = props.noted(out, sign, a, b)
            assert noted != "operands", f"(a {sign} b)._prev must hold a and b, and nothing else."
            assert noted != "order", f"(a {sign} b)._prev must hold a and b in this order: (self, other)."
            assert noted != "sign", f"(a {sign} b)._op must be {sign!r}: it is the third thing that Value takes."

    @edge
    def test_second_sweep_adds(self, learner, props):
        """a second sweep adds to the gradients of the first"""
        a, b = learner.Value(2.0), learner.Value(-3.0)
        product = a * b
        props.sweep(product)
        close(props.gradients(product, a, b), [-6.0, 4.0], "gradients of a, b in a*b after two sweeps", **TIGHT)
        total = (c := learner.Value(4.0)) + a
        props.sweep(total)
        close(props.gradients(total, c), [2.0], "gradient of c in c + a after two sweeps", **TIGHT)

    @edge
    def test_numbers_of_the_forward_pass(self, learner, props):
        """a*b keeps its slopes when a.data and b.data change afterwards"""
        a, b = learner.Value(2.0), learner.Value(-3.0)
        out = a * b
        a.data, b.data = 100.0, 200.0
        close(props.gradients(out, a, b), [-3.0, 2.0], "gradients of a, b as they were when a*b was computed", **TIGHT)

    @edge
    def test_plain_data(self, learner):
        """data stays a plain Python number, for ints and for floats"""
        a, b = learner.Value(2), learner.Value(3)
        close((a + b).data, 5, "(Value(2) + Value(3)).data", rtol=0, atol=0)
        close((a * b * 0.5).data, 3.0, "(Value(2) * Value(3) * 0.5).data", rtol=0, atol=0)

    def test_random_graph(self, props, oracle, rng):
        """a random graph of sums and products"""
        case = oracle.expression(rng.getrandbits(32), ["add", "mul"], 6)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)


@exercise("pow", points=4, cpu=1.0, answers=("Value.__pow__",), needs=("add_mul",))
class TestPow:
    """A Value to the power of a plain number."""

    def test_values(self, learner):
        """the value of x ** n for n = 2, 3, -1, 0.5, 0, 1 and 1.5"""
        for n in (2, 3, -1, 0.5, 0, 1, 1.5):
            close((learner.Value(4.0) ** n).data, 4.0**n, f"x ** {n} at x = 4", **TIGHT)

    def test_slopes(self, learner, props):
        """the slope of x ** n for n = 2, 3, -1, 0.5, 1 and 1.5"""
        for n, slope in ((2, 8.0), (3, 48.0), (-1, -0.0625), (0.5, 0.25), (1, 1.0), (1.5, 3.0)):
            x = learner.Value(4.0)
            close(props.gradients(x**n, x), [slope], f"d(x ** {n})/dx at x = 4", **TIGHT)

    def test_at_zero(self, learner, props):
        """at x = 0 the slope of x ** 1 is 1 and that of x ** 2 is 0"""
        x, y = learner.Value(0.0), learner.Value(0.0)
        close(props.gradients(x**1, x), [1.0], "d(x ** 1)/dx at x = 0", **TIGHT)
        close(props.gradients(y**2, y), [0.0], "d(x ** 2)/dx at x = 0", **TIGHT)

    def test_used_twice(self, learner, props):
        """a number used in two powers gets both contributions: a ** 2 + a ** 3"""
        a = learner.Value(-3.0)
        close(props.gradients(a**2 + a**3, a), [21.0], "d(a ** 2 + a ** 3)/da at a = -3", **TIGHT)

    def test_chained(self, learner, props):
        """(a ** 2) ** 0.5 is the absolute value"""
        a = learner.Value(-3.0)
        out = (a**2) ** 0.5
        close(out.data, 3.0, "(a ** 2) ** 0.5 at a = -3", **TIGHT)
        close(props.gradients(out, a), [-1.0], "its slope", **TIGHT)

    def test_random_power(self, learner, props, rng):
        """3 * x ** n for an x and an n that nobody knows beforehand"""
        start, n = rng.uniform(0.5, 2), rng.uniform(-3, 3)
        x = learner.Value(start)
        label = f"slope of 3 * x ** n at x = {start:.4g}, n = {n:.4g}"
        close(props.gradients(3 * x**n, x), [3 * n * start ** (n - 1)], label, **TIGHT)

    @edge
    def test_exponent_zero(self, learner, props):
        """x ** 0 is the constant 1 with slope 0, at x = 0 too"""
        for start in (4.0, -2.0, 0.0):
            x = learner.Value(start)
            out = x**0
            close(out.data, 1.0, f"x ** 0 at x = {start}", **TIGHT)
            close(props.gradients(out, x), [0.0], f"d(x ** 0)/dx at x = {start}", **TIGHT)

    @edge
    def test_value_as_exponent(self, learner):
        """a Value as exponent raises TypeError with a message"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        close((a**3).data, 8.0, "a ** 3 at a = 2", **TIGHT)
        error = raises(TypeError, lambda: a**b, "a ** b with a Value as exponent")
        assert error.message.strip(), "The TypeError for a Value as exponent has no message: say what is not possible."

    @edge
    def test_numbers_of_the_forward_pass(self, learner, props):
        """a ** 3 keeps its slope when a.data changes afterwards"""
        a = learner.Value(2.0)
        out = a**3
        a.data = 100.0
        close(props.gradients(out, a), [12.0], "gradient of a as it was when a ** 3 was computed", **TIGHT)


@exercise(
    "sub_div",
    points=5,
    cpu=1.0,
    answers=("Value.__neg__", "Value.__sub__", "Value.__rsub__", "Value.__truediv__", "Value.__rtruediv__"),
    needs=("add_mul",),
)
class TestSubDiv:
    """Minus and divide, with plain numbers on either side."""

    def test_minus_sign(self, learner, props):
        """gradients go through a minus sign"""
        a, b = learner.Value(2.0), learner.Value(-3.0)
        c = -(a * b)
        close(c.data, 6.0, "-(a * b)", **TIGHT)
        close(props.gradients(c, a, b), [3.0, -2.0], "gradients of a, b in -(a * b)", **TIGHT)

    def test_difference(self, learner, props):
        """value and gradients of a - b"""
        a, b = learner.Value(5.0), learner.Value(3.0)
        c = a - b
        close(c.data, 2.0, "a - b", **TIGHT)
        close(props.gradients(c, a, b), [1.0, -1.0], "gradients of a, b in a - b", **TIGHT)

    def test_number_minus_value(self, learner, props):
        """a plain number on the left: 10 - a"""
        a = learner.Value(3.0)
        b = 10 - a
        close(b.data, 7.0, "10 - a at a = 3", **TIGHT)
        close(props.gradients(b, a), [-1.0], "d(10 - a)/da", **TIGHT)

    def test_value_minus_number(self, learner, props):
        """a plain number on the right: a - 1"""
        a = learner.Value(3.0)
        b = a - 1
        close(b.data, 2.0, "a - 1 at a = 3", **TIGHT)
        close(props.gradients(b, a), [1.0], "d(a - 1)/da", **TIGHT)

    def test_minus_itself(self, learner, props):
        """a - a is 0 with gradient 0"""
        a = learner.Value(3.0)
        b = a - a
        close(b.data, 0.0, "a - a", **TIGHT)
        close(props.gradients(b, a), [0.0], "d(a - a)/da", **TIGHT)

    def test_quotient(self, learner, props):
        """value and gradients of a / b"""
        a, b = learner.Value(6.0), learner.Value(4.0)
        c = a / b
        close(c.data, 1.5, "a / b", **TIGHT)
        close(props.gradients(c, a, b), [0.25, -0.375], "gradients of a, b in a / b", **TIGHT)

    def test_number_over_value(self, learner, props):
        """a plain number above the line: 1 / a"""
        a = learner.Value(4.0)
        b = 1 / a
        close(b.data, 0.25, "1 / a at a = 4", **TIGHT)
        close(props.gradients(b, a), [-0.0625], "d(1 / a)/da at a = 4", **TIGHT)

    def test_value_over_number(self, learner, props):
        """a plain number below the line: a / 2"""
        a = learner.Value(3.0)
        b = a / 2
        close(b.data, 1.5, "a / 2 at a = 3", **TIGHT)
        close(props.gradients(b, a), [0.5], "d(a / 2)/da", **TIGHT)

    def test_over_itself(self, learner, props):
        """a / a is 1 with gradient 0"""
        a = learner.Value(3.0)
        b = a / a
        close(b.data, 1.0, "a / a", **TIGHT)
        close(props.gradients(b, a), [0.0], "d(a / a)/da", **TIGHT)

    def test_from_left_to_right(self, learner, props):
        """a / b / c and a - b - c are taken from left to right"""
        a, b, c = learner.Value(24.0), learner.Value(4.0), learner.Value(2.0)
        out = a / b / c
        close([out.data, (a - b - c).data], [3.0, 18.0], "a / b / c and a - b - c", **TIGHT)
        close(props.gradients(out, a, b, c), [0.125, -0.75, -1.5], "gradients of a, b, c in a / b / c", **TIGHT)

    def test_two_quotients(self, learner, props):
        """a number in two quotients and a difference gets all contributions: a/b - b/a"""
        a, b = learner.Value(2.0), learner.Value(4.0)
        expected = [1 / 4 + 4 / 4, -2 / 16 - 1 / 2]
        close(props.gradients(a / b - b / a, a, b), expected, "gradients of a, b in a/b - b/a", **TIGHT)

    def test_same_side_twice(self, learner, props):
        """a number above the line twice, and below it twice: a/b + a/c and b/a + c/a"""
        a, b, c = learner.Value(2.0), learner.Value(4.0), learner.Value(-8.0)
        close(props.gradients(a / b + a / c, a), [0.125], "d(a/b + a/c)/da", **TIGHT)
        d = learner.Value(2.0)
        close(props.gradients(b / d + c / d, d), [1.0], "d(b/d + c/d)/dd", **TIGHT)

    @edge
    def test_division_by_zero(self, learner):
        """division by zero raises ZeroDivisionError, it does not give inf"""
        a, zero = learner.Value(3.0), learner.Value(0.0)
        raises(ZeroDivisionError, lambda: a / zero, "a / b at b = 0")
        raises(ZeroDivisionError, lambda: a / 0, "a / 0")
        raises(ZeroDivisionError, lambda: 1 / zero, "1 / b at b = 0")

    def test_hyperbola(self, learner, props, rng):
        """2 / (1 - a) at several a"""
        for x in (-3.0, 0.5, 1.75, rng.uniform(2, 4)):
            a = learner.Value(x)
            b = 2 / (1 - a)
            close(b.data, 2 / (1 - x), f"2 / (1 - a) at a = {x:.4g}", **TIGHT)
            close(props.gradients(b, a), [2 / (1 - x) ** 2], f"its slope at a = {x:.4g}", **TIGHT)

    def test_random_graph(self, props, oracle, rng):
        """a random graph of + - * / and minus signs"""
        case = oracle.expression(rng.getrandbits(32), ["add", "sub", "mul", "truediv", "neg"], 10)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)


@exercise("exp_log", points=4, cpu=1.0, answers=("Value.exp", "Value.log"), needs=("add_mul",))
class TestExpLog:
    """The exponential function and the natural logarithm."""

    def test_exp(self, learner, props):
        """value and slope of e^x, both e^x, at 2, 0.7, 0 and -1.5"""
        for start in (2.0, 0.7, 0.0, -1.5):
            x = learner.Value(start)
            out = x.exp()
            close(out.data, math.exp(start), f"e^x at x = {start:g}", **TIGHT)
            close(props.gradients(out, x), [math.exp(start)], f"slope of e^x at x = {start:g}", **TIGHT)

    def test_log(self, learner, props):
        """value and slope of ln x at 10, 2, 0.25 and 1"""
        for start in (10.0, 2.0, 0.25, 1.0):
            x = learner.Value(start)
            out = x.log()
            close(out.data, math.log(start), f"ln x at x = {start:g}", **TIGHT)
            close(props.gradients(out, x), [1 / start], f"slope of ln x at x = {start:g}", **TIGHT)

    def test_upstream(self, learner, props):
        """what arrives from above is passed on: 3 * e^a and 3 * ln a"""
        a, b = learner.Value(0.5), learner.Value(4.0)
        close(props.gradients(a.exp() * 3, a), [3 * math.exp(0.5)], "slope of 3 * e^a at a = 0.5", **TIGHT)
        close(props.gradients(b.log() * 3, b), [0.75], "slope of 3 * ln a at a = 4", **TIGHT)

    def test_there_and_back(self, learner, props):
        """exp undoes log, and log undoes exp: slope 1 both ways"""
        a, b = learner.Value(0.3), learner.Value(2.5)
        down, up = a.log(), b.exp()
        close([down.data, up.data], [math.log(0.3), math.exp(2.5)], "log(0.3) and exp(2.5)", **TIGHT)
        there, back = down.exp(), up.log()
        close([there.data, back.data], [0.3, 2.5], "exp(log(0.3)) and log(exp(2.5))", **TIGHT)
        close(props.gradients(there, a), [1.0], "slope of exp(log(a))", **TIGHT)
        close(props.gradients(back, b), [1.0], "slope of log(exp(b))", **TIGHT)

    def test_exp_used_twice(self, learner, props):
        """a number that goes into exp twice gets both contributions"""
        a = learner.Value(1.5)
        close(props.gradients(a.exp() + a.exp(), a), [2 * math.exp(1.5)], "slope of e^a + e^a at a = 1.5", **TIGHT)

    def test_log_used_twice(self, learner, props):
        """a number that goes into log twice gets both contributions"""
        a = learner.Value(0.4)
        close(props.gradients(a.log() + a.log(), a), [5.0], "slope of ln a + ln a at a = 0.4", **TIGHT)

    def test_random_graph(self, learner, props, oracle, rng):
        """a random graph of + * exp and log"""
        # By chance, each exp may be followed by a log that undoes it.
        close(learner.Value(0.5).exp().data, math.exp(0.5), "e^x at x = 0.5", **TIGHT)
        case = oracle.expression(rng.getrandbits(32), ["add", "mul", "exp", "log"], 8)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)

    @edge
    def test_far_out(self, learner, props):
        """value and slope of e^x at -700 and 700, and of ln x at 1e-300"""
        for start in (700.0, -700.0):
            x = learner.Value(start)
            out = x.exp()
            close(out.data, math.exp(start), f"e^x at x = {start:g}", **FAR)
            close(props.gradients(out, x), [math.exp(start)], f"slope of e^x at x = {start:g}", **FAR)
        x = learner.Value(1e-300)
        out = x.log()
        close(out.data, math.log(1e-300), "ln x at x = 1e-300", **FAR)
        close(props.gradients(out, x), [1e300], "slope of ln x at x = 1e-300", **FAR)

    @edge
    def test_log_of_nothing(self, learner):
        """the logarithm of 0 and of -1 raises ValueError, it does not give nan"""
        close(learner.Value(5.0).log().data, math.log(5), "ln 5", **TIGHT)
        zero, minus = learner.Value(0.0), learner.Value(-1.0)
        raises(ValueError, lambda: zero.log(), "log of 0")
        raises(ValueError, lambda: minus.log(), "log of -1")

    @edge
    def test_exp_overflows(self, learner):
        """e^1000 raises OverflowError, it does not give inf"""
        close(learner.Value(3.0).exp().data, math.exp(3), "e^3", **TIGHT)
        x = learner.Value(1000.0)
        raises(OverflowError, lambda: x.exp(), "e^1000")

    @edge
    def test_numbers_of_the_forward_pass(self, learner, props):
        """exp and log keep their slopes when a.data changes afterwards"""
        a, b = learner.Value(2.0), learner.Value(0.5)
        exponential, logarithm = a.exp(), b.log()
        a.data, b.data = 3.0, 4.0
        close(props.gradients(exponential, a), [math.exp(2.0)], "slope of e^a as it was", **TIGHT)
        close(props.gradients(logarithm, b), [2.0], "slope of ln b as it was", **TIGHT)


@exercise(
    "tanh_sigmoid",
    points=5,
    cpu=1.0,
    answers=("Value.tanh", "Value.sigmoid"),
    needs=("add_mul", "sub_div", "exp_log"),
)
class TestTanhSigmoid:
    """The two squashers, in the middle and far out."""

    def test_tanh_values(self, learner):
        """tanh from -20 to 20"""
        for x in (0.5, -0.5, 2.0, -2.0, 0.0, 5.0, -5.0, 20.0, -20.0):
            close(learner.Value(x).tanh().data, math.tanh(x), f"tanh({x:g})", **CHAIN)

    def test_sigmoid_values(self, learner):
        """sigmoid from -20 to 20"""
        for x in (0.5, -0.5, 2.0, -2.0, 0.0, 5.0, -5.0, 20.0, -20.0):
            close(learner.Value(x).sigmoid().data, 1 / (1 + math.exp(-x)), f"sigmoid({x:g})", **CHAIN)

    def test_tanh_slopes(self, learner, props):
        """the slope of tanh is one minus the square of the output"""
        for start in (0.7, -0.5, 0.0, 1.9, -2.0):
            x = learner.Value(start)
            close(props.gradients(x.tanh(), x), [math.cosh(start) ** -2], f"slope of tanh at {start:g}", **CHAIN)

    def test_sigmoid_slopes(self, learner, props):
        """the slope of sigmoid is the output times one minus the output"""
        for start in (0.7, -0.5, 0.0, 1.9, -2.0):
            x, s = learner.Value(start), 1 / (1 + math.exp(-start))
            close(props.gradients(x.sigmoid(), x), [s * (1 - s)], f"slope of sigmoid at {start:g}", **CHAIN)

    def test_upstream(self, learner, props):
        """what arrives from above is passed on: 3 * tanh(a) and 3 * sigmoid(a)"""
        a, b = learner.Value(0.5), learner.Value(0.5)
        expected, s = [3 * math.cosh(0.5) ** -2], 1 / (1 + math.exp(-0.5))
        close(props.gradients(a.tanh() * 3, a), expected, "slope of 3 * tanh(a) at a = 0.5", **CHAIN)
        close(props.gradients(b.sigmoid() * 3, b), [3 * s * (1 - s)], "slope of 3 * sigmoid(a) at a = 0.5", **CHAIN)

    def test_tanh_from_exp(self, learner, props):
        """tanh(n) equals (e^2n - 1) / (e^2n + 1), built from your own exp, in value and slope"""
        for start in (-1.2, 0.3, 0.8814):
            n, m = learner.Value(start), learner.Value(start)
            e = (2 * m).exp()
            whole, parts = n.tanh(), (e - 1) / (e + 1)
            close(whole.data, parts.data, f"tanh(n) against its parts at n = {start}", **CHAIN)
            close(props.gradients(whole, n), props.gradients(parts, m), f"slopes at n = {start}", **CHAIN)

    def test_sigmoid_is_symmetric(self, learner, rng):
        """sigmoid(x) + sigmoid(-x) is 1"""
        for x in (0.1, 3.0, rng.uniform(4, 9)):
            total = learner.Value(x).sigmoid().data + learner.Value(-x).sigmoid().data
            close(total, 1.0, f"sigmoid(x) + sigmoid(-x) at x = {x:.4g}", **CHAIN)

    def test_tanh_used_twice(self, learner, props):
        """a number that goes into tanh twice gets both contributions"""
        a = learner.Value(0.4)
        expected = [2 * math.cosh(0.4) ** -2]
        close(props.gradients(a.tanh() + a.tanh(), a), expected, "slope of tanh(a) + tanh(a) at 0.4", **TIGHT)

    def test_sigmoid_used_twice(self, learner, props):
        """a number that goes into sigmoid twice gets both contributions"""
        a = learner.Value(0.4)
        expected, label = [1 / (1 + math.cosh(0.4))], "slope of sigmoid(a) + sigmoid(a) at 0.4"
        close(props.gradients(a.sigmoid() + a.sigmoid(), a), expected, label, **TIGHT)

    def test_random_graph(self, props, oracle, rng):
        """a random graph of + * tanh and sigmoid"""
        case = oracle.expression(rng.getrandbits(32), ["add", "mul", "tanh", "sigmoid"], 8)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)

    @edge
    def test_tanh_far_out(self, learner, props):
        """tanh from -1000 to 1000, without overflow: 1 or -1, and flat"""
        for start in (30.0, -30.0, 355.0, -355.0, 710.0, 1000.0, -1000.0):
            x = learner.Value(start)
            out = x.tanh()
            close(out.data, math.copysign(1, start), f"tanh({start:g})", **CHAIN)
            close(props.gradients(out, x), [0.0], f"slope of tanh at {start:g}", **CHAIN)

    @edge
    def test_sigmoid_far_out(self, learner, props):
        """sigmoid from -1000 to 1000, without overflow: 1 or 0, and flat"""
        for start in (30.0, -30.0, 355.0, -355.0, 710.0, -710.0, 1000.0, -1000.0):
            x = learner.Value(start)
            out = x.sigmoid()
            close(out.data, float(start > 0), f"sigmoid({start:g})", **CHAIN)
            close(props.gradients(out, x), [0.0], f"slope of sigmoid at {start:g}", **CHAIN)

    @edge
    def test_left_tail_of_sigmoid(self, learner):
        """sigmoid is exact in its left tail, where it is tiny and not 0"""
        for x in (-10.0, -20.0, -30.0, -40.0, -100.0, -355.0):
            expected = math.exp(x) / (1 + math.exp(x))
            close(learner.Value(x).sigmoid().data, expected, f"sigmoid({x:g})", **FAR)


@exercise("relu", points=3, cpu=1.0, answers=("Value.relu", "Value.leaky_relu"), needs=("add_mul",))
class TestRelu:
    """The hinge, and the hinge that leaks."""

    def test_relu_values(self, learner):
        """relu at 3, 0.5, -2 and 0"""
        for x, expected in ((3.0, 3.0), (0.5, 0.5), (-2.0, 0.0), (0.0, 0.0)):
            close(learner.Value(x).relu().data, expected, f"relu({x:g})", **TIGHT)

    def test_relu_slopes(self, learner, props):
        """the slope of relu: 1 on the right, 0 on the left"""
        for start, slope in ((3.0, 1.0), (0.5, 1.0), (-2.0, 0.0), (-0.25, 0.0)):
            x = learner.Value(start)
            close(props.gradients(x.relu(), x), [slope], f"slope of relu at {start:g}", **TIGHT)

    def test_dead_unit(self, learner, props):
        """a dead unit stays dead: nothing gets through it from the rest of a chain"""
        a = learner.Value(-2.0)
        out = (a.relu() + 3.0) * (a.relu() + 5.0)
        close(out.data, 15.0, "(relu(a) + 3) * (relu(a) + 5) at a = -2", rtol=0, atol=0)
        close(props.gradients(out, a), [0.0], "its slope at a = -2", rtol=0, atol=0)

    def test_negative_gradients_pass(self, learner, props):
        """a negative gradient passes where the input was positive, and only there"""
        a, b = learner.Value(3.0), learner.Value(-3.0)
        close(props.gradients(a.relu() * -2.6, a), [-2.6], "d(-2.6 * relu(a))/da at a = 3", **TIGHT)
        close(props.gradients(b.relu() * -2.6, b), [0.0], "d(-2.6 * relu(b))/db at b = -3", **TIGHT)

    def test_leaky_values(self, learner):
        """leaky relu at 3, 0.5, -2 and 0, with leaks 0.01 and 0.25"""
        inputs = [learner.Value(x) for x in (3.0, 0.5, -2.0, 0.0)]
        yours = [x.leaky_relu().data for x in inputs]
        close(yours, [3.0, 0.5, -0.02, 0.0], "leaky relu at 3, 0.5, -2, 0", **TIGHT)
        yours = [x.leaky_relu(0.25).data for x in inputs]
        close(yours, [3.0, 0.5, -0.5, 0.0], "leaky relu with leak 0.25 at 3, 0.5, -2, 0", **TIGHT)
        yours = [x.leaky_relu().data for x in inputs]
        close(yours, [3.0, 0.5, -0.02, 0.0], "leaky relu without a word once more", **TIGHT)

    def test_leaky_slopes(self, learner, props):
        """the slope of leaky relu: 1 on the right, the leak on the left"""
        for start, slope in ((3.0, 1.0), (-2.0, 0.01)):
            x = learner.Value(start)
            close(props.gradients(x.leaky_relu(), x), [slope], f"slope of leaky relu at {start:g}", **TIGHT)
        x = learner.Value(-2.0)
        close(props.gradients(x.leaky_relu(0.25) * -3.0, x), [-0.75], "d(-3 * leaky_relu(x, 0.25))/dx at -2", **TIGHT)

    def test_relu_used_twice(self, learner, props):
        """a number that goes into relu twice gets both contributions"""
        a, b = learner.Value(3.0), learner.Value(-3.0)
        out = a.relu() * 1.7 * 1.3 + a.relu() * 2.6 * 0.7 + b.relu()
        label = "slopes of 1.7 * 1.3 * relu(a) + 2.6 * 0.7 * relu(a) + relu(b) at a = 3, b = -3"
        close(props.gradients(out, a, b), [4.03, 0.0], label, **TIGHT)

    def test_leaky_used_twice(self, learner, props):
        """a number that goes into leaky relu twice gets both contributions"""
        a = learner.Value(-3.0)
        out = a.leaky_relu() + a.leaky_relu()
        close(props.gradients(out, a), [0.02], "slope of leaky_relu(a) + leaky_relu(a) at a = -3", **TIGHT)

    def test_random_graph(self, props, oracle, rng):
        """a random graph of + * relu and leaky relu"""
        case = oracle.expression(rng.getrandbits(32), ["add", "mul", "relu", "leaky_relu"], 8)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)

    @edge
    def test_slope_at_zero(self, learner, props):
        """at exactly 0 the slope is that of the left side: 0, or the leak"""
        for start in (0.0, -0.0):
            x, y = learner.Value(start), learner.Value(start)
            close(props.gradients(x.relu() * 1.7, x), [0.0], f"slope of 1.7 * relu at {start}", **TIGHT)
            close(props.gradients(y.leaky_relu(), y), [0.01], f"slope of leaky relu at {start}", **TIGHT)

    @edge
    def test_next_to_zero(self, learner, props):
        """the smallest step from 0 decides: 1e-300 and -1e-300"""
        for start, slope in ((1e-300, 1.0), (-1e-300, 0.0)):
            x = learner.Value(start)
            out = x.relu()
            close(out.data, slope * start, f"relu({start:g})", **FAR)
            close(props.gradients(out, x), [slope], f"slope of relu at {start:g}", **FAR)


# Ordinary numbers first, then out to the ends. (1 + erf) and (1 + tanh) cancel on the left: what is left of them
# carries an absolute error of 1e-16.
GRID = sorted((step / 2 for step in range(-12, 13)), key=lambda x: (abs(x - 1), x))


@exercise("gelu", points=5, cpu=1.0, answers=("Value.gelu",), needs=("add_mul",))
class TestGelu:
    """GELU in both variants, with the slope of the very formula."""

    def test_tanh_values(self, learner, oracle):
        """the tanh variant from -6 to 6"""
        expected = [oracle.run([["y", "gelu", "x", "tanh"]], {"x": x})[0] for x in GRID]
        close([learner.Value(x).gelu("tanh").data for x in GRID], expected, "gelu(x, 'tanh') on a grid", **CHAIN)

    def test_tanh_slopes(self, learner, props, oracle):
        """the slope of the tanh variant from -6 to 6"""
        for start in GRID:
            x = learner.Value(start)
            expected = oracle.run([["y", "gelu", "x", "tanh"]], {"x": start})[1]["x"]
            close(props.gradients(x.gelu("tanh"), x), [expected], f"slope of gelu(x, 'tanh') at {start:g}", **CHAIN)

    def test_exact_values(self, learner, oracle):
        """the exact variant from -6 to 6"""
        expected = [oracle.run([["y", "gelu", "x", "none"]], {"x": x})[0] for x in GRID]
        close([learner.Value(x).gelu("none").data for x in GRID], expected, "gelu(x, 'none') on a grid", **CHAIN)

    def test_exact_slopes(self, learner, props, oracle):
        """the slope of the exact variant from -6 to 6"""
        for start in GRID:
            x = learner.Value(start)
            expected = oracle.run([["y", "gelu", "x", "none"]], {"x": start})[1]["x"]
            close(props.gradients(x.gelu("none"), x), [expected], f"slope of gelu(x, 'none') at {start:g}", **CHAIN)

    def test_upstream(self, learner, props, oracle):
        """what arrives from above is passed on: 3 * gelu(a)"""
        for variant in ("tanh", "none"):
            a = learner.Value(0.7)
            expected = 3 * oracle.run([["b", "gelu", "a", variant]], {"a": 0.7})[1]["a"]
            close(
                props.gradients(a.gelu(variant) * 3, a),
                [expected],
                f"slope of 3 * gelu(a, {variant!r}) at 0.7",
                **CHAIN,
            )

    def test_slope_fits_the_value(self, learner, props, oracle, rng):
        """your slope is the slope of your own gelu, measured"""
        starts = [rng.uniform(-3, 3) for _ in range(8)]
        for variant in ("tanh", "none"):
            leaves = [learner.Value(start) for start in starts]
            outs = [leaf.gelu(variant) for leaf in leaves]
            exact = [oracle.run([["y", "gelu", "x", variant]], {"x": start})[0] for start in starts]
            close([out.data for out in outs], exact, f"gelu(x, {variant!r})", **CHAIN)
            yours = [props.gradients(out, leaf)[0] for out, leaf in zip(outs, leaves, strict=True)]
            measured = props.measured_slopes("gelu", [variant], starts)
            close(yours, measured, f"slopes of gelu(x, {variant!r}) against measured ones", rtol=1e-5, atol=1e-7)

    @edge
    def test_far_out(self, learner, props):
        """at -50 and 50, without overflow: 0 with slope 0, and x with slope 1"""
        for variant in ("tanh", "none"):
            for start, slope in ((-50.0, 0.0), (50.0, 1.0)):
                x = learner.Value(start)
                out = x.gelu(variant)
                close(out.data, slope * start, f"gelu({start:g}, {variant!r})", **CHAIN)
                close(props.gradients(out, x), [slope], f"slope of gelu(x, {variant!r}) at {start:g}", **CHAIN)

    def test_at_zero(self, learner, props):
        """gelu(0) is 0 with slope 1/2"""
        for variant in ("tanh", "none"):
            x = learner.Value(0.0)
            out = x.gelu(variant)
            close(out.data, 0.0, f"gelu(0, {variant!r})", **CHAIN)
            close(props.gradients(out, x), [0.5], f"slope of gelu(x, {variant!r}) at 0", **CHAIN)

    def test_default_is_tanh(self, learner, oracle):
        """without a word it is the tanh variant, also after a call with another one"""
        tanh, exact = (oracle.run([["y", "gelu", "x", word]], {"x": 1.7})[0] for word in ("tanh", "none"))
        x = learner.Value(1.7)
        close([x.gelu().data, x.gelu(approximate="tanh").data], [tanh] * 2, "gelu(1.7) and gelu(1.7, 'tanh')", **CHAIN)
        close([x.gelu("none").data, x.gelu().data], [exact, tanh], "gelu(1.7, 'none') and gelu(1.7)", **CHAIN)

    @edge
    def test_other_words(self, learner):
        """any other word raises ValueError"""
        x = learner.Value(1.0)
        close(x.gelu("none").data, (1 + math.erf(math.sqrt(0.5))) / 2, "gelu(1, 'none')", **CHAIN)
        raises(ValueError, lambda: x.gelu("sigmoid"), "gelu with approximate='sigmoid'")

    def test_used_twice(self, learner, props, oracle):
        """a number that goes in twice gets both contributions"""
        for variant in ("tanh", "none"):
            a = learner.Value(-0.4)
            expected = 2 * oracle.run([["b", "gelu", "a", variant]], {"a": -0.4})[1]["a"]
            out = a.gelu(variant) + a.gelu(variant)
            close(props.gradients(out, a), [expected], f"slope of gelu(a, {variant!r}) twice, at -0.4", **CHAIN)

    def test_random_graph(self, props, oracle, rng):
        """a random graph of + * and gelu"""
        case = oracle.expression(rng.getrandbits(32), ["add", "mul", "gelu"], 7, 10.0)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)


# Helpers of the exercises from topological_order on


def require_order(found, graph):
    """Require each node of a small graph once, operands before results.

    graph: name -> (node, names of its operands).
    """
    assert isinstance(found, list), "topological_order must return a list."
    names = {id(node): name for name, (node, _) in graph.items()}
    listed = [names.get(id(node), "a stranger") for node in found]
    said = f"The list was: {', '.join(listed)}."
    assert len(listed) == len(graph), f"The graph has {len(graph)} nodes, the list {len(listed)}. {said}"
    for name, (_, operands) in graph.items():
        assert name in listed, f"{name} is not in the list. {said}"
        for operand in operands.split():
            assert listed.index(operand) < listed.index(name), f"{name} stands before its operand {operand}. {said}"


def require_sorted(answer, leaves, lefts, rights):
    """Require the same of a large graph of sums, in what the props' `order` says about it."""
    operands = [()] * leaves + list(zip(lefts, rights, strict=True))
    needed, stack = set(), [len(operands) - 1]
    while stack:
        node = stack.pop()
        if node not in needed:
            needed.add(node)
            stack += operands[node]
    count, listed = answer
    same(count, len(needed), "length of the list, in a graph of so many nodes")
    place = {node: i for i, node in enumerate(listed)}
    assert needed == set(place), (
        "The list lacks a node, and holds another twice, or one that the root was not made from."
    )
    early = [node for node in listed if any(place[operand] > place[node] for operand in operands[node])]
    assert not early, f"{len(early)} of {count} nodes stand before one of their operands."


def layers(rng, depth, width):
    """Draw a graph of sums in which nearly every node is used twice: `depth` layers of so many nodes, and a root.

    Returns leaves, lefts, rights. Every path from the root is shorter than Python's recursion limit.
    """
    lefts, rights = [], []
    for layer in range(1, depth):
        first = layer * width
        lefts += range(first - width, first)
        rights += [rng.randrange(first) for _ in range(width)]
    ends = list(range((depth - 1) * width, depth * width))
    while len(ends) > 1:  # join the last layer in pairs
        lefts.append(ends.pop(0))
        rights.append(ends.pop(0))
        ends.append(width + len(lefts) - 1)
    return width, lefts, rights


PRODUCTS = 12  # a set gives its members in an order that nobody chose: once in a while it is the right one


def require_lines(text, expected):
    """Require a text, line by line."""
    assert isinstance(text, str), "format_graph must return a str."
    same(text.split("\n"), expected, "lines of the text")


def give(module, numbers):
    """Write numbers into the parameters of a neuron, layer or network, in their order."""
    parameters = module.parameters()
    same(len(parameters), len(numbers), "number of parameters")
    for parameter, number in zip(parameters, numbers, strict=True):
        parameter.data = number


def taken(module):
    """Return what the parameters hold, and ask for their gradients.

    Only the numbers are judged. The gradients tell apart two mistakes that leave the numbers alike.
    """
    parameters = module.parameters()
    _ = [parameter.grad for parameter in parameters]
    return [parameter.data for parameter in parameters]


def network(learner, sizes, numbers):
    """Make an MLP with these parameters; sizes: the number of inputs, then of each layer's neurons."""
    model = learner.MLP(sizes[0], sizes[1:])
    give(model, numbers)
    return model


# Where the biases of MLP(3, [4, 1]) stand among its parameters.
BIASES = (3, 7, 11, 15, 20)


def falling(first, steps):
    """Return the schedule of the lecture: from `first` down to a tenth of it, in a straight line."""
    return lambda k: first * (1 - 0.9 * k / steps)


def samples(rng, count):
    """Draw points of the plane, and labels +1 and -1 by turns."""
    points = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(count)]
    return points, [1 - 2 * (i % 2) for i in range(count)]


@exercise("topological_order", points=6, cpu=3.0, answers=("topological_order",), needs=("add_mul",))
class TestTopologicalOrder:
    """Every node that the root was made from, once, operands before results; at any depth, in linear time."""

    def test_single_node(self, learner):
        """a leaf alone is the whole list"""
        a = learner.Value(1.0)
        require_order(learner.topological_order(a), {"a": (a, "")})

    def test_node_used_twice(self, learner):
        """in a + a the node a stands once"""
        a = learner.Value(2.0)
        b = a + a
        require_order(learner.topological_order(b), {"a": (a, ""), "b": (b, "a")})

    def test_diamond(self, learner):
        """a diamond: b and c are made from a, and d from both"""
        a, k = learner.Value(2.0), learner.Value(3.0)
        b, c = a + k, a * k
        d = b * c
        graph = {"a": (a, ""), "k": (k, ""), "b": (b, "a k"), "c": (c, "a k"), "d": (d, "b c")}
        require_order(learner.topological_order(d), graph)

    def test_paths_of_different_length(self, learner):
        """a leaf that the root uses directly and through two others"""
        a, b, c = learner.Value(2.0), learner.Value(3.0), learner.Value(5.0)
        d = b * a
        e = d + c
        f = a * e
        graph = {"a": (a, ""), "b": (b, ""), "c": (c, ""), "d": (d, "b a"), "e": (e, "d c"), "f": (f, "a e")}
        require_order(learner.topological_order(f), graph)

    def test_inner_node(self, learner):
        """from an inner node the list holds what it was made from, and nothing of what is made from it"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        c = a * b
        d = c + a
        require_order(learner.topological_order(c), {"a": (a, ""), "b": (b, ""), "c": (c, "a b")})
        require_order(learner.topological_order(d), {"a": (a, ""), "b": (b, ""), "c": (c, "a b"), "d": (d, "c a")})

    def test_equal_numbers(self, learner):
        """two nodes that hold the same number are two nodes"""
        a, b = learner.Value(1.0), learner.Value(1.0)
        c, d = a + b, b + a
        e = c * d
        graph = {"a": (a, ""), "b": (b, ""), "c": (c, "a b"), "d": (d, "a b"), "e": (e, "c d")}
        require_order(learner.topological_order(e), graph)

    def test_random_graph(self, props, rng):
        """a random graph in which nearly every node is used several times"""
        graph = layers(rng, 6, 5)
        require_sorted(props.order(*graph), *graph)

    def test_ladder(self, props):
        """thirty times a = a + a: 31 nodes, although there are a billion paths"""
        graph = (1, list(range(30)), list(range(30)))
        require_sorted(props.order(*graph), *graph)

    @edge
    def test_linear_time(self, props, rng):
        """50,000 nodes are put in order within the time allowed"""
        graph = layers(rng, 100, 500)
        require_sorted(props.order(*graph), *graph)

    @edge
    def test_deep(self, props):
        """10,000 sums one after another, far deeper than Python's recursion limit"""
        graph = (1, list(range(10_000)), [0] * 10_000)
        require_sorted(props.order(*graph), *graph)


@exercise(
    "backward",
    points=10,
    cpu=3.0,
    answers=("Value.backward",),
    needs=("add_mul", "topological_order"),
)
class TestBackward:
    """One sweep fills in every gradient: leaves add up, nodes in between start afresh, the root is 1.

    Graphs of sums and products are enough: what a sweep does has nothing to do with the operation.
    """

    def test_leaf(self, learner):
        """a leaf that is the root itself has the gradient 1"""
        a = learner.Value(5.0)
        a.backward()
        close(a.grad, 1.0, "a.grad", **TIGHT)

    def test_doubled_twice(self, learner):
        """b = a + a, c = b + b: the gradient of a is 4"""
        a = learner.Value(3.0)
        b = a + a
        c = b + b
        c.backward()
        close([c.grad, b.grad, a.grad], [1.0, 2.0, 4.0], "gradients of c, b, a", **TIGHT)

    def test_two_branches(self, learner):
        """e = a + b and f = a * b meet in e * f"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        e, f = a + b, a * b
        (e * f).backward()
        close([e.grad, f.grad], [6.0, 5.0], "gradients of e, f", **TIGHT)
        close([a.grad, b.grad], [21.0, 16.0], "gradients of a, b", **TIGHT)

    def test_paths_of_different_length(self, learner):
        """a node waits until all its users have reported: d is used by e and, later, by f"""
        a, b = learner.Value(2.0), learner.Value(-3.0)
        d = a * b
        e = d * a
        (d + e).backward()
        close(d.grad, 3.0, "gradient of d = a*b in d + d*a", **TIGHT)
        close([a.grad, b.grad], [-15.0, 6.0], "gradients of a, b", **TIGHT)

    def test_inner_node(self, learner):
        """from an inner node, what it was not made from is left alone"""
        a, b, k = learner.Value(2.0), learner.Value(3.0), learner.Value(7.0)
        c = a * b
        d = c * k
        c.backward()
        close([a.grad, b.grad, c.grad], [3.0, 2.0, 1.0], "gradients of a, b, c after c.backward()", **TIGHT)
        close([d.grad, k.grad], [0.0, 0.0], "gradients of d = c*k and of k after c.backward()", **TIGHT)

    def test_second_graph(self, learner, rng):
        """a second graph over the same leaves adds to their gradients"""
        x, y = rng.uniform(1, 2), rng.uniform(3, 4)
        a, b = learner.Value(x), learner.Value(y)
        (a * b).backward()
        (a * a + b).backward()
        close([a.grad, b.grad], [y + 2 * x, x + 1], "gradients of a, b after two graphs", **TIGHT)

    def test_after_zeroing(self, learner):
        """after the leaves are set to 0, a new graph gives its own gradients"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        (a * b).backward()
        a.grad = b.grad = 0.0
        (a * a * b).backward()
        close([a.grad, b.grad], [12.0, 4.0], "gradients of a, b in a*a*b", **TIGHT)

    @edge
    def test_twice(self, learner):
        """twice on one graph: leaves have exactly twice the gradient, nodes in between the same as once"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        c = a * b
        d = c * a
        d.backward()
        d.backward()
        close([a.grad, b.grad], [24.0, 8.0], "gradients of the leaves a, b after two calls", **TIGHT)
        close([c.grad, d.grad], [2.0, 1.0], "gradients of c, d after two calls", **TIGHT)

    @edge
    def test_root_held_something(self, learner):
        """the root's gradient becomes 1, whatever it held"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        c = a * b
        c.grad = 5.0
        c.backward()
        close([c.grad, a.grad, b.grad], [1.0, 3.0, 2.0], "gradients of c = a*b, a, b where c.grad was 5", **TIGHT)
        leaf = learner.Value(5.0)
        leaf.backward()
        leaf.backward()
        close(leaf.grad, 1.0, "gradient of a leaf that was the root itself, twice", **TIGHT)

    @edge
    def test_from_inside_out(self, learner):
        """a root that becomes an inner node of a larger graph forgets its own sweep"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        c = a * b
        c.backward()
        (c * c).backward()
        close(c.grad, 12.0, "gradient of c in c*c, after c.backward()", **TIGHT)
        close([a.grad, b.grad], [39.0, 26.0], "gradients of a, b after both sweeps", **TIGHT)

    @weight(2)
    def test_random_graphs(self, props, oracle, rng):
        """random graphs of + and *, in which nodes are used again and again"""
        for size in (6, 9, 12):
            case = oracle.expression(rng.getrandbits(32), ["add", "mul"], size)
            close(props.backward(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)

    def test_ladder(self, learner):
        """twenty times x = x + x: a million paths, one sweep"""
        a = x = learner.Value(1.0)
        for _ in range(20):
            x = x + x
        x.backward()
        close(a.grad, 2.0**20, "gradient of a", **TIGHT)

    @edge
    def test_deep(self, props):
        """10,000 terms added one by one, far deeper than Python's recursion limit"""
        x, total = props.long_sum(10_000)
        total.backward()
        close(x.grad, 10_000.0, "gradient of x in x + x + ... + x", **TIGHT)


@exercise("format_graph", points=4, cpu=1.0, answers=("format_graph",), needs=("add_mul",))
class TestFormatGraph:
    """The graph as text: one line for each node, numbered breadth first from the root."""

    def test_leaf(self, learner):
        """a leaf alone is one line"""
        require_lines(learner.format_graph(learner.Value(3)), ["0: leaf data=3.0000 grad=0.0000"])

    def test_product(self, learner, props):
        """e = a * b with labels: the root, then its operands from left to right"""
        expected = [
            "0: * data=-6.0000 grad=0.0000 label=e <- 1 2",
            "1: leaf data=2.0000 grad=0.0000 label=a",
            "2: leaf data=-3.0000 grad=0.0000 label=b",
        ]
        for _ in range(PRODUCTS):
            a, b = learner.Value(2.0, label="a"), learner.Value(-3.0, label="b")
            e = a * b
            e.label = "e"
            text = learner.format_graph(e)
            turned = text != "\n".join(expected) and props.held_in_a_set(e)
            assert not turned, (
                "(a * b)._prev is a set, which keeps no order: format_graph cannot know which operand is on the left. "
                "A tuple keeps it."
            )
            require_lines(text, expected)

    def test_product_plus(self, learner):
        """d = a * b + c, with gradients, and no label on a * b"""
        a, b, c = learner.Value(2.0, label="a"), learner.Value(-3.0, label="b"), learner.Value(10.0, label="c")
        e = a * b
        d = e + c
        d.label = "d"
        a.grad, b.grad, c.grad, d.grad, e.grad = -3.0, 2.0, 1.0, 1.0, 1.0
        expected = [
            "0: + data=4.0000 grad=1.0000 label=d <- 1 2",
            "1: * data=-6.0000 grad=1.0000 <- 3 4",
            "2: leaf data=10.0000 grad=1.0000 label=c",
            "3: leaf data=2.0000 grad=-3.0000 label=a",
            "4: leaf data=-3.0000 grad=2.0000 label=b",
        ]
        require_lines(learner.format_graph(d), expected)

    def test_breadth_first(self, learner):
        """all operands of one floor are numbered before those of the next: L = (a + b) * (c + b)"""
        a, b, c = learner.Value(1.25, label="a"), learner.Value(0.5, label="b"), learner.Value(2.0, label="c")
        loss = (a + b) * (c + b)
        loss.label = "L"
        expected = [
            "0: * data=4.3750 grad=0.0000 label=L <- 1 2",
            "1: + data=1.7500 grad=0.0000 <- 3 4",
            "2: + data=2.5000 grad=0.0000 <- 5 4",
            "3: leaf data=1.2500 grad=0.0000 label=a",
            "4: leaf data=0.5000 grad=0.0000 label=b",
            "5: leaf data=2.0000 grad=0.0000 label=c",
        ]
        require_lines(learner.format_graph(loss), expected)

    def test_shared(self, learner):
        """a node that is used twice has one line, and its number stands twice behind the arrow"""
        a = learner.Value(2.0, label="a")
        b = a + a
        expected = [
            "0: * data=8.0000 grad=0.0000 <- 1 2",
            "1: + data=4.0000 grad=0.0000 <- 2 2",
            "2: leaf data=2.0000 grad=0.0000 label=a",
        ]
        require_lines(learner.format_graph(b * a), expected)

    @edge
    def test_four_decimals(self, learner):
        """four decimals, as Python's own .4f writes them: for -0.0, 1e-9, 12345.67891 and infinity, too"""
        a, b = learner.Value(-0.0), learner.Value(float("inf"))
        a.grad, b.grad = 1e-9, 12345.67891
        expected = [
            "0: + data=inf grad=0.0000 <- 1 2",
            "1: leaf data=-0.0000 grad=0.0000",
            "2: leaf data=inf grad=12345.6789",
        ]
        require_lines(learner.format_graph(a + b), expected)

    @edge
    def test_cut(self, learner):
        """more nodes than max_nodes: the first ones, then a line that counts those left out"""
        a, b, c = learner.Value(1.0), learner.Value(2.0), learner.Value(3.0)
        root = a * b + c
        lines = ["0: + data=5.0000 grad=0.0000 <- 1 2", "1: * data=2.0000 grad=0.0000 <- 3 4"]
        require_lines(learner.format_graph(root, 2), [*lines, "... 3 more"])
        require_lines(learner.format_graph(root, max_nodes=1), [lines[0], "... 4 more"])

    @edge
    def test_other_operations(self, learner, props, rng):
        """what any other operation made is no leaf: it has a short name and an arrow"""
        require_lines(learner.format_graph(learner.Value(1.5)), ["0: leaf data=1.5000 grad=0.0000"])
        # Operations that are not written yet are left out.
        for name, line in props.first_lines(rng.uniform(1, 2)).items():
            assert re.match(r"0: (?!leaf )\S.* data=.* <- \d", line), (
                f"The line of {name} is {line!r}. It was made from operands, so it has a name, which is not `leaf`, "
                "and an arrow."
            )

    @edge
    def test_just_fits(self, learner):
        """as many nodes as max_nodes: all of them, and no line more"""
        a = learner.Value(1.0)
        expected = ["0: + data=2.0000 grad=0.0000 <- 1 1", "1: leaf data=1.0000 grad=0.0000"]
        require_lines(learner.format_graph(a + a, 2), expected)

    def test_random_graph(self, props, oracle, rng):
        """a random graph in which nodes are used several times"""
        graph = layers(rng, 3, 4)
        require_lines(props.drawing(*graph), oracle.drawing(*graph).split("\n"))

    def test_ladder(self, learner):
        """twenty times a = a + a: 21 lines, although there are a million paths"""
        a = learner.Value(1.0)
        for _ in range(20):
            a = a + a
        expected = [f"{i}: + data={2 ** (20 - i)}.0000 grad=0.0000 <- {i + 1} {i + 1}" for i in range(20)]
        require_lines(learner.format_graph(a), [*expected, "20: leaf data=1.0000 grad=0.0000"])

    @edge
    def test_deep(self, learner, props):
        """10,000 terms added one by one: 200 lines, the rest counted, no recursion"""
        _, total = props.long_sum(10_000)
        expected = [f"{i}: + data={10_001 - i}.0000 grad=0.0000 <- {i + 1} 2" for i in range(200)]
        expected[:3] = [
            "0: + data=10000.0000 grad=0.0000 <- 1 2",
            "1: + data=9999.0000 grad=0.0000 <- 3 2",
            "2: leaf data=1.0000 grad=0.0000",
        ]
        require_lines(learner.format_graph(total), [*expected, "... 9800 more"])


@exercise(
    "mlp",
    points=8,
    cpu=2.0,
    answers=(
        "Module.zero_grad",
        "Neuron.__init__",
        "Neuron.__call__",
        "Neuron.parameters",
        "Layer.__init__",
        "Layer.__call__",
        "Layer.parameters",
        "MLP.__init__",
        "MLP.__call__",
        "MLP.parameters",
    ),
    needs=("add_mul", "tanh_sigmoid", "backward"),
)
class TestMLP:
    """Neurons, layers and networks of Values: what they give, what they own, and how they start."""

    def test_flat_list(self, learner, props):
        """MLP(3, [4, 4, 1]) has 41 parameters, in one flat list of Values"""
        parameters = learner.MLP(3, [4, 4, 1]).parameters()
        assert isinstance(parameters, list), "parameters() must return a list."
        same(len(parameters), 41, "number of parameters of MLP(3, [4, 4, 1])")
        strangers = [parameter for parameter in parameters if not props.is_value(parameter)]
        assert not strangers, f"{len(strangers)} of the {len(parameters)} entries of the list are not Values."

    def test_distinct(self, learner):
        """every parameter is a Value of its own"""
        parameters = learner.MLP(3, [4, 1]).parameters()
        same(len({id(parameter) for parameter in parameters}), 21, "number of different objects among 21 parameters")

    def test_same_order(self, learner):
        """parameters() gives the same objects in the same order each time"""
        model = learner.MLP(2, [3, 1])
        same(len(model.parameters()), 13, "number of parameters of MLP(2, [3, 1])")
        pairs = list(zip(model.parameters(), model.parameters(), strict=True))
        moved = [i for i, (first, second) in enumerate(pairs) if first is not second]
        assert not moved, f"Parameter {moved[0]} is another object in the second call."

    def test_neuron(self, learner, rng):
        """a neuron is tanh(w0*x0 + w1*x1 + b); its parameters are w0, w1, b"""
        w0, w1, b, x0, x1 = (rng.uniform(-1, 1) for _ in range(5))
        neuron = learner.Neuron(2)
        give(neuron, [w0, w1, b])
        close(neuron([x0, x1]).data, math.tanh(w0 * x0 + w1 * x1 + b), "neuron([x0, x1])", **CHAIN)

    def test_linear_neuron(self, learner):
        """with nonlin=False it is w0*x0 + w1*x1 + b and leaves [-1, 1]"""
        neuron = learner.Neuron(2, nonlin=False)
        give(neuron, [2.0, -3.0, 5.0])
        close(neuron([4.0, 1.0]).data, 10.0, "neuron([4, 1]) with w = [2, -3], b = 5", **TIGHT)

    def test_one_input(self, learner):
        """a neuron of one input has one weight and a bias"""
        neuron = learner.Neuron(1, nonlin=False)
        give(neuron, [2.0, 0.5])
        close(neuron([3.0]).data, 6.5, "neuron([3]) with w = [2], b = 0.5", **TIGHT)

    @edge
    def test_wrong_length(self, learner):
        """one input too few or too many raises ValueError"""
        neuron, model = learner.Neuron(2, nonlin=False), learner.MLP(2, [3, 1])
        give(neuron, [2.0, -3.0, 0.5])
        close(neuron([1.0, 2.0]).data, -3.5, "neuron([1, 2]) with w = [2, -3], b = 0.5", **TIGHT)
        raises(ValueError, lambda: neuron([1.0]), "one input for a neuron of two")
        raises(ValueError, lambda: neuron([1.0, 2.0, 3.0]), "three inputs for a neuron of two")
        raises(ValueError, lambda: model([1.0]), "one input for an MLP of two")

    def test_layer(self, learner, props):
        """a layer returns a list, neuron by neuron; a layer of one neuron returns its Value"""
        layer, single = learner.Layer(1, 2, nonlin=False), learner.Layer(2, 1)
        give(layer, [2.0, 0.5, -1.0, 4.0])
        out = layer([3.0])
        assert isinstance(out, list), "A layer of two neurons must return a list."
        close(
            [value.data for value in out], [6.5, 1.0], "layer([3]) with w = [2], b = 0.5 and w = [-1], b = 4", **TIGHT
        )
        assert props.is_value(single([1.0, 2.0])), "A layer of one neuron must return a Value, not a list."

    def test_linear_output(self, learner):
        """the last layer of an MLP has no tanh: its score leaves [-1, 1]"""
        model = network(learner, [1, 2, 1], [30.0, 0.0, 30.0, 0.0, 5.0, 4.0, 1.0])
        close(model([1.0]).data, 10.0, "score of an MLP that adds 5, 4 and 1", **CHAIN)

    def test_network(self, learner, oracle, rng):
        """the outputs of MLP(3, [4, 5, 2]) with parameters and inputs drawn at random"""
        sizes, x = [3, 4, 5, 2], [rng.uniform(-1, 1) for _ in range(3)]
        numbers = [rng.uniform(-1, 1) for _ in range(53)]
        outputs = network(learner, sizes, numbers)(x)
        assert isinstance(outputs, list), "An MLP with two outputs must return a list."
        close([out.data for out in outputs], oracle.network(sizes, numbers, x), "outputs of the network", **CHAIN)

    @edge
    def test_narrow_network(self, learner, oracle, rng):
        """a layer of one neuron may stand in the middle: MLP(2, [1, 3])"""
        sizes, x = [2, 1, 3], [rng.uniform(-1, 1) for _ in range(2)]
        numbers = [rng.uniform(-1, 1) for _ in range(9)]
        outputs = network(learner, sizes, numbers)(x)
        close([out.data for out in outputs], oracle.network(sizes, numbers, x), "outputs of the network", **CHAIN)

    def test_gradients(self, learner, oracle, rng):
        """the gradient of every weight and every bias"""
        sizes, x = [3, 4, 2], [rng.uniform(-1, 1) for _ in range(3)]
        numbers, shares = [rng.uniform(-1, 1) for _ in range(26)], [rng.uniform(1, 2), rng.uniform(-2, -1)]
        model = network(learner, sizes, numbers)
        first, second = model(x)
        (first * shares[0] + second * shares[1]).backward()
        slopes = oracle.network_slopes(sizes, numbers, [x], shares)
        close([parameter.grad for parameter in model.parameters()], slopes, "gradients of the parameters", **CHAIN)

    def test_inputs_are_values(self, learner):
        """inputs may be Values, and gradients reach them"""
        model = network(learner, [2, 1], [2.0, -3.0, 1.0])
        x = [learner.Value(0.5), learner.Value(1.5)]
        model(x).backward()
        close([value.grad for value in x], [2.0, -3.0], "gradients of the inputs of 2*x0 - 3*x1 + 1", **TIGHT)

    def test_samples_add_up(self, learner, oracle, rng):
        """gradients of several samples add up in the parameters"""
        xs, numbers = samples(rng, 3)[0], [rng.uniform(-1, 1) for _ in range(13)]
        model = network(learner, [2, 3, 1], numbers)
        for x in xs:
            model(x).backward()
        slopes = oracle.network_slopes([2, 3, 1], numbers, xs, [1.0])
        close([parameter.grad for parameter in model.parameters()], slopes, "gradients after three samples", **CHAIN)

    def test_zero_grad(self, learner):
        """zero_grad sets the gradient of every parameter to 0, of a neuron, a layer and an MLP"""
        for module, count in ((learner.Neuron(2), 3), (learner.Layer(2, 2), 6), (learner.MLP(2, [2, 1]), 9)):
            same(len(module.parameters()), count, "number of parameters")
            for parameter in module.parameters():
                parameter.data, parameter.grad = 2.0, 3.0
            module.zero_grad()
            numbers = [parameter.data for parameter in module.parameters()]
            grads = [parameter.grad for parameter in module.parameters()]
            close(grads, [0.0] * len(grads), "gradients after zero_grad()", **TIGHT)
            close(numbers, [2.0] * len(numbers), "numbers of the parameters after zero_grad()", **TIGHT)

    def test_starts_at_random(self, props, rng):
        """weights start between -1 and 1, no two alike"""
        model = props.seeded("MLP", rng.getrandbits(32), 3, [4, 1])
        numbers = [parameter.data for parameter in model.parameters()]
        same(len(numbers), 21, "number of parameters of MLP(3, [4, 1])")
        weights = [number for i, number in enumerate(numbers) if i not in BIASES]
        assert all(-1 <= number <= 1 for number in weights), "A weight of a new network is not between -1 and 1."
        same(len(set(weights)), 16, "number of different weights among 16")

    @edge
    def test_biases_start_at_zero(self, props, rng):
        """biases start at 0"""
        model = props.seeded("MLP", rng.getrandbits(32), 3, [4, 1])
        numbers = [parameter.data for parameter in model.parameters()]
        same(len(numbers), 21, "number of parameters of MLP(3, [4, 1])")
        close([numbers[i] for i in BIASES], [0.0] * 5, "biases of a new network", **TIGHT)

    @edge
    def test_draws(self, props, rng):
        """the weights of a neuron are what rng.uniform(-1, 1) gave"""
        seed = rng.getrandbits(32)
        weights = sorted(parameter.data for parameter in props.seeded("Neuron", seed, 5).parameters()[:5])
        given = random.Random(seed)  # noqa: S311 (no secret)
        expected = sorted(given.uniform(-1, 1) for _ in range(5))
        close(weights, expected, "the weights of a new neuron, from the smallest to the greatest", **TIGHT)

    @edge
    def test_seed(self, props, rng):
        """generators with the same seed give the same network, with other seeds another"""
        seed = rng.getrandbits(32)
        for name, sizes in (("Neuron", (3,)), ("Layer", (2, 3)), ("MLP", (2, [3, 1]))):
            one, two, other = (
                [parameter.data for parameter in props.seeded(name, number, *sizes).parameters()]
                for number in (seed, seed, seed + 1)
            )
            close(two, one, f"parameters of a second {name} with the same seed", rtol=0, atol=0)
            assert one != other, f"Two generators with different seeds gave the same {name}."

    def test_two_networks(self, learner, props):
        """two networks share no parameter"""
        one, two = learner.MLP(2, [2, 1]), learner.MLP(2, [2, 1])
        shared = {id(p) for p in one.parameters()} & {id(p) for p in two.parameters()}
        assert not shared, f"{len(shared)} parameters of one network belong to another network as well."
        assert not props.alike(one, two), "Two networks made without an rng start alike."


@exercise(
    "train",
    points=12,
    cpu=10.0,
    answers=("hinge_loss", "mse_loss", "train_classifier"),
    needs=("add_mul", "sub_div", "pow", "relu", "backward", "mlp"),
)
class TestTrain:
    """Two losses, and the loop that walks down the first: forward, zero, backward, step."""

    def test_hinge(self, learner, rng):
        """the hinge loss of five samples is the mean of what is missing to a margin of 1"""
        numbers, ys = [-2.0, -0.25, 0.5, 1.5, 3.0], [1, 1, -1, -1, 1]
        numbers = [number + rng.uniform(-0.2, 0.2) for number in numbers]
        scores = [learner.Value(number) for number in numbers]
        loss = learner.hinge_loss(scores, ys, [learner.Value(0.0)])
        margins = [1 - y * number for number, y in zip(numbers, ys, strict=True)]
        close(loss.data, sum(max(margin, 0.0) for margin in margins) / 5, "hinge_loss of five scores", **CHAIN)
        loss.backward()
        slopes = [-y / 5 if margin > 0 else 0.0 for margin, y in zip(margins, ys, strict=True)]
        close([score.grad for score in scores], slopes, "gradients of the scores", **CHAIN)

    @edge
    def test_margin_of_one(self, learner):
        """a margin of exactly 1 costs nothing and sends no gradient"""
        scores = [learner.Value(1.0), learner.Value(-1.0)]
        loss = learner.hinge_loss(scores, [1, -1], [learner.Value(0.0)])
        loss.backward()
        close(loss.data, 0.0, "hinge_loss where every margin is 1", **TIGHT)
        close([score.grad for score in scores], [0.0, 0.0], "gradients of the scores", **TIGHT)

    def test_toll(self, learner, rng):
        """the toll is alpha times the sum of the squares of all parameters, each once"""
        numbers = [rng.uniform(1, 2) for _ in range(3)]
        params = [learner.Value(number) for number in numbers]
        loss = learner.hinge_loss([learner.Value(4.0)], [1], params, alpha=0.1)
        loss.backward()
        close(loss.data, 0.1 * sum(number**2 for number in numbers), "hinge_loss where only the toll is left", **CHAIN)
        close([p.grad for p in params], [0.2 * number for number in numbers], "gradients of the parameters", **CHAIN)

    def test_alpha(self, learner):
        """alpha is 1e-4 where none is given"""
        loss = learner.hinge_loss([learner.Value(4.0)], [1], [learner.Value(10.0), learner.Value(20.0)])
        close(loss.data, 0.05, "toll on the parameters 10 and 20", **CHAIN)

    @edge
    def test_labels(self, learner):
        """a label that is neither +1 nor -1 raises ValueError"""
        score, param = learner.Value(0.5), learner.Value(0.0)
        close(learner.hinge_loss([score], [1], [param]).data, 0.5, "hinge_loss of one score", **CHAIN)
        raises(ValueError, lambda: learner.hinge_loss([score, score], [1, 0], [param]), "labels 1 and 0")
        raises(ValueError, lambda: learner.hinge_loss([score], [2], [param]), "a label 2")

    def test_mse(self, learner, rng):
        """the mean squared error of four predictions, and its gradients"""
        numbers, ys = ([rng.uniform(-2, 2) for _ in range(4)] for _ in range(2))
        ypred = [learner.Value(number) for number in numbers]
        loss = learner.mse_loss(ypred, ys)
        loss.backward()
        gaps = [number - y for number, y in zip(numbers, ys, strict=True)]
        close(loss.data, sum(gap * gap for gap in gaps) / 4, "mse_loss of four predictions", **CHAIN)
        close([value.grad for value in ypred], [gap / 2 for gap in gaps], "gradients of the predictions", **CHAIN)

    @edge
    def test_lengths(self, learner):
        """scores and labels of different numbers raise ValueError, in both losses"""
        score, param = learner.Value(0.5), learner.Value(0.0)
        close(learner.hinge_loss([score, score], [1, -1], [param]).data, 1.0, "hinge_loss of two scores", **CHAIN)
        close(learner.mse_loss([score, score], [1.5, 2.5]).data, 2.5, "mse_loss of two predictions", **CHAIN)
        raises(ValueError, lambda: learner.hinge_loss([score, score], [1], [param]), "two scores and one label")
        raises(ValueError, lambda: learner.mse_loss([score], [1.0, 2.0]), "one prediction and two targets")

    def test_one_step(self, learner, oracle, rng):
        """one step moves every parameter to p - lr * p.grad"""
        (xs, ys), start = samples(rng, 4), [rng.uniform(-1, 1) for _ in range(13)]
        model = network(learner, [2, 3, 1], start)
        learner.train_classifier(model, xs, ys, 1, falling(0.3, 1))
        expected = oracle.training([2, 3, 1], start, xs, ys, [0.3])
        close(taken(model), expected["parameters"], "parameters after one step with lr 0.3", **CHAIN)

    def test_first_loss(self, learner, oracle, rng):
        """the first loss is that of the untrained network, and there is one for each step"""
        (xs, ys), start = samples(rng, 4), [rng.uniform(-1, 1) for _ in range(13)]
        losses = learner.train_classifier(network(learner, [2, 3, 1], start), xs, ys, 3, falling(0.3, 3))
        same(len(losses), 3, "number of losses of three steps")
        expected = oracle.training([2, 3, 1], start, xs, ys, [0.3])["losses"]
        close(losses[:1], expected, "first loss, as a list", **CHAIN)

    @edge
    def test_no_step(self, learner, oracle, rng):
        """no steps: no losses, and the network as it was"""
        (xs, ys), start = samples(rng, 4), [rng.uniform(-1, 1) for _ in range(13)]
        model = network(learner, [2, 3, 1], start)
        same(learner.train_classifier(model, xs, ys, 0, falling(0.3, 1)), [], "losses of no steps")
        close(taken(model), start, "parameters after no steps", rtol=0, atol=0)
        expected = oracle.training([2, 3, 1], start, xs, ys, [0.3])["losses"]
        close(learner.train_classifier(model, xs, ys, 1, falling(0.3, 1)), expected, "losses of one step then", **CHAIN)

    @edge
    def test_asks_for_the_rate(self, learner, rng):
        """lr is asked for the rate of step 0, 1, 2, ... in turn"""
        (xs, ys), asked = samples(rng, 4), []

        def lr(k):
            asked.append(k)
            return 0.1

        learner.train_classifier(network(learner, [2, 1], [0.5, -0.5, 0.0]), xs, ys, 4, lr)
        same(list(dict.fromkeys(asked)), [0, 1, 2, 3], "steps that lr was asked about")

    @weight(2)
    def test_curve(self, learner, oracle, rng):
        """the losses of twelve steps with a falling rate, each to nine digits"""
        (xs, ys), start = samples(rng, 6), [rng.uniform(-1, 1) for _ in range(13)]
        rate = falling(0.5, 12)
        model = network(learner, [2, 3, 1], start)
        losses = learner.train_classifier(model, xs, ys, 12, rate)
        expected = oracle.training([2, 3, 1], start, xs, ys, [rate(k) for k in range(12)])
        close(losses, expected["losses"], "losses", **CHAIN)
        close(taken(model), expected["parameters"], "parameters at the end", **CHAIN)

    def test_used_model(self, learner, oracle, rng):
        """gradients that a model holds from before are not used"""
        (xs, ys), start = samples(rng, 4), [rng.uniform(-1, 1) for _ in range(13)]
        model = network(learner, [2, 3, 1], start)
        for parameter in model.parameters():
            parameter.grad = 2.0
        losses = learner.train_classifier(model, xs, ys, 2, falling(0.3, 2))
        rate = falling(0.3, 2)
        expected = oracle.training([2, 3, 1], start, xs, ys, [rate(0), rate(1)])
        close(losses, expected["losses"], "losses of a model that held gradients", **CHAIN)
        close(taken(model), expected["parameters"], "its parameters after two steps", **CHAIN)

    def test_trained_twice(self, learner, oracle, rng):
        """a second training goes on where the first ended, with the rates of its own"""
        (xs, ys), start = samples(rng, 4), [rng.uniform(-1, 1) for _ in range(13)]
        model = network(learner, [2, 3, 1], start)
        first = learner.train_classifier(model, xs, ys, 2, falling(0.3, 2))
        second = learner.train_classifier(model, xs, ys, 2, falling(0.3, 2))
        rates = [falling(0.3, 2)(k) for k in (0, 1, 0, 1)]
        expected = oracle.training([2, 3, 1], start, xs, ys, rates)
        close([*first, *second], expected["losses"], "losses of both", **CHAIN)
        close(taken(model), expected["parameters"], "parameters after both", **CHAIN)

    def test_xor(self, learner, oracle):
        """XOR is learned from three different starts"""
        xs, ys = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], [-1, 1, 1, -1]
        for seed in (1, 2, 3):
            model = network(learner, [2, 4, 1], oracle.start([2, 4, 1], seed))
            losses = learner.train_classifier(model, xs, ys, 100, falling(1.0, 100))
            assert losses[-1] < 0.01, f"After 100 steps from start {seed} the loss is {losses[-1]:.4f}, not below 0.01."

    def test_moons(self, learner, oracle):
        """two moons are parted, of 16 points and of 40"""
        for seed, points, steps in ((250, 16, 50), (533, 40, 40)):
            xs, ys = oracle.moons(points, 0.1, seed)
            model = network(learner, [2, 6, 1], oracle.start([2, 6, 1], seed))
            learner.train_classifier(model, xs, ys, steps, falling(3.0, steps))
            right = sum((model(x).data > 0) == (y > 0) for x, y in zip(xs, ys, strict=True))
            words = f"After {steps} steps, {right} of {points} points are on the right side; the solution gets all."
            assert right == points, words
