"""Hidden checks of unit 01: the same claims on inputs that no learner has seen."""

import math

from grader import close, edge, exercise, same

TIGHT = {"rtol": 1e-12, "atol": 1e-14}
CHAIN = {"rtol": 1e-9, "atol": 1e-12}


@exercise("numerical_gradient")
class TestNumericalGradient:
    def test_curves(self, learner, rng):
        """the slopes of e^x - 1/y + x*z at a random point"""
        x, y, z = (rng.uniform(0.7, 1.6) for _ in range(3))

        def f(x, y, z):
            return math.exp(x) - 1 / y + x * z

        expected = [math.exp(x) + z, 1 / y**2, x]
        close(learner.numerical_gradient(f, [x, y, z]), expected, "slopes in x, y, z", rtol=0, atol=1e-8)

    def test_many_arguments(self, learner, rng):
        """the slopes of a weighted sum of squares in seven arguments"""
        weights, xs = ([rng.uniform(-2, 2) for _ in range(7)] for _ in range(2))

        def f(*xs):
            return math.fsum(w * x * x for w, x in zip(weights, xs, strict=True))

        expected = [2 * w * x for w, x in zip(weights, xs, strict=True)]
        close(learner.numerical_gradient(f, xs, 1e-4), expected, "slopes, measured with h = 1e-4", rtol=0, atol=1e-8)


@exercise("add_mul")
class TestAddMul:
    def test_sum_of_products(self, learner, props, rng):
        """a weighted sum with constants on both sides, in which one number is used in every term"""
        x, y, k = (rng.uniform(1, 3) for _ in range(3))
        a, b = learner.Value(x), learner.Value(y)
        out = sum([k * a * b, a * a * 2, b + a, 0.5 + a * k])
        expected = [k * y + 4 * x + 1 + k, k * x + 1]
        close(out.data, k * x * y + 2 * x * x + y + x + 0.5 + x * k, "the sum", **TIGHT)
        close(props.gradients(out, a, b), expected, "gradients of a, b", **TIGHT)

    def test_longer_graph(self, props, oracle, rng):
        """a longer random graph of sums and products"""
        case = oracle.expression(rng.getrandbits(32), ["add", "mul"], 9)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)


@exercise("sub_div")
class TestSubDiv:
    def test_fraction(self, learner, props, rng):
        """(a - k) / (k - b) for random numbers"""
        x, y, k = rng.uniform(1, 2), rng.uniform(5, 6), rng.uniform(3, 4)
        a, b = learner.Value(x), learner.Value(y)
        out = (a - k) / (k - b)
        close(out.data, (x - k) / (k - y), "(a - k) / (k - b)", **TIGHT)
        close(props.gradients(out, a, b), [1 / (k - y), (x - k) / (k - y) ** 2], "gradients of a, b", **TIGHT)

    @edge
    def test_numbers_of_the_forward_pass(self, learner, props, rng):
        """a / b keeps its slopes when a.data and b.data change afterwards"""
        x, y = rng.uniform(1, 2), rng.uniform(3, 4)
        a, b = learner.Value(x), learner.Value(y)
        out = a / b
        a.data, b.data = 10.0, 20.0
        close(props.gradients(out, a, b), [1 / y, -x / y**2], "gradients of a, b as they were", **TIGHT)


@exercise("pow")
class TestPow:
    def test_polynomial(self, learner, props, rng):
        """a polynomial in one number, with negative and broken exponents"""
        x = rng.uniform(1, 3)
        a = learner.Value(x)
        out = 2 * a**3 + a**-2 + 4 * a**0.25 + a**0 + a**1
        slope = 6 * x**2 - 2 * x**-3 + x**-0.75 + 1
        close(out.data, 2 * x**3 + x**-2 + 4 * x**0.25 + 1 + x, f"the value at {x:.4g}", **TIGHT)
        close(props.gradients(out, a), [slope], f"its slope at {x:.4g}", **TIGHT)

    def test_random_graph(self, props, oracle, rng):
        """a random graph of + * and powers"""
        case = oracle.expression(rng.getrandbits(32), ["add", "mul", "pow"], 7)
        close(props.run(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)


@exercise("exp_log")
class TestExpLog:
    def test_softplus(self, learner, props, rng):
        """ln(1 + e^x): its slope is the sigmoid"""
        start = rng.uniform(-3, 3)
        x = learner.Value(start)
        out = (x.exp() + 1).log()
        close(out.data, math.log1p(math.exp(start)), f"ln(1 + e^x) at {start:.4g}", **CHAIN)
        close(props.gradients(out, x), [1 / (1 + math.exp(-start))], f"its slope at {start:.4g}", **CHAIN)


@exercise("tanh_sigmoid")
class TestTanhSigmoid:
    def test_sigmoid_is_a_tanh(self, learner, props, rng):
        """2 * sigmoid(2x) - 1 is tanh(x), in value and slope"""
        start = rng.uniform(-2, 2)
        x, y = learner.Value(start), learner.Value(start)
        one, other = x.tanh(), 2 * (2 * y).sigmoid() + -1
        close(one.data, other.data, f"tanh(x) against 2 * sigmoid(2x) - 1 at {start:.4g}", **CHAIN)
        close(props.gradients(one, x), props.gradients(other, y), f"their slopes at {start:.4g}", **CHAIN)

    def test_random_points(self, learner, props, rng):
        """slopes at random points, times what comes from above"""
        start, k = rng.uniform(-3, 3), rng.uniform(2, 4)
        x, y = learner.Value(start), learner.Value(start)
        slope = k / (2 + 2 * math.cosh(start))
        close(props.gradients(x.tanh() * k, x), [k * math.cosh(start) ** -2], f"k * tanh at {start:.4g}", **CHAIN)
        close(props.gradients(y.sigmoid() * k, y), [slope], f"k * sigmoid at {start:.4g}", **CHAIN)


@exercise("relu")
class TestRelu:
    def test_pieces(self, learner, props, rng):
        """relu(x) - leaky relu(-x), at random points on either side"""
        leak = rng.uniform(0.1, 0.4)
        for start in (-rng.uniform(1, 2), rng.uniform(1, 2)):
            x = learner.Value(start)
            out = x.relu() + (x * -1.0).leaky_relu(negative_slope=leak) * -1.0
            slope = 1 + leak if start > 0 else 1.0
            close(out.data, slope * start, f"relu(x) - leaky_relu(-x, k) at {start:.4g}", **TIGHT)
            close(props.gradients(out, x), [slope], f"its slope at {start:.4g}", **TIGHT)


@exercise("gelu")
class TestGelu:
    def test_random_points(self, props, oracle, rng):
        """both variants at random points, times what comes from above"""
        program = [["b", "gelu", "a"], ["c", "mul", "b", 3.0], ["d", "gelu", "c", "none"]]
        for _ in range(4):
            inputs = {"a": rng.uniform(-2.5, 2.5)}
            label = f"gelu(3 * gelu(a), 'none') at a = {inputs['a']:.4g}"
            close(props.run(program, inputs), oracle.run(program, inputs), label, **CHAIN)


@exercise("topological_order")
class TestTopologicalOrder:
    def test_shared_over_many_floors(self, learner, rng):
        """sixty nodes, each made from two random earlier ones"""
        nodes = [learner.Value(rng.uniform(-1, 1)) for _ in range(2)]
        operands = [(), ()]
        for _ in range(58):
            left, right = rng.randrange(len(nodes)), len(nodes) - 1
            nodes.append(nodes[left] * nodes[right])
            operands.append((left, right))
        places = {id(node): i for i, node in enumerate(learner.topological_order(nodes[-1]))}
        lacking = {id(node) for node in nodes[1:]} - set(places)
        assert not lacking, f"{len(lacking)} nodes that the root was made from are not in the list."
        place = [places.get(id(node), 0) for node in nodes]
        early = [i for i, pair in enumerate(operands) if any(place[j] > place[i] for j in pair)]
        assert not early, f"{len(early)} nodes stand before one of their operands."

    def test_order_of_operands(self, learner):
        """a long path on the left, a short one on the right, and the other way round"""
        a, b = learner.Value(2.0), learner.Value(3.0)
        c = a + b
        d = c * a
        for root in (d * b, b * d, d + c, c + d):
            names = {id(node): name for node, name in zip((a, b, c, d, root), "abcdr", strict=True)}
            found = [names.get(id(node), "a stranger") for node in learner.topological_order(root)]
            assert sorted(found) == list("abcdr"), f"Each of a, b, c, d and the root r once; the list was {found}."
            kept = [name for name in found if name != "b"]
            assert kept == list("acdr"), f"a comes before c, c before d, the root r last; the list was {found}."
            assert found.index("b") < found.index("c"), f"b comes before c = a + b; the list was {found}."


@exercise("backward")
class TestBackward:
    def test_larger_graphs(self, props, oracle, rng):
        """larger random graphs of + and *"""
        for size in (10, 13, 15):
            case = oracle.expression(rng.getrandbits(32), ["add", "mul"], size)
            close(props.backward(case["program"], case["inputs"]), case["expected"], case["text"], **CHAIN)

    @edge
    def test_three_sweeps(self, learner, rng):
        """three sweeps over two graphs that share an inner node"""
        x, y = rng.uniform(1, 2), rng.uniform(2, 3)
        a, b = learner.Value(x), learner.Value(y)
        c = a * b
        d, e = c * a, c + b
        for root in (d, e, d):
            root.backward()
        close([a.grad, b.grad], [4 * x * y + y, 2 * x * x + x + 1], "gradients of a, b after d, e, d", **CHAIN)
        close([c.grad, e.grad], [x, 1.0], "gradients of c, e after d, e, d", **CHAIN)


@exercise("format_graph")
class TestFormatGraph:
    def test_larger_graph(self, props, oracle, rng):
        """a larger random graph"""
        leaves, width = 5, 20
        graph = leaves, list(range(width)), [rng.randrange(leaves + i) for i in range(width)]
        same(props.drawing(*graph), oracle.drawing(*graph), "text of the graph")

    @edge
    def test_larger_graph_cut(self, props, oracle, rng):
        """a larger random graph, cut after seven nodes"""
        leaves, width = 5, 20
        graph = leaves, list(range(width)), [rng.randrange(leaves + i) for i in range(width)]
        same(props.drawing(*graph, 7), oracle.drawing(*graph, 7), "text of the graph")

    def test_changed_numbers(self, learner):
        """data and gradients as they are now, negative and small ones too"""
        a = learner.Value(1.0, label="w0")
        root = a * a
        a.data, a.grad, root.grad = -2.00006, -0.00004, 3
        lines = ["0: * data=1.0000 grad=3.0000 <- 1 1", "1: leaf data=-2.0001 grad=-0.0000 label=w0"]
        same(learner.format_graph(root), "\n".join(lines), "text of the graph")


@exercise("mlp")
class TestMLP:
    def test_other_sizes(self, learner, oracle, rng):
        """outputs and gradients of MLP(4, [3, 2, 3])"""
        sizes, x, shares = [4, 3, 2, 3], [rng.uniform(-1, 1) for _ in range(4)], [0.5, -1.5, 2.0]
        numbers = [rng.uniform(-1, 1) for _ in range(32)]
        model = learner.MLP(4, [3, 2, 3])
        same(len(model.parameters()), 32, "number of parameters")
        for parameter, number in zip(model.parameters(), numbers, strict=True):
            parameter.data = number
        outputs = model(x)
        close([out.data for out in outputs], oracle.network(sizes, numbers, x), "outputs of the network", **CHAIN)
        sum(out * share for out, share in zip(outputs, shares, strict=True)).backward()
        slopes = oracle.network_slopes(sizes, numbers, [x], shares)
        close([parameter.grad for parameter in model.parameters()], slopes, "gradients of the parameters", **CHAIN)

    def test_linear_layer(self, learner, rng):
        """a layer with nonlin=False is linear in every neuron"""
        layer, x = learner.Layer(1, 3, nonlin=False), rng.uniform(2, 3)
        for parameter, number in zip(layer.parameters(), [4.0, 1.0, -5.0, 2.0, 6.0, 3.0], strict=True):
            parameter.data = number
        close([out.data for out in layer([x])], [4 * x + 1, -5 * x + 2, 6 * x + 3], "outputs of the layer", **TIGHT)


@exercise("train")
class TestTrain:
    def test_deeper_network(self, learner, oracle, rng):
        """losses and parameters of MLP(2, [3, 2, 1]) over eight steps"""
        sizes, rates = [2, 3, 2, 1], [rng.uniform(0.05, 0.4) for _ in range(8)]
        start = [rng.uniform(-1, 1) for _ in range(20)]
        xs, ys = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(5)], [1, 1, -1, -1, 1]
        model = learner.MLP(2, [3, 2, 1])
        for parameter, number in zip(model.parameters(), start, strict=True):
            parameter.data = number
        losses = learner.train_classifier(model, xs, ys, 8, lambda k: rates[k])
        expected = oracle.training(sizes, start, xs, ys, rates)
        close(losses, expected["losses"], "losses", **CHAIN)
        close([p.data for p in model.parameters()], expected["parameters"], "parameters at the end", **CHAIN)

    def test_losses(self, learner, rng):
        """both losses on other numbers of samples"""
        numbers, ys = [rng.uniform(1.2, 2) for _ in range(3)], [1, -1, -1]
        scores, params = [learner.Value(n) for n in numbers], [learner.Value(n) for n in (0.5, -2.0)]
        expected = (2 + numbers[1] + numbers[2]) / 3 + 0.01 * 4.25
        close(learner.hinge_loss(scores, ys, params, 0.01).data, expected, "hinge_loss of three scores", **CHAIN)
        expected = sum((n - y) ** 2 for n, y in zip(numbers, ys, strict=True)) / 3
        close(learner.mse_loss(scores, ys).data, expected, "mse_loss of three predictions", **CHAIN)
        close(learner.mse_loss(scores[:1], [0.5]).data, (numbers[0] - 0.5) ** 2, "mse_loss of one prediction", **CHAIN)
