"""Wrong answers to u01.train, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _losses(scores, ys):
    if len(scores) != len(ys):
        raise ValueError("lengths differ")
    if any(y not in (-1, 1) for y in ys):
        raise ValueError("labels must be +1 or -1")
    return [(1 - y * score).relu() for score, y in zip(scores, ys, strict=True)]


def _squares(params):
    return sum((p * p for p in params), Value(0.0))


def _loss(model, xs, ys):
    return hinge_loss([model(x) for x in xs], ys, model.parameters())


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients of all earlier steps are still in the parameters, since leaves add up. Each step walks "
    "along the sum of them, further and further: empty them before the sweep.",
)
def no_zero_grad(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
    return losses


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients are 0 when the parameters are updated, so no parameter moves. Empty them before the "
    "sweep: between sweep and update is where you use them.",
)
def zero_after_backward(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        model.zero_grad()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
    return losses


def _trained(model, xs, ys, steps, update, lose=lambda loss: loss.data):
    """The loop as it should be, but for what `update` does with the parameters of step k."""
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(lose(loss))
        model.zero_grad()
        loss.backward()
        update(k, model.parameters())
    return losses


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradient points uphill, to a larger loss. You walk along it; a step goes against it.",
)
def ascent(model, xs, ys, steps, lr):
    def update(k, parameters):
        for p in parameters:
            p.data += lr(k) * p.grad

    return _trained(model, xs, ys, steps, update)


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients are there, and no parameter has moved. `p = p - ...` would do that: it makes a new "
    "node and gives it the name p. Change the number that the parameter holds.",
)
def update_rebinds(model, xs, ys, steps, lr):
    def update(k, parameters):
        for p in parameters:
            p = p - lr(k) * p.grad

    return _trained(model, xs, ys, steps, update)


@misconception(
    "train",
    replaces="train_classifier",
    says="The learning rate is that of step 0 in all steps: lr is not asked again. It must fall from step to step.",
)
def rate_frozen(model, xs, ys, steps, lr):
    rate = lr(0)

    def update(k, parameters):
        for p in parameters:
            p.data -= rate * p.grad

    return _trained(model, xs, ys, steps, update)


@misconception(
    "train",
    replaces="train_classifier",
    says="The loss that you note down is computed after the update. The first one should be that of the "
    "untrained model.",
)
def loss_after_update(model, xs, ys, steps, lr):
    losses = []

    def update(k, parameters):
        for p in parameters:
            p.data -= lr(k) * p.grad
        losses.append(_loss(model, xs, ys).data)

    _trained(model, xs, ys, steps, update)
    return losses


@misconception(
    "train",
    replaces="train_classifier",
    says="The list holds the losses as Values, each with its whole graph behind it. Asked for are plain numbers.",
)
def losses_as_values(model, xs, ys, steps, lr):
    def update(k, parameters):
        for p in parameters:
            p.data -= lr(k) * p.grad

    return _trained(model, xs, ys, steps, update, lose=lambda loss: loss)


@misconception(
    "train",
    replaces="hinge_loss",
    says="You add the losses of the samples up and do not divide by their number: the step grows with the data set.",
)
def sum_not_mean(scores, ys, params, alpha=1e-4):
    return sum(_losses(scores, ys), Value(0.0)) + alpha * _squares(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="The loss grows with y * score, so a right answer is punished. It must fall as the margin grows.",
)
def margin_sign(scores, ys, params, alpha=1e-4):
    losses = _losses([-score for score in scores], ys)
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="Labels that are neither +1 nor -1 raise nothing. With y = 0 the term is a constant 1: such a sample "
    "costs something and teaches nothing, and nobody notices. Refuse it.",
    symptom=True,
)
def labels_01(scores, ys, params, alpha=1e-4):
    if len(scores) != len(ys):
        raise ValueError("lengths differ")
    losses = [(1 - y * score).relu() for score, y in zip(scores, ys, strict=True)]
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="The toll is the mean of the squared parameters. Asked for is their sum: here a large network pays more.",
)
def reg_mean(scores, ys, params, alpha=1e-4):
    losses = _losses(scores, ys)
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params) / len(params)


@misconception(
    "train",
    replaces="hinge_loss",
    says="There is no toll on the parameters: alpha has no effect.",
)
def no_toll(scores, ys, params, alpha=1e-4):
    losses = _losses(scores, ys)
    return sum(losses, Value(0.0)) / len(losses)


@misconception(
    "train",
    replaces="mse_loss",
    says="You add the squared errors up and do not divide by their number: the gradient grows with the data set.",
)
def mse_sum(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    return sum(((p - y) ** 2 for p, y in zip(ypred, ys, strict=True)), Value(0.0))


@misconception(
    "train",
    replaces="mse_loss",
    says="Predictions and targets of different numbers raise nothing. zip stops at the shorter of its two and "
    "says nothing: compare the lengths first.",
    symptom=True,
)
def mse_truncates(ypred, ys):
    return sum(((p - y) ** 2 for p, y in zip(ypred, ys, strict=False)), Value(0.0)) / len(ys)


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients that a model holds from before count in the first step: they are emptied after the "
    "update only. Empty them before each sweep, the first one, too.",
)
def zero_after_update(model, xs, ys, steps, lr):
    losses = []
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        for p in model.parameters():
            p.data -= lr(k) * p.grad
        model.zero_grad()
    return losses


@misconception(
    "train",
    replaces="hinge_loss",
    says="A sample beyond the margin pays a negative price, so it makes up for another one. What is missing to "
    "the margin is never below 0.",
)
def no_relu(scores, ys, params, alpha=1e-4):
    _losses(scores, ys)
    losses = [1 - y * score for score, y in zip(scores, ys, strict=True)]
    return sum(losses, Value(0.0)) / len(losses) + alpha * _squares(params)


@misconception(
    "train",
    replaces="mse_loss",
    says="The errors are not squared, so a prediction that is too large makes up for one that is too small.",
)
def mse_not_squared(ypred, ys):
    if len(ypred) != len(ys):
        raise ValueError("lengths differ")
    return sum((p - y for p, y in zip(ypred, ys, strict=True)), Value(0.0)) / len(ys)


@misconception(
    "train",
    replaces="train_classifier",
    says="The gradients are emptied once, before the first step. They add up in the leaves, so each step has to begin "
    "with empty ones.",
)
def emptied_once(model, xs, ys, steps, lr):
    losses = []
    model.zero_grad()
    for k in range(steps):
        loss = _loss(model, xs, ys)
        losses.append(loss.data)
        loss.backward()
        rate = lr(k)
        for p in model.parameters():
            p.data -= rate * p.grad
    return losses
