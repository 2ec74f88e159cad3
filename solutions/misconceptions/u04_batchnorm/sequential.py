"""Wrong answers to u04.sequential, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _again(layer):
    new = object.__new__(type(layer))
    new.__dict__.update(layer.__dict__)
    return new


@misconception(
    "sequential",
    replaces="Sequential.eval",
    symptom=True,
    says="The flag is set on the Sequential alone. The layers in it go on as in training.",
)
def flag_not_propagated(self):
    self.training = False


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="A list of lists. An optimizer wants one flat list of tensors.",
)
def parameters_nested(self):
    return [layer.parameters() for layer in self.layers]


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="A layer that stands in the Sequential twice gives its parameters twice, and each step would move them twice.",
)
def shared_layer_twice(self):
    return [p for layer in self.layers for p in layer.parameters()]


@misconception(
    "sequential",
    replaces="Sequential.eval",
    symptom=True,
    says="The flag stops at the first level: the layers of a Sequential in a Sequential go on as in training.",
)
def one_level(self):
    self.training = False
    for layer in self.layers:
        layer.training = False


@misconception("sequential", replaces="Sequential.__call__", says="The layers run in reverse order.")
def reversed_order(self, x):
    for layer in reversed(self.layers):
        x = layer(x)
    self.out = x
    return x


@misconception(
    "sequential",
    replaces="Sequential.__call__",
    says="Every layer gets x itself. Each is to get what the one before it gave.",
)
def same_input(self, x):
    out = x
    for layer in self.layers:
        out = layer(x)
    self.out = out
    return out


@misconception(
    "sequential",
    replaces="Sequential.train",
    symptom=True,
    says="train() does not bring the layers back: they stay as eval() has left them.",
)
def stays_in_eval(self):
    self.training = True


@misconception("sequential", replaces="Sequential.__call__", says="The last layer is left out.")
def last_left_out(self, x):
    for layer in self.layers[:-1]:
        x = layer(x)
    self.out = x
    return x


@misconception(
    "sequential",
    replaces="Sequential.__init__",
    symptom=True,
    says="The layers are new ones, and not those that you were given: who trains or switches the one does not reach "
    "the other.",
)
def recreated_layers(self, layers):
    self.layers = [_again(layer) for layer in layers]
