"""Wrong answers to u05.train_manual, each with its cause in words, run in the solution's namespace.

Left out, since no fair check can tell it from a right answer:
- train_manual through `loss.backward()`: its numbers are right. It cannot happen here: the unit's rules name torch and
  its like, and a worker of this unit has none of them to import.
"""

import numpy as np

from grader import misconception

right_training = train_manual


def averaged(running, f, momentum):
    """Move the running averages by one batch."""
    for name, new in (("mean", f["bnmeani"]), ("var", f["bnvar"])):
        running[name] = (1 - momentum) * running[name] + momentum * new


def descended(params, grads, lr):
    """Move the parameters."""
    for name, grad in grads.items():
        params[name] -= lr * grad


@misconception(
    "train_manual",
    says="W2 has moved before the gradient behind it was computed with it. All gradients of a step belong to the old "
    "parameters.",
)
def update_before_all_grads(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        f, lr = forward(params, X[rows], Y[rows]), lr_fn(step)
        losses.append(float(f["loss"]))
        averaged(running, f, momentum)
        dlogits = cross_entropy_backward(f["logits"], Y[rows])
        _, dW2, db2 = linear_backward(dlogits, f["h"], params["W2"])
        descended(params, {"W2": dW2, "b2": db2}, lr)
        grads = chain(params, f, dlogits)
        descended(params, {name: grad for name, grad in grads.items() if name not in ("W2", "b2")}, lr)
    return losses


@misconception(
    "train_manual",
    says="You report the loss after the step. The loss that belongs to a gradient is the one before anything moves.",
)
def loss_after_update(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        _, grads = mlp_backward(params, X[rows], Y[rows])
        averaged(running, forward(params, X[rows], Y[rows]), momentum)
        descended(params, grads, lr_fn(step))
        losses.append(float(forward(params, X[rows], Y[rows])["loss"]))
    return losses


@misconception(
    "train_manual",
    says="Your running averages keep momentum of the *old* number. Here, as in torch, momentum is the weight of the "
    "new one.",
)
def ema_direction(params, running, X, Y, batches, lr_fn, momentum=0.1):
    return right_training(params, running, X, Y, batches, lr_fn, 1 - momentum)


@misconception(
    "train_manual",
    says="The running averages see a batch only after the parameters have moved. They belong to the forward pass of "
    "the step.",
)
def averages_after_update(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        descended(params, grads, lr_fn(step))
        averaged(running, forward(params, X[rows], Y[rows]), momentum)
    return losses


@misconception(
    "train_manual",
    says="Your running variance is made with n. The forward pass divides the variance of a batch by n - 1.",
)
def running_biased(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        f = forward(params, X[rows], Y[rows])
        averaged(running, f | {"bnvar": f["bnvar"] * (len(rows) - 1) / len(rows)}, momentum)
        descended(params, grads, lr_fn(step))
    return losses


@misconception(
    "train_manual",
    says="The losses fall, but the caller's parameters stand where they stood: you trained a copy.",
)
def trains_a_copy(params, running, X, Y, batches, lr_fn, momentum=0.1):
    own = {name: value.copy() for name, value in params.items()}
    return right_training(own, running, X, Y, batches, lr_fn, momentum)


@misconception(
    "train_manual",
    says="You climb: the parameters move along the gradient, and the loss rises. Descent goes against it.",
)
def climbs(params, running, X, Y, batches, lr_fn, momentum=0.1):
    with np.errstate(all="ignore"):
        return right_training(params, running, X, Y, batches, lambda step: -lr_fn(step), momentum)


@misconception(
    "train_manual",
    says="You count the steps from 1, so every step asks for the learning rate of the next one. The first step is 0.",
)
def counts_from_one(params, running, X, Y, batches, lr_fn, momentum=0.1):
    return right_training(params, running, X, Y, batches, lambda step: lr_fn(step + 1), momentum)


@misconception(
    "train_manual",
    says="The learning rate is that of step 0 in all steps: lr_fn is not asked again.",
)
def first_rate_only(params, running, X, Y, batches, lr_fn, momentum=0.1):
    rate = lr_fn(0) if len(batches) else 0.0
    return right_training(params, running, X, Y, batches, lambda step: rate, momentum)
