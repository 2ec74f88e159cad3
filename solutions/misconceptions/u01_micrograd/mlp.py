"""Wrong answers to u01.mlp, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception(
    "mlp",
    says="No bias is among your parameters, so none is trained. The score then stays 0 wherever all inputs are 0, "
    "whatever the weights: every border that a neuron draws goes through the origin.",
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
    says="After zero_grad the gradients are what they were. Write into each parameter: parameter.grad = 0.0.",
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


@misconception(
    "mlp",
    replaces="Neuron.__call__",
    says="The bias is added after the tanh. It belongs to the sum that is squashed: it moves the place where the "
    "neuron turns, not its output.",
)
def bias_after_tanh(self, x):
    if len(x) != len(self.w):
        raise ValueError("wrong number of inputs")
    score = sum((weight * value for weight, value in zip(self.w, x, strict=True)), Value(0.0))
    return (score.tanh() if self.nonlin else score) + self.b


@misconception(
    "mlp",
    replaces="Module.zero_grad",
    says="Your zero_grad sets the numbers of the parameters to 0 and leaves their gradients: the weights are "
    "wiped out. It is .grad that becomes 0, not .data.",
    symptom=True,
)
def zero_grad_wipes_weights(self):
    for parameter in self.parameters():
        parameter.data = 0.0


@misconception(
    "mlp",
    replaces="Neuron.__call__",
    says="Your neuron leaves its bias out: it computes from the weighted inputs alone. The score is their sum "
    "plus the bias, self.b.",
)
def bias_not_added(self, x):
    if len(x) != len(self.w):
        raise ValueError("wrong number of inputs")
    score = sum((weight * value for weight, value in zip(self.w, x, strict=True)), Value(0.0))
    return score.tanh() if self.nonlin else score


@misconception(
    "mlp",
    replaces="Neuron.__call__",
    says="Your neuron gives the bare sum, with no tanh. With nonlin=True the sum goes through tanh.",
)
def never_squashed(self, x):
    if len(x) != len(self.w):
        raise ValueError("wrong number of inputs")
    score = self.b
    for weight, value in zip(self.w, x, strict=True):
        score = score + weight * value
    return score


@misconception(
    "mlp",
    replaces="MLP.__call__",
    says="Your network gives the result of its first layer. Does the return stand inside the loop? Then no "
    "other layer is asked.",
    symptom=True,
)
def first_layer_only(self, x):
    return self.layers[0](x)


@misconception(
    "mlp",
    replaces="MLP.__init__",
    says="Your network is one layer short: there are as many layers as there are numbers in nouts.",
    symptom=True,
)
def one_layer_short(self, nin, nouts, rng=None):
    rng = rng or random.Random()
    sizes = [nin, *nouts]
    self.layers = [Layer(sizes[i], sizes[i + 1], rng=rng) for i in range(len(nouts) - 1)]
