"""Wrong answers to u04.linear, each with its cause in words, run in the solution's namespace."""

from grader import misconception

_KEPT = {}


@misconception(
    "linear",
    symptom=True,
    says="The weight is kept as (fan_out, fan_in), as torch's nn.Linear keeps it. Here it is (fan_in, fan_out).",
)
class weight_transposed(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, bias, generator)
        self.weight = self.weight.T.contiguous()

    def __call__(self, x):
        self.out = x @ self.weight.T
        if self.bias is not None:
            self.out = self.out + self.bias
        return self.out


@misconception(
    "linear",
    replaces="Linear.__call__",
    says="The bias is added to what goes in. It belongs to what comes out, after the product.",
)
def bias_on_input(self, x):
    self.out = (x if self.bias is None else x + self.bias) @ self.weight
    return self.out


@misconception(
    "linear",
    replaces="Linear.__call__",
    says="The weight is applied transposed: each output sums over a row where it should sum over a column.",
)
def multiplies_by_the_transpose(self, x):
    self.out = x @ self.weight.T
    if self.bias is not None:
        self.out = self.out + self.bias
    return self.out


@misconception(
    "linear",
    replaces="Linear.__call__",
    says="The bias is never added.",
)
def bias_forgotten(self, x):
    self.out = x @ self.weight
    return self.out


@misconception(
    "linear",
    replaces="Linear.parameters",
    symptom=True,
    says="Without a bias, parameters() has a None in it, and an optimizer stumbles over that.",
)
def parameters_none(self):
    return [self.weight, self.bias]


@misconception(
    "linear",
    symptom=True,
    says="All layers of the same size hold one and the same weight: a step of one moves all of them.",
)
class shared_default(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, bias, generator)
        if generator is None:
            self.weight = _KEPT.setdefault((fan_in, fan_out), self.weight)


@misconception(
    "linear",
    symptom=True,
    says="A fresh weight has a spread of 1, whatever the number of inputs. It is 1 / sqrt(fan_in).",
)
class not_scaled(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, bias, generator)
        self.weight = self.weight * fan_in**0.5


@misconception(
    "linear",
    symptom=True,
    says="A fresh weight is divided by the root of fan_out. What is summed are the inputs, fan_in of them.",
)
class scaled_by_fan_out(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, bias, generator)
        self.weight = self.weight * (fan_in / fan_out) ** 0.5


@misconception(
    "linear",
    replaces="Linear.__call__",
    symptom=True,
    says="What you keep in .out is cut out of the graph, so no gradient can be seen there.",
)
def out_detached(self, x):
    out = x @ self.weight
    if self.bias is not None:
        out = out + self.bias
    self.out = out.detach()
    return out


@misconception(
    "linear",
    replaces="Linear.__call__",
    symptom=True,
    says="self.out is never set: the layer does not keep what it returns.",
)
def out_not_kept(self, x):
    out = x @ self.weight
    return out if self.bias is None else out + self.bias


@misconception(
    "linear",
    symptom=True,
    says="A fresh bias is random. It begins as zeros.",
)
class bias_drawn(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, bias, generator)
        if bias:
            self.bias = torch.randn(fan_out, generator=generator)


@misconception(
    "linear",
    symptom=True,
    says="bias=False is not looked at: there is a bias all the same.",
)
class always_a_bias(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, True, generator)


@misconception(
    "linear",
    symptom=True,
    says="A fresh weight is divided by fan_in. Variances add, so it is the root of fan_in.",
)
class divided_by_fan_in(Linear):
    def __init__(self, fan_in, fan_out, bias=True, generator=None):
        super().__init__(fan_in, fan_out, bias, generator)
        self.weight = self.weight / fan_in**0.5
