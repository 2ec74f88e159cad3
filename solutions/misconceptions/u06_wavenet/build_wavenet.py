"""Wrong answers to u06.build_wavenet, each with its cause in words, run in the solution's namespace.

Left out: sampling in training mode. `sample_name` is given, and whoever calls it sets the mode; what a batch of one
then meets is an edge of `batch_norm_1d`.
"""

from grader import misconception


def _tree(vocab_size, n_embd, n_hidden, block_size, generator, bias=False, scale=0.1, norm=True, bend=True, wide=2):
    if block_size < 2 or block_size & (block_size - 1):
        raise ValueError("block_size")
    layers = [Embedding(vocab_size, n_embd, generator=generator)]
    channels = n_embd
    while block_size > 1:
        n = min(wide, block_size)
        layers += [FlattenConsecutive(n), Linear(n * channels, n_hidden, bias=bias, generator=generator)]
        layers += [BatchNorm1d(n_hidden)] if norm else []
        layers += [Tanh()] if bend else []
        channels, block_size = n_hidden, block_size // n
    last = Linear(channels, vocab_size, generator=generator)
    last.weight *= scale
    return Sequential([*layers, last])


@misconception(
    "build_wavenet",
    says="All letters are joined in the first step. That is the old MLP: everything is crushed at once. The tree joins "
    "two at a time.",
)
def flat_first(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator, wide=block_size)


@misconception(
    "build_wavenet",
    says="The Linear layers in front of BatchNorm have a bias. BatchNorm takes the mean away and the bias with it: it "
    "never learns.",
)
def bias_and_bn(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator, bias=True)


@misconception(
    "build_wavenet",
    says="The last layer begins with all of its weights' size. The fresh model is then sure of things it cannot know; "
    "a tenth of it is asked.",
)
def sure_from_the_start(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator, scale=1.0)


@misconception(
    "build_wavenet",
    says="The last layer begins with weights of zero. Nothing flows back through them into the tree at first; a tenth "
    "of the size that Linear draws is asked.",
)
def last_layer_zero(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator, scale=0.0)


@misconception(
    "build_wavenet",
    says="The levels have no BatchNorm.",
    symptom=True,
)
def no_norm(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator, norm=False)


@misconception(
    "build_wavenet",
    says="The levels have no tanh. Linear layers on top of each other are one linear layer.",
)
def no_tanh(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator, bend=False)


@misconception(
    "build_wavenet",
    says="tanh stands in front of BatchNorm. BatchNorm keeps what comes into tanh in range, so it comes first.",
)
def tanh_first(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    model = _tree(vocab_size, n_embd, n_hidden, block_size, generator)
    for i in range(3, len(model.layers), 4):
        model.layers[i], model.layers[i + 1] = model.layers[i + 1], model.layers[i]
    return model


@misconception(
    "build_wavenet",
    says="There are three levels, whatever block_size is. How often can it be halved?",
)
def three_levels(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    _tree(vocab_size, n_embd, n_hidden, block_size, None)
    return _tree(vocab_size, n_embd, n_hidden, 8, generator)


@misconception(
    "build_wavenet",
    says="All levels share one Linear layer. Pairs, fours and eights are different things: each level has its own.",
)
def shared_level(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    model = _tree(vocab_size, n_embd, n_hidden, block_size, generator)
    for i in range(10, len(model.layers) - 1, 4):
        model.layers[i] = model.layers[6]
    return model


@misconception(
    "build_wavenet",
    says="The last layer has no bias. There is no BatchNorm behind it that could make up for one.",
)
def no_last_bias(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    model = _tree(vocab_size, n_embd, n_hidden, block_size, generator)
    model.layers[-1].bias = None
    return model


@misconception(
    "build_wavenet",
    says="A block_size that cannot be halved down to 1 is taken without a word. The tree does not fit such a context.",
    symptom=True,
)
def any_block_size(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, 2 ** max(1, int(block_size).bit_length() - 1), generator)


@misconception(
    "build_wavenet",
    says="The generator is not used: torch's global one draws the weights, and the same seed gives others.",
    symptom=True,
)
def generator_ignored(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, None)


@misconception(
    "build_wavenet",
    says="There are three levels, whatever block_size is. That is right for 8 letters; 4 need two, 16 need four.",
    symptom=True,
)
def always_three_levels(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, 8, generator)


@misconception(
    "build_wavenet",
    says="You return a list of layers. Sequential(layers) makes a model of it, which can be called.",
    symptom=True,
)
def a_list_of_layers(vocab_size, n_embd, n_hidden, block_size=8, generator=None):
    return _tree(vocab_size, n_embd, n_hidden, block_size, generator).layers
