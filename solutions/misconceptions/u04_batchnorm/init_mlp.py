"""Wrong answers to u04.init_mlp, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _drawn(vocab_size, n_embd, block_size, n_hidden, g, C=1.0, W1=None, b1=0.01, W2=0.01, b2=0.0):
    fan_in = block_size * n_embd
    factors = {"C": C, "W1": 5 / 3 / fan_in**0.5 if W1 is None else W1, "b1": b1, "W2": W2, "b2": b2}
    shapes = [(vocab_size, n_embd), (fan_in, n_hidden), (n_hidden,), (n_hidden, vocab_size), (vocab_size,)]
    drawn = zip(factors.items(), shapes, strict=True)
    return {name: (torch.randn(s, generator=g) * f).requires_grad_() for (name, f), s in drawn}


@misconception(
    "init_mlp",
    symptom=True,
    says="The logits are large at the start: the net is sure of itself before it has seen anything. Mind "
    "the size of W2.",
)
def default_randn(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, W2=1.0)


@misconception(
    "init_mlp",
    symptom=True,
    says="W2 is all zeros. The loss is right, but no gradient reaches the layers below in the first step.",
)
def zero_W2(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, W2=0.0)


@misconception(
    "init_mlp",
    symptom=True,
    says="Most tanh units begin at 1 or -1, where the slope is nearly 0. W1 is too large for its number of inputs.",
)
def W1_too_large(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, W1=1.0)


@misconception(
    "init_mlp",
    symptom=True,
    says="b2 is not zero, so the net prefers some letters before it has seen any.",
)
def bias_random(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, b2=0.01)


@misconception(
    "init_mlp",
    symptom=True,
    says="W1 has a spread of 1 / sqrt(K * E): tanh's gain of 5/3 is missing.",
)
def no_gain(vocab_size, n_embd, block_size, n_hidden, generator=None):
    std = (block_size * n_embd) ** -0.5
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, W1=std)


@misconception(
    "init_mlp",
    symptom=True,
    says="What you return are products that require gradients, not leaves: no optimizer could train them.",
)
def not_leaves(vocab_size, n_embd, block_size, n_hidden, generator=None):
    made = _drawn(vocab_size, n_embd, block_size, n_hidden, generator)
    return {name: one * 1.0 for name, one in made.items()}


@misconception(
    "init_mlp",
    symptom=True,
    says="The generator is not used for all of the numbers: the same one gives other parameters the second time.",
)
def ignores_generator(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, None)


@misconception(
    "init_mlp",
    symptom=True,
    says="Hidden units are twins: with the same weights they get the same gradients, and stay equal for ever.",
)
def equal_units(vocab_size, n_embd, block_size, n_hidden, generator=None):
    made = _drawn(vocab_size, n_embd, block_size, n_hidden, generator)
    with torch.no_grad():
        made["W1"][:] = made["W1"][:, :1]
    return made


@misconception(
    "init_mlp",
    symptom=True,
    says="You ask for gradients first and multiply afterwards. A product is no leaf, and no optimizer could train it.",
)
def asks_too_early(vocab_size, n_embd, block_size, n_hidden, generator=None):
    made = _drawn(vocab_size, n_embd, block_size, n_hidden, generator)
    return {name: one * 1.0 if name in ("W1", "b1", "W2") else one for name, one in made.items()}


@misconception(
    "init_mlp",
    symptom=True,
    says="None of the parameters require gradients, so none of them can be trained.",
)
def no_gradients(vocab_size, n_embd, block_size, n_hidden, generator=None):
    made = _drawn(vocab_size, n_embd, block_size, n_hidden, generator)
    return {name: one.detach() for name, one in made.items()}


@misconception(
    "init_mlp",
    symptom=True,
    says="W1 is divided by the root of n_hidden. What one unit sums are its inputs, K * E of them.",
)
def fan_out(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, W1=5 / 3 / n_hidden**0.5)


@misconception(
    "init_mlp",
    symptom=True,
    says="W1 is divided by the root of n_embd. One unit sums the numbers of all K letters: K * E of them.",
)
def one_letter_only(vocab_size, n_embd, block_size, n_hidden, generator=None):
    return _drawn(vocab_size, n_embd, block_size, n_hidden, generator, W1=5 / 3 / n_embd**0.5)
