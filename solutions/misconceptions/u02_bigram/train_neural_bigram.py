"""Wrong answers to u02.train_neural_bigram, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _probs(W, xs):
    return softmax(W[xs])


def _nll(W, xs, ys):
    return -_probs(W, xs)[torch.arange(len(ys)), ys].log().mean()


def _penalty(W):
    return (W**2).mean()


def _first(vocab_size, generator):
    return torch.randn((vocab_size, vocab_size), generator=generator, requires_grad=True)


def _run(W, steps, lr, loss_of, clear=True):
    losses = []
    for _ in range(steps):
        loss = loss_of(W)
        if clear:
            W.grad = None
        loss.backward()
        W.data -= lr * W.grad
        losses.append(loss.item())
    return W.detach(), losses


@misconception(
    "train_neural_bigram",
    says="Gradients pile up: each step moves by the sum of all gradients so far. torch adds to W.grad, and nobody "
    "clears it.",
)
def no_zero_grad(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W), clear=False)


@misconception(
    "train_neural_bigram",
    says="The regulariser takes the sum of the squares. That is V * V times as strong as their mean.",
)
def reg_sum(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, xs, ys) + reg * (W**2).sum())


@misconception(
    "train_neural_bigram",
    says="The minus is missing: the log-likelihood is minimised, and what did come becomes ever less likely.",
)
def likelihood_minimised(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: reg * _penalty(W) - _nll(W, xs, ys))


@misconception(
    "train_neural_bigram",
    says="Every row is asked for every target: probs[:, ys] has n rows and n columns. Row r has one target, ys[r].",
)
def all_targets(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    def loss_of(W):
        return _probs(W, xs)[:, ys].log().mean().neg() + reg * _penalty(W)

    return _run(_first(vocab_size, generator), steps, lr, loss_of)


@misconception(
    "train_neural_bigram",
    says="W is 27 by 27, as for the lecture's names. It has as many rows and columns as vocab_size says.",
)
def weights_27(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = _first(max(27, vocab_size), generator)
    return _run(W, steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception("train_neural_bigram", says="The regulariser is missing from the loss.")
def no_reg(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, xs, ys))


@misconception("train_neural_bigram", says="The regulariser is subtracted: it drives the weights away from 0.")
def reg_subtracted(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, xs, ys) - reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="The losses in the list lack the regulariser. It is part of the loss that is minimised, and of what is shown.",
)
def reg_not_reported(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W, losses = _first(vocab_size, generator), []
    for _ in range(steps):
        losses.append(_nll(W, xs, ys).item())
        _run(W, 1, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))
    return W.detach(), losses


@misconception(
    "train_neural_bigram", says="The loss is a sum over the pairs. With their mean the steps are n times smaller."
)
def sum_not_mean(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = _first(vocab_size, generator)
    return _run(W, steps, lr, lambda W: _nll(W, xs, ys) * len(ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="Softmax is applied twice. The second one takes probabilities for logits: all lie between 0 and 1, so nothing "
    "gets far from even, and learning crawls.",
)
def double_softmax(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = _first(vocab_size, generator)
    return _run(W, steps, lr, lambda W: _nll(softmax(W), xs, ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="W learns to predict what came before: xs and ys have changed places. The row is where one comes from.",
)
def swapped(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, ys, xs) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="W is turned over: a column is what follows one character. One-hot times W picks rows.",
)
def weights_turned(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W.T, xs, ys) + reg * _penalty(W))


@misconception("train_neural_bigram", says="The steps go uphill: the update adds the gradient, and the loss grows.")
def uphill(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, -lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="Each loss is that after its update. The one in the list is the loss that the step started from.",
)
def loss_after(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W, losses = _first(vocab_size, generator), []
    for _ in range(steps):
        _run(W, 1, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))
        losses.append((_nll(W, xs, ys) + reg * _penalty(W)).item())
    return W.detach(), losses


@misconception("train_neural_bigram", says="The weights that come back are those before the last update.")
def last_update_missing(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W, losses, kept = _first(vocab_size, generator), [], None
    for _ in range(steps):
        kept = W.detach().clone()
        losses += _run(W, 1, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))[1]
    return (W.detach() if kept is None else kept), losses


@misconception(
    "train_neural_bigram",
    says="The weights begin at zero: the first loss is log(V) for every seed. The contract draws them with "
    "torch.randn.",
)
def zeros_first(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.zeros((vocab_size, vocab_size), requires_grad=True)
    return _run(W, steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="The first weights lie between 0 and 1: they come from torch.rand. torch.randn draws them from a bell curve.",
)
def rand_first(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = torch.rand((vocab_size, vocab_size), generator=generator).requires_grad_()
    return _run(W, steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="The generator that you were given is not used: the first weights come from torch's global one.",
)
def weights_from_global_rng(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = _first(vocab_size, None)
    return _run(W, steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="The first weights are the same for every generator: a seed is set inside. They are to come from the "
    "generator that is given.",
)
def weights_of_one_seed(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W = _first(vocab_size, torch.Generator().manual_seed(2147483647))
    return _run(W, steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception("train_neural_bigram", says="lr is not used: each step is 50 times the gradient, whatever is asked for.")
def lr_ignored(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, 50.0, lambda W: _nll(W, xs, ys) + reg * _penalty(W))


@misconception(
    "train_neural_bigram", says="reg is not used: the regulariser has the weight 0.01, whatever is asked for."
)
def reg_ignored(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    return _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, xs, ys) + 0.01 * _penalty(W))


@misconception(
    "train_neural_bigram",
    says="The losses are tensors. With each of them the graph of its step stays in memory; .item() takes the number "
    "out.",
    symptom=True,
)
def loss_graph_kept(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W, losses = _run(_first(vocab_size, generator), steps, lr, lambda W: _nll(W, xs, ys) + reg * _penalty(W))
    return W, [torch.tensor(loss) for loss in losses]


@misconception(
    "train_neural_bigram",
    says="Training stops with an error after the first update. If W is replaced by W - lr * W.grad, the new W is a "
    "result and no parameter: its grad is None.",
    symptom=True,
)
def update_tracked(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    W, losses = _first(vocab_size, generator), []
    for _ in range(steps):
        loss = _nll(W, xs, ys) + reg * _penalty(W)
        W.grad = None
        loss.backward()
        W = W - lr * W.grad
        losses.append(loss.item())
    return W.detach(), losses


@misconception(
    "train_neural_bigram",
    says="The loss counts wrong guesses. It moves in jumps and has no slope, so nothing flows back from it.",
)
def argmax_loss(xs, ys, vocab_size, steps=100, lr=50.0, reg=0.01, generator=None):
    def misses(W):
        return (W[xs].argmax(dim=1) != ys).float().mean() + reg * _penalty(W)

    return _run(_first(vocab_size, generator), steps, lr, misses)
