"""Wrong answers to u03.sgd_step, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _moving(params):
    return [p for p in params if p.grad is not None]


@misconception(
    "sgd_step",
    says="The tensors of the model have not moved. p = p - lr * p.grad, for one, makes a new tensor and calls it p; "
    "the old one stays as it is.",
)
def rebinds(params, lr):
    for p in _moving(params):
        p = p - lr * p.grad


@misconception(
    "sgd_step",
    says="The step is recorded as if it were part of the model. autograd refuses to change a leaf in place while it is"
    " watching.",
    symptom="The step stops with an error: a parameter may not be changed in place while autograd is watching.",
)
def tracked(params, lr):
    for p in _moving(params):
        p -= lr * p.grad


@misconception(
    "sgd_step",
    says="You clear the gradients in the step. Here the caller does that, before backward; whoever wants to look at "
    "gradients after a step finds none.",
)
def clears(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p -= lr * p.grad
            p.grad = None


@misconception(
    "sgd_step",
    says="You set the gradients to zero in the step. Here the caller clears them, before backward; whoever wants to "
    "look at them after a step finds zeros.",
    symptom=True,
)
def zeroes(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p -= lr * p.grad
            p.grad.zero_()


@misconception(
    "sgd_step",
    says="Your step goes along the gradient, uphill. The gradient points to where the loss grows.",
)
def uphill(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p += lr * p.grad


@misconception(
    "sgd_step",
    says="A parameter that took no part has grad None, and yours stops there with an error. Skip it.",
    symptom=True,
)
def stops_at_none(params, lr):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad


@misconception("sgd_step", says="The learning rate is missing: your step is the whole gradient.")
def no_rate(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p -= p.grad


@misconception(
    "sgd_step",
    says="Only the sign of the gradient is used: each number moves by lr. Gradient descent moves it by lr times the "
    "gradient.",
)
def sign_only(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p -= lr * p.grad.sign()


@misconception(
    "sgd_step",
    says="The gradient's length is taken out: each parameter moves by lr, however steep it is there.",
)
def normed(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p -= lr * p.grad / p.grad.norm()


@misconception(
    "sgd_step",
    says="The parameters no longer require gradients after the step, so the next backward cannot train them.",
    symptom=True,
)
def frozen(params, lr):
    for p in _moving(params):
        p.requires_grad_(False)
        p -= lr * p.grad


@misconception(
    "sgd_step",
    says="The first parameter moves, and the others stay: the loop ends too early.",
)
def first_only(params, lr):
    with torch.no_grad():
        for p in _moving(params)[:1]:
            p -= lr * p.grad


@misconception(
    "sgd_step",
    says="You go through params twice. A generator is used up after the first time, and then nothing moves.",
    symptom=True,
)
def twice_through(params, lr):
    if not all(p.is_leaf for p in params):
        raise ValueError("parameters are leaves")
    with torch.no_grad():
        for p in _moving(params):
            p -= lr * p.grad


@misconception(
    "sgd_step",
    says="The step alone is written into the parameter, in the place of its numbers: -lr * p.grad, where "
    "p - lr * p.grad is asked for.",
)
def step_alone(params, lr):
    with torch.no_grad():
        for p in _moving(params):
            p.copy_(-lr * p.grad)
