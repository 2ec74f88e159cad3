# Wrong answers to unit 01, each as somebody may type it on the way through the lecture. They stand below the lecture's
# program (solutions/bases), one at a time.

# %% numerical_gradient: the step is 0.001, whatever h is
# said: slope of x^3 at 10: yours is close to the expected one, and not close enough.
def numerical_gradient(f, xs, h=1e-5):
    grads = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += 0.001
        down[i] -= 0.001
        grads.append((f(*up) - f(*down)) / (2 * 0.001))
    return grads


# %% numerical_gradient: the first argument is moved each time
# said: u01.first_argument_only
def numerical_gradient(f, xs, h=1e-5):
    grads = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[0] += h
        down[0] -= h
        grads.append((f(*up) - f(*down)) / (2 * h))
    return grads


# %% numerical_gradient: one-sided, and the denominator is doubled all the same
# said: u01.one_side_over_two
def numerical_gradient(f, xs, h=1e-5):
    here = f(*xs)
    grads = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        grads.append((f(*up) - here) / (2 * h))
    return grads


# %% add_mul: the right operand of a sum gets the left operand's gradient
# said: u01.right_gets_lefts_grad
def __add__(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += out.grad
        other.grad += self.grad

    out._backward = _backward
    return out


Value.__add__ = __add__


# %% add_mul: each operand of a product is weighed with itself
# said: u01.mul_swapped_local
def __mul__(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += self.data * out.grad
        other.grad += other.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = __mul__


# %% add_mul: the slopes of a product are the result
# said: u01.slopes_are_the_product
def __mul__(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += out.data * out.grad
        other.grad += out.data * out.grad

    out._backward = _backward
    return out


Value.__mul__ = __mul__


# %% add_mul: the other factor is squared
# said: gradients of a, b, c at [0] and [1]: yours is the square of the expected value.
def __mul__(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data**2 * out.grad
        other.grad += self.data**2 * out.grad

    out._backward = _backward
    return out


Value.__mul__ = __mul__


# %% pow: the exponent does not come down
# said: u01.missing_n
def __pow__(self, other):
    out = Value(self.data**other, (self,), f"**{other}")

    def _backward():
        self.grad += self.data ** (other - 1) * out.grad

    out._backward = _backward
    return out


Value.__pow__ = __pow__


# %% pow: exponent and exponent less one have changed places
# said: d(x ** 2)/dx at x = 4: yours is the expected one times 0.5 * (the number in Value(4)). That factor is one too many, or a division by it is missing.
def __pow__(self, other):
    out = Value(self.data**other, (self,), f"**{other}")

    def _backward():
        self.grad += (other - 1) * self.data**other * out.grad

    out._backward = _backward
    return out


Value.__pow__ = __pow__


# %% sub_div: a difference of its own, and the second operand's minus is missing
# said: u01.sub_missing_grad_sign
def __sub__(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data - other.data, (self, other), "-")

    def _backward():
        self.grad += out.grad
        other.grad += out.grad

    out._backward = _backward
    return out


Value.__sub__ = __sub__


# %% sub_div: the plain number on the left of a division lands below the line
# said: u01.rdiv_order
def __rtruediv__(self, other):
    return self / other


Value.__rtruediv__ = __rtruediv__


# %% sub_div: the divisor's slope is one over its square, without the dividend
# said: gradients of a, b in a / b at [1]: yours times the number in Value(6) is the expected one. That factor is missing, or something is divided by it once too often.
def __truediv__(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data / other.data, (self, other), "/")

    def _backward():
        self.grad += 1 / other.data * out.grad
        other.grad += -1 / other.data**2 * out.grad

    out._backward = _backward
    return out


Value.__truediv__ = __truediv__


# %% exp_log: the slope of exp is x times the result
# said: slope of e^x at x = 2: yours is the expected one times the number in Value(2). That factor is one too many, or a division by it is missing.
def exp(self):
    x = self.data
    out = Value(math.exp(x), (self,), "exp")

    def _backward():
        self.grad += x * out.data * out.grad

    out._backward = _backward
    return out


Value.exp = exp


# %% exp_log: the logarithm to the base ten, with the slope of the natural one
# said: ln x at x = 10: yours is always 0.434294 times the expected one.
def log(self):
    out = Value(math.log10(self.data), (self,), "log")

    def _backward():
        self.grad += 1 / self.data * out.grad

    out._backward = _backward
    return out


Value.log = log


# %% tanh_sigmoid: the output is not squared
# said: u01.slope_missing_square
def tanh(self):
    t = math.tanh(self.data)
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t) * out.grad

    out._backward = _backward
    return out


Value.tanh = tanh


# %% tanh_sigmoid: the minus of the exponent is missing
# said: sigmoid(0.5): yours is one minus the expected value.
def sigmoid(self):
    s = 1 / (1 + math.exp(self.data))
    out = Value(s, (self,), "sigmoid")

    def _backward():
        self.grad += s * (1 - s) * out.grad

    out._backward = _backward
    return out


Value.sigmoid = sigmoid


# %% tanh_sigmoid: tanh takes e to the x and not to 2x, and its slope follows
# said: tanh(0.5): yours is what is right for half of the number in Value(0.5).
def tanh(self):
    e = math.exp(self.data)
    t = (e - 1) / (e + 1)
    out = Value(t, (self,), "tanh")

    def _backward():
        self.grad += (1 - t**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = tanh


# %% relu: the output and not its sign is the slope
# said: slope of relu at 3: yours is the number in Value(3), and nothing else.
def relu(self):
    out = Value(max(0.0, self.data), (self,), "relu")

    def _backward():
        self.grad += out.data * out.grad

    out._backward = _backward
    return out


Value.relu = relu


# %% relu: the leak is 0.1, whatever is asked for
# said: leaky relu at 3, 0.5, -2, 0 at [2]: yours is exactly 10 times the expected one.
def leaky_relu(self, negative_slope=0.01):
    out = Value(self.data if self.data > 0 else 0.1 * self.data, (self,), "leaky_relu")

    def _backward():
        self.grad += (1.0 if self.data > 0 else 0.1) * out.grad

    out._backward = _backward
    return out


Value.leaky_relu = leaky_relu


# %% gelu: the root of 2 pi for the root of 2 / pi
# said: u01.root_of_two_pi
def gelu(self, approximate="tanh"):
    x = self.data
    if approximate == "none":
        phi, slope = (1 + math.erf(x / math.sqrt(2))) / 2, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    else:
        c = math.sqrt(2 * math.pi)
        t = math.tanh(c * (x + 0.044715 * x**3))
        phi, slope = (1 + t) / 2, (1 - t * t) / 2 * c * (1 + 3 * 0.044715 * x**2)
    out = Value(x * phi, (self,), "gelu")

    def _backward():
        self.grad += (phi + x * slope) * out.grad

    out._backward = _backward
    return out


Value.gelu = gelu


# %% gelu: the cube's three does not come down
# said: u01.missing_3
def gelu(self, approximate="tanh"):
    x = self.data
    if approximate == "none":
        phi, slope = (1 + math.erf(x / math.sqrt(2))) / 2, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    else:
        c = math.sqrt(2 / math.pi)
        t = math.tanh(c * (x + 0.044715 * x**3))
        phi, slope = (1 + t) / 2, (1 - t * t) / 2 * c * (1 + 0.044715 * x**2)
    out = Value(x * phi, (self,), "gelu")

    def _backward():
        self.grad += (phi + x * slope) * out.grad

    out._backward = _backward
    return out


Value.gelu = gelu


# %% topological_order: a node is appended before its operands
# said: u01.appended_on_the_way_down
def topological_order(root):
    order, seen = [], set()

    def build(node):
        if node not in seen:
            seen.add(node)
            order.append(node)
            for child in node._prev:
                build(child)

    build(root)
    return order


# %% backward: the list is walked from its beginning
# said: u01.dfs_postorder_backward
def backward(self):
    self.grad = 1.0
    for node in topological_order(self):
        node._backward()


Value.backward = backward


# %% backward: the root gets its own number as its gradient, and the sweep leaves the root out
# said: a.grad: yours is the number in Value(5), and nothing else.
def backward(self):
    self.grad = self.data
    for node in reversed(topological_order(self)[:-1]):
        node._backward()


Value.backward = backward


# %% format_graph: numbered depth first, two decimals
def format_graph(root, max_nodes=200):
    nodes = []

    def visit(node):
        if node not in nodes:
            nodes.append(node)
            for child in node._prev:
                visit(child)

    visit(root)
    lines = []
    for i, node in enumerate(nodes[:max_nodes]):
        label = f" label={node.label}" if node.label else ""
        arrow = " <- " + " ".join(str(nodes.index(c)) for c in node._prev) if node._prev else ""
        lines.append(f"{i}: {node._op or 'leaf'} data={node.data:.2f} grad={node.grad:.2f}{label}{arrow}")
    return "\n".join(lines)


# %% mlp: the bias is no parameter
# said: u01.bias_missing
class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=None):
        rng = rng or random.Random()
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
        return act.tanh() if self.nonlin else act

    def parameters(self):
        return self.w


# %% mlp: the bias is added after the tanh
# said: u01.bias_after_tanh
class Neuron(Module):
    def __init__(self, nin, nonlin=True, rng=None):
        rng = rng or random.Random()
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin = nonlin

    def __call__(self, x):
        act = sum(wi * xi for wi, xi in zip(self.w, x))
        return act.tanh() + self.b if self.nonlin else act + self.b

    def parameters(self):
        return self.w + [self.b]


# %% mlp: no layer is linear, the last one neither
# said: u01.nonlin_last
class MLP(Module):
    def __init__(self, nin, nouts, rng=None):
        rng = rng or random.Random()
        sz = [nin] + list(nouts)
        self.layers = [Layer(sz[i], sz[i + 1], rng=rng) for i in range(len(nouts))]

    def __call__(self, x):
        for layer in self.layers:
            x = layer([x] if isinstance(x, Value) else x)
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


# %% train: the sign of the margin is turned round
# said: u01.margin_sign
def hinge_loss(scores, ys, params, alpha=1e-4):
    losses = [(1 + y * s).relu() for s, y in zip(scores, ys)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + alpha * sum((p * p for p in params), Value(0.0))


# %% train: a sum over the samples, and the toll is a mean over the parameters
# said: hinge_loss of five scores: yours is N times too large, where N is the length of ys.
def hinge_loss(scores, ys, params, alpha=1e-4):
    losses = [(1 - y * s).relu() for s, y in zip(scores, ys)]
    data_loss = sum(losses)
    return data_loss + alpha * sum((p * p for p in params), Value(0.0)) * (1.0 / max(len(params), 1))


# %% train: the mean of the differences, without the square
# said: u01.mse_not_squared
def mse_loss(ypred, ys):
    return sum((p - y for p, y in zip(ypred, ys)), Value(0.0)) * (1.0 / len(ys))


# %% train: up the slope
# said: u01.ascent
def train_classifier(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        scores = [model(x) for x in xs]
        loss = hinge_loss(scores, ys, model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data += lr(k) * p.grad
        losses.append(loss.data)
    return losses


# %% train: the loss is taken after the step
# said: u01.loss_after_update
def train_classifier(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = hinge_loss([model(x) for x in xs], ys, model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
        losses.append(hinge_loss([model(x) for x in xs], ys, model.parameters()).data)
    return losses


# %% train: the gradients are emptied once, before the loop
# said: u01.emptied_once
def train_classifier(model, xs, ys, steps, lr):
    losses = []
    model.zero_grad()
    for k in range(steps):
        loss = hinge_loss([model(x) for x in xs], ys, model.parameters())
        losses.append(loss.data)
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
    return losses
