"""Unit 01 in the lecture's manner: closures that read operands late, a recursive sort, gradients in between kept.

It stands below the solution, and misconceptions are tried on it, too. What it does not keep are promises beyond the
lecture.
A helper of the misconceptions' files that is defined here takes the place of its namesake there.
"""


class Value:
    """A number that remembers where it came from."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = tuple(dict.fromkeys(_children))  # each once, like a set, and in an order
        self._op = _op
        self.label = label

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += 1.0 * out.grad
            other.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        assert isinstance(other, (int, float)), "only numbers as exponents"
        out = Value(self.data**other, (self,), f"**{other}")

        def _backward():
            self.grad += (other * self.data ** (other - 1)) * out.grad

        out._backward = _backward
        return out

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,), "log")

        def _backward():
            self.grad += (1 / self.data) * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        x = self.data
        t = (math.exp(2 * x) - 1) / (math.exp(2 * x) + 1)
        out = Value(t, (self,), "tanh")

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def sigmoid(self):
        out = Value(1 / (1 + math.exp(-self.data)), (self,), "sigmoid")

        def _backward():
            self.grad += out.data * (1 - out.data) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(0.0 if self.data < 0 else self.data, (self,), "relu")

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def leaky_relu(self, negative_slope=0.01):
        out = Value(self.data if self.data > 0 else negative_slope * self.data, (self,), "leaky_relu")

        def _backward():
            self.grad += (1.0 if self.data > 0 else negative_slope) * out.grad

        out._backward = _backward
        return out

    def gelu(self, approximate="tanh"):
        x = self.data
        if approximate == "none":
            phi = 0.5 * (1 + math.erf(x / math.sqrt(2)))
            density = math.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)
        else:
            root = math.sqrt(2 / math.pi)
            t = math.tanh(root * (x + 0.044715 * x**3))
            phi = 0.5 * (1 + t)
            density = 0.5 * (1 - t**2) * root * (1 + 3 * 0.044715 * x**2)
        out = Value(x * phi, (self,), "gelu")

        def _backward():
            self.grad += (phi + x * density) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        order = topological_order(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


def topological_order(root):
    """Sort by recursion."""
    order, visited = [], set()

    def build(node):
        if node not in visited:
            visited.add(node)
            for child in node._prev:
                build(child)
            order.append(node)

    build(root)
    return order


def _forget_sweep(order):
    """Nothing is set to 0 between two sweeps."""
