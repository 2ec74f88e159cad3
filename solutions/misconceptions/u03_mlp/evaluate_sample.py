"""Wrong answers to u03.evaluate_sample, each with its cause in words, run in the solution's namespace.

Left out: measuring on the training set. `evaluate` measures what it is handed.
"""

from grader import misconception


def _pieces(params, X, Y, batch_size):
    """Return [mean loss, number of examples] of each piece."""
    with torch.no_grad():
        return [
            [
                cross_entropy(mlp_forward(params, X[i : i + batch_size]), Y[i : i + batch_size]).item(),
                len(X[i : i + batch_size]),
            ]
            for i in range(0, len(X), batch_size)
        ]


def _draw(params, context, generator):
    with torch.no_grad():
        p = mlp_forward(params, torch.tensor([context])).softmax(dim=1)
    return int(torch.multinomial(p, 1, generator=generator))


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="You average the means of the pieces. The last piece is shorter, so its examples count more than the others.",
)
def mean_of_means(params, X, Y, batch_size=1024):
    losses = [loss for loss, _ in _pieces(params, X, Y, batch_size)]
    return sum(losses) / len(losses)


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="You return the sum of the losses. What is asked for is the mean over the examples.",
)
def total(params, X, Y, batch_size=1024):
    return sum(loss * n for loss, n in _pieces(params, X, Y, batch_size))


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="The last piece is left out where it is shorter than the others.",
)
def last_dropped(params, X, Y, batch_size=1024):
    pieces = _pieces(params, X, Y, batch_size)
    pieces = [piece for piece in pieces if piece[1] == batch_size] or pieces
    return sum(loss * n for loss, n in pieces) / sum(n for _, n in pieces)


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="Only the first batch_size examples are measured. The loss is over the whole data set.",
)
def first_piece(params, X, Y, batch_size=1024):
    return _pieces(params, X, Y, batch_size)[0][0]


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="The result hangs on a graph: gradients were on while you measured. That costs memory for each example, and "
    "nobody will ever go back through it.",
    symptom=True,
)
def grad_on(params, X, Y, batch_size=1024):
    total = 0
    for i in range(0, len(X), batch_size):
        Xb, Yb = X[i : i + batch_size], Y[i : i + batch_size]
        total = total + cross_entropy(mlp_forward(params, Xb), Yb) * len(Xb)
    return total / len(X)


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="More than batch_size examples go through the network at once.",
    symptom=True,
)
def all_at_once(params, X, Y, batch_size=1024):
    with torch.no_grad():
        return cross_entropy(mlp_forward(params, X), Y).item()


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="The gradients of the parameters are gone after you have measured. They belong to whoever is training.",
    symptom=True,
)
def clears_gradients(params, X, Y, batch_size=1024):
    for p in params.values():
        p.grad = None
    return right_loss(params, X, Y, batch_size)


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="The window does not move: each letter is drawn from a context of dots, as if it were the first one.",
)
def window_stands(params, itos, block_size, generator=None, max_len=64):
    name = ""
    for _ in range(max_len):
        ix = _draw(params, [0] * block_size, generator)
        if ix == 0:
            break
        name += itos[ix]
    return name


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="The window only grows. It has to drop its oldest letter for each new one; the network takes K letters.",
    symptom=True,
)
def window_grows(params, itos, block_size, generator=None, max_len=64):
    context, name = [0] * block_size, ""
    for _ in range(max_len):
        ix = _draw(params, context, generator)
        if ix == 0:
            break
        context = [*context, ix]
        name += itos[ix]
    return name


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="New letters enter the window on the wrong side. The newest one is the last, as in build_dataset.",
)
def enters_in_front(params, itos, block_size, generator=None, max_len=64):
    context, name = [0] * block_size, ""
    for _ in range(max_len):
        ix = _draw(params, context, generator)
        if ix == 0:
            break
        context = [ix, *context[:-1]]
        name += itos[ix]
    return name


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="You take the best letter each time. That is always the same name; letters are drawn with their "
    "probabilities.",
)
def takes_the_best(params, itos, block_size, generator=None, max_len=64):
    context, name = [0] * block_size, ""
    for _ in range(max_len):
        ix = int(mlp_forward(params, torch.tensor([context])).argmax())
        if ix == 0:
            break
        context = [*context[1:], ix]
        name += itos[ix]
    return name


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="All letters are equally likely in yours: the scores of the model are not used.",
)
def ignores_the_model(params, itos, block_size, generator=None, max_len=64):
    name = ""
    for _ in range(max_len):
        ix = int(torch.randint(len(itos), (1,), generator=generator))
        if ix == 0:
            break
        name += itos[ix]
    return name


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="The dot is part of your names. It ends a name, and does not belong to it.",
)
def keeps_the_dot(params, itos, block_size, generator=None, max_len=64):
    return right_name(params, itos, block_size, generator, max_len) + "."


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="A dot at the very beginning is drawn again until a letter comes. The model said that the name is empty.",
)
def never_empty(params, itos, block_size, generator=None, max_len=64):
    for _ in range(200):
        name = right_name(params, itos, block_size, generator, max_len)
        if name:
            return name
    return ""


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="max_len is not kept: a model that never draws the dot goes on for ever.",
    symptom=True,
)
def no_longest(params, itos, block_size, generator=None, max_len=64):
    return right_name(params, itos, block_size, generator, 500)


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="One letter too many: with max_len letters the name is complete.",
)
def one_too_many(params, itos, block_size, generator=None, max_len=64):
    return right_name(params, itos, block_size, generator, max_len + 1)


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="The generator that is given is not used. Somebody passed it to get the same names again.",
    symptom=True,
)
def names_without_generator(params, itos, block_size, generator=None, max_len=64):
    return right_name(params, itos, block_size, None, max_len)


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="Your window is always three letters wide. It has block_size of them.",
    symptom=True,
)
def three_letters(params, itos, block_size, generator=None, max_len=64):
    return right_name(params, itos, 3, generator, max_len)


right_loss, right_name = evaluate, sample_mlp


@misconception(
    "evaluate_sample",
    replaces="evaluate",
    says="Your loop ends one piece too early: range(0, len(X) - batch_size, batch_size) leaves out the last one. With "
    "fewer examples than batch_size there is no piece at all, and the loss is 0.",
)
def ends_early(params, X, Y, batch_size=1024):
    pieces = _pieces(params, X, Y, batch_size)[: max(0, math.ceil((len(X) - batch_size) / batch_size))]
    return sum(loss * n for loss, n in pieces) / len(X)


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="You return a list of letters. A name is a text: ''.join(...) puts its letters together.",
    symptom=True,
)
def a_list_of_letters(params, itos, block_size, generator=None, max_len=64):
    return list(right_name(params, itos, block_size, generator, max_len))


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="Each name is drawn with the same random numbers: a seed is set inside of the function, and all names are "
    "equal.",
    symptom="All names are equal.",
)
def same_name_again(params, itos, block_size, generator=None, max_len=64):
    return right_name(params, itos, block_size, torch.Generator().manual_seed(2147483647 + 10), max_len)


@misconception(
    "evaluate_sample",
    replaces="sample_mlp",
    says="You draw with the scores. torch.multinomial takes probabilities: a score may be negative.",
    symptom=True,
)
def scores_for_probabilities(params, itos, block_size, generator=None, max_len=64):
    context, letters = [0] * block_size, []
    while len(letters) < max_len:
        logits = mlp_forward(params, torch.tensor([context]))
        ix = torch.multinomial(logits, num_samples=1, generator=generator).item()
        if ix == 0:
            break
        context = [*context[1:], ix]
        letters.append(itos[ix])
    return "".join(letters)
