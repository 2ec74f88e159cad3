"""Wrong answers to u12.sequential, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _named(self):
    return [(f"{at}.{name}", p, g) for at, layer in enumerate(self.layers) for name, p, g in layer.parameters()]


@misconception(
    "sequential",
    replaces="Sequential.backward",
    says="backward goes through the layers in the order of the forward pass. dout belongs to the last layer: begin "
    "there.",
)
def forward_order(self, dout):
    for layer in self.layers:
        dout = layer.backward(dout)
    return dout


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="parameters() gives copies. An optimizer changes arrays in place: then the copies learn, and the layers do "
    "not.",
)
def stale_param(self):
    return [(name, p.copy(), g) for name, p, g in _named(self)]


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="parameters() gives copies of the gradients. What backward adds afterwards is not seen in them.",
)
def stale_gradient(self):
    return [(name, p, g.copy()) for name, p, g in _named(self)]


@misconception(
    "sequential",
    symptom=True,
    says="train() and eval() switch the Sequential and none of its layers. Dropout inside of it hears nothing.",
)
class mode(Sequential):
    def train(self):
        self.training = True

    def eval(self):
        self.training = False


@misconception(
    "sequential",
    symptom=True,
    says="train() and eval() set the flag of each layer, but a Sequential inside of it does not pass it on: call its "
    "train() and eval().",
)
class mode_one_deep(Sequential):
    def train(self):
        self.training = True
        for layer in self.layers:
            layer.training = True

    def eval(self):
        self.training = False
        for layer in self.layers:
            layer.training = False


@misconception(
    "sequential",
    symptom=True,
    says="train() and eval() reach the layers, and the Sequential's own flag stays as it was.",
)
class own_flag_forgotten(Sequential):
    def train(self):
        for layer in self.layers:
            layer.train()

    def eval(self):
        for layer in self.layers:
            layer.eval()


@misconception(
    "sequential",
    replaces="Sequential.train",
    symptom=True,
    says="train() does not bring the layers back into training after eval().",
)
def never_back(self):
    self.training = True


@misconception(
    "sequential",
    replaces="Sequential.forward",
    says="Every layer gets x as it came in. It is to get what the layer before returned.",
)
def not_chained(self, x):
    out = x
    for layer in self.layers:
        out = layer.forward(x)
    return out


@misconception(
    "sequential",
    replaces="Sequential.backward",
    says="Every layer gets dout as it came in. It is to get what the layer behind it returned.",
)
def backward_not_chained(self, dout):
    out = dout
    for layer in reversed(self.layers):
        out = layer.backward(dout)
    return out


@misconception(
    "sequential",
    replaces="Sequential.backward",
    says="backward turns the Sequential's own list around. The next forward goes through it from the end.",
)
def turned_for_good(self, dout):
    self.layers.reverse()
    for layer in self.layers:
        dout = layer.backward(dout)
    return dout


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="The names are those inside of the layers, without the place: two layers have the same ones.",
)
def names_without_place(self):
    return [(name.rpartition(".")[2], p, g) for name, p, g in _named(self)]


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="The places are counted from 1. They are counted from 0, as everything in Python.",
)
def counted_from_one(self):
    return [(f"{at}.{name}", p, g) for at, layer in enumerate(self.layers, 1) for name, p, g in layer.parameters()]


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="Parameters are numbered in one go. A name is the place of the layer, a dot, and the name there.",
)
def numbered(self):
    return [(f"{at}.{name.rpartition('.')[2]}", p, g) for at, (name, p, g) in enumerate(_named(self))]


@misconception(
    "sequential",
    replaces="Sequential.parameters",
    symptom=True,
    says="parameters() gives those of the last layer only: the list is begun anew for each layer.",
)
def last_layer_only(self):
    found = []
    for at, layer in enumerate(self.layers):
        found = [(f"{at}.{name}", p, g) for name, p, g in layer.parameters()]
    return found


@misconception(
    "sequential",
    replaces="Sequential.__init__",
    symptom=True,
    says="A layer that stands in it twice is taken without complaint. It would keep only its second input.",
)
def twice_is_fine(self, layers):
    self.layers = list(layers)


@misconception(
    "sequential",
    replaces="Sequential.__init__",
    symptom=True,
    says="The Sequential keeps the very list that it was given: who adds to that list adds layers to it.",
)
def shared_list(self, layers):
    self.layers = layers
    if len({id(layer) for layer in layers}) < len(layers):
        raise ValueError("twice")
