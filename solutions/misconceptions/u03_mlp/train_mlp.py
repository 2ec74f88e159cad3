"""Wrong answers to u03.train_mlp, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _loss(params, pair):
    return cross_entropy(mlp_forward(params, pair[0]), pair[1])


def _clear(params):
    for p in params.values():
        p.grad = None


@misconception(
    "train_mlp",
    says="The gradients are never cleared. backward adds to what is there, so each step goes along the sum of all "
    "gradients so far.",
)
def never_cleared(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        loss.backward()
        sgd_step(params.values(), lr)
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="The gradients are cleared after each step only. What hangs on the parameters when the training begins counts"
    " in the first step.",
)
def cleared_after(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        loss.backward()
        sgd_step(params.values(), lr)
        _clear(params)
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="You note the loss after the step. The one that is asked for belongs to the parameters before they move.",
)
def loss_after_step(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        pair = minibatch(X, Y, batch_size, generator)
        _clear(params)
        _loss(params, pair).backward()
        sgd_step(params.values(), lr)
        losses.append(_loss(params, pair).item())
    return losses


@misconception(
    "train_mlp",
    says="Each step has the first learning rate. There is one for each step.",
)
def first_rate(params, X, Y, lrs, batch_size=32, generator=None):
    return right_training(params, X, Y, [lrs[0]] * len(lrs), batch_size, generator)


@misconception(
    "train_mlp",
    says="You keep the decimal logarithm of each loss. That is for a plot; what is asked for is the loss itself.",
)
def log_of_the_loss(params, X, Y, lrs, batch_size=32, generator=None):
    return torch.tensor(right_training(params, X, Y, lrs, batch_size, generator)).log10().tolist()


@misconception(
    "train_mlp",
    says="One batch is drawn before the loop, and all steps train on it. The model learns these few examples by heart.",
)
def one_batch(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    pair = minibatch(X, Y, batch_size, generator)
    for lr in lrs:
        loss = _loss(params, pair)
        _clear(params)
        loss.backward()
        sgd_step(params.values(), lr)
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="Each step uses the whole data set. batch_size random examples are asked for: that is the point of a "
    "minibatch.",
)
def full_batch(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, (X, Y))
        _clear(params)
        loss.backward()
        sgd_step(params.values(), lr)
        losses.append(loss.item())
    return losses


@misconception("train_mlp", says="Your batches have 32 examples, whatever batch_size is.")
def fixed_size(params, X, Y, lrs, batch_size=32, generator=None):
    return right_training(params, X, Y, lrs, 32, generator)


@misconception(
    "train_mlp",
    says="You trained a copy. The parameters that were handed over have not moved.",
)
def trains_a_copy(params, X, Y, lrs, batch_size=32, generator=None):
    copies = {name: p.detach().clone().requires_grad_() for name, p in params.items()}
    return right_training(copies, X, Y, lrs, batch_size, generator)


@misconception(
    "train_mlp",
    says="When the step is taken no parameter has a gradient, and nothing can move: backward has not been called, or "
    "the gradients were cleared after it.",
)
def cleared_too_late(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        loss.backward()
        _clear(params)
        sgd_step(params.values(), lr)
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="The embeddings C do not move: you train only the two layers. Letters keep the numbers that they got by "
    "chance.",
)
def embeddings_stay(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        _clear(params)
        loss.backward()
        sgd_step([p for name, p in params.items() if name != "C"], lr)
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="The losses are tensors that still hang on their graphs: a thousand steps keep a thousand graphs in memory.",
    symptom=True,
)
def keeps_graphs(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        _clear(params)
        loss.backward()
        sgd_step(params.values(), lr)
        losses.append(loss)
    return losses


@misconception(
    "train_mlp",
    says="The generator that is given is not used for the batches: the same seed gives another training.",
    symptom=True,
)
def batches_without_generator(params, X, Y, lrs, batch_size=32, generator=None):
    return right_training(params, X, Y, lrs, batch_size)


@misconception(
    "train_mlp",
    says="You clear each gradient with zero_(), and before the first backward there is none: grad is None. "
    "p.grad = None clears it in any case.",
)
def zeroes_nothing(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for lr in lrs:
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        for p in params.values():
            p.grad.zero_()
        loss.backward()
        sgd_step(params.values(), lr)
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="The number of steps is fixed in yours. There are as many steps as learning rates: len(lrs).",
    symptom=True,
)
def fixed_number_of_steps(params, X, Y, lrs, batch_size=32, generator=None):
    losses = []
    for i in range(1000):
        loss = _loss(params, minibatch(X, Y, batch_size, generator))
        _clear(params)
        loss.backward()
        sgd_step(params.values(), lrs[i])
        losses.append(loss.item())
    return losses


@misconception(
    "train_mlp",
    says="You return the last loss alone. The list of all of them is asked for: one number for each step.",
    symptom=True,
)
def last_loss(params, X, Y, lrs, batch_size=32, generator=None):
    return right_training(params, X, Y, lrs, batch_size, generator)[-1]


right_training = train_mlp
