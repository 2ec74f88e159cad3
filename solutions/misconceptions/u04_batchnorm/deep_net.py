"""Wrong answers to u04.deep_net, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _net(sizes, norm, g, gain=5 / 3, last=0.1, bias=None, order=(1, 0)):
    n_in, n_hidden, n_out, n_layer = sizes
    layers, width = [], n_in
    for _ in range(n_layer):
        linear = Linear(width, n_hidden, bias=not norm if bias is None else bias, generator=g)
        linear.weight = linear.weight * (1.0 if norm else gain)
        behind = [Tanh(), *([BatchNorm1d(n_hidden)] if norm else [])]
        layers += [linear, *(behind if order == (0, 1) else behind[::-1])]
        width = n_hidden
    output = Linear(width, n_out, generator=g)
    output.weight = output.weight * last
    return Sequential([*layers, output])


@misconception(
    "deep_net",
    symptom=True,
    says="Without BatchNorm the hidden weights lack tanh's gain: each layer makes its numbers smaller.",
)
def net_without_gain(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    return _net((n_in, n_hidden, n_out, n_layer), norm, generator, gain=1.0)


@misconception(
    "deep_net",
    symptom=True,
    says="The last layer begins at full size, so the net has opinions before it has seen anything.",
)
def sure_at_the_start(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    return _net((n_in, n_hidden, n_out, n_layer), norm, generator, last=1.0)


@misconception(
    "deep_net",
    symptom=True,
    says="A Linear in front of a BatchNorm has a bias. The mean takes it away again, so it trains for nothing.",
)
def useless_bias(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    return _net((n_in, n_hidden, n_out, n_layer), norm, generator, bias=True)


@misconception(
    "deep_net",
    symptom=True,
    says="BatchNorm stands behind the tanh. It is to stand before it, where it keeps tanh from saturating.",
)
def norm_behind_tanh(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    return _net((n_in, n_hidden, n_out, n_layer), norm, generator, order=(0, 1))


@misconception(
    "deep_net",
    symptom=True,
    says="There is one hidden layer too few.",
)
def one_layer_short(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    return _net((n_in, n_hidden, n_out, n_layer - 1), norm, generator)


@misconception(
    "deep_net",
    symptom=True,
    says="norm is not looked at: there is always a BatchNorm.",
)
def always_norm(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    return _net((n_in, n_hidden, n_out, n_layer), True, generator)


@misconception(
    "deep_net",
    symptom=True,
    says="A BatchNorm with a small gamma ends the net, as in the lecture. Here a Linear with bias ends it, and "
    "its weight is what is small.",
)
def norm_at_the_end(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    net = _net((n_in, n_hidden, n_out, n_layer), norm, generator)
    if norm:
        last = BatchNorm1d(n_out)
        with torch.no_grad():
            last.gamma *= 0.1
        net.layers = [*net.layers[:-1], Linear(n_hidden, n_out, False, generator), last]
    return net


@misconception(
    "deep_net",
    symptom=True,
    says="One and the same hidden layer stands in several places. Each place needs a layer of its own.",
)
def one_layer_again(n_in, n_hidden, n_out, n_layer, norm=True, generator=None):
    layers = _net((n_in, n_hidden, n_out, n_layer), norm, generator).layers
    size = 2 + norm
    return Sequential([*layers[:size], *layers[size : 2 * size] * (n_layer - 1), layers[-1]])
