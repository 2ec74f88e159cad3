"""Wrong answers to u13.train, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception

right_update = gpt2_update


def trained(params, batches, cfg, hyper, *, update=right_update, first=1, fresh=True, loss_of=None, share=None):
    """Train, with one line changed. fresh: whether gradients begin from zero in each step."""
    m, v = ({name: np.zeros_like(value) for name, value in params.items()} for _ in range(2))
    losses, grads = [], {name: np.zeros_like(value) for name, value in params.items()}
    for t, (inp, targets) in enumerate(batches, start=first):
        loss, acts = gpt2_forward(params, inp, targets, cfg)
        if fresh:
            grads = None
        grads = gpt2_backward(params, acts, inp, targets, cfg, grads)
        if share:
            m, v = share(m, v)
        update(params, grads, m, v, *hyper, t)
        losses.append(gpt2_forward(params, inp, targets, cfg)[0] if loss_of == "after" else loss)
    return losses


def adamw(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t, *, corrected=True, decays=None, inner=False):
    """One step of AdamW, with one part changed."""
    for name, grad in grads.items():
        m[name] = beta1 * m[name] + (1 - beta1) * grad
        v[name] = beta2 * v[name] + (1 - beta2) * grad**2
        m_hat = m[name] / (1 - beta1**t) if corrected else m[name]
        v_hat = v[name] / (1 - beta2**t) if corrected else v[name]
        below = np.sqrt(v_hat + eps) if inner else np.sqrt(v_hat) + eps
        decay = weight_decay if decays is None or decays(params[name]) else 0.0
        params[name] = params[name] - lr * (m_hat / below + decay * params[name])


@misconception(
    "train",
    replaces="train",
    says="Gradients pile up from step to step: nobody sets them to zero before the next backward pass.",
)
def grads_not_zeroed(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return trained(params, batches, cfg, (lr, beta1, beta2, eps, weight_decay), fresh=False)


@misconception(
    "train",
    replaces="train",
    says="The losses become nan: t begins at 0, and 1 - beta**0 is 0. The first step is number 1.",
    symptom=True,
)
def t_from_0(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    with np.errstate(all="ignore"):
        return trained(params, batches, cfg, (lr, beta1, beta2, eps, weight_decay), first=0)


@misconception(
    "train",
    replaces="train",
    says="t begins at 2. The first step is number 1, and its correction is 1 - beta.",
)
def t_from_2(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return trained(params, batches, cfg, (lr, beta1, beta2, eps, weight_decay), first=2)


@misconception(
    "train",
    replaces="gpt2_update",
    says="The decay comes after the step and sees the new parameter. Here it is part of the step and sees the old one:"
    " the difference has the size of lr squared.",
)
def decay_after(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    adamw(params, grads, m, v, lr, beta1, beta2, eps, 0.0, t)
    for name in grads:
        params[name] = params[name] * (1 - lr * weight_decay)


@misconception(
    "train",
    replaces="train",
    says="You report the loss after the step. The loss of a step is the one before its parameters move.",
)
def loss_last(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return trained(params, batches, cfg, (lr, beta1, beta2, eps, weight_decay), loss_of="after")


@misconception(
    "train",
    replaces="gpt2_update",
    says="Only matrices decay, as in nanoGPT. llm.c decays every tensor, biases and LayerNorms, too.",
)
def decay_of_matrices(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    adamw(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t, decays=lambda p: p.ndim >= 2)


@misconception(
    "train",
    replaces="gpt2_update",
    says="The decay is added to the gradient, and so it goes through m and v (Adam with L2). In AdamW it goes past "
    "them, straight into the step.",
)
def coupled_decay(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    heavier = {name: grad + weight_decay * params[name] for name, grad in grads.items()}
    adamw(params, heavier, m, v, lr, beta1, beta2, eps, 0.0, t)


@misconception(
    "train",
    replaces="gpt2_update",
    says="m and v are not corrected: both begin at zero, and 1 - beta**t makes up for it in the first steps.",
)
def no_correction(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    adamw(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t, corrected=False)


@misconception(
    "train",
    replaces="gpt2_update",
    says="eps is under the root. It is added to the root.",
)
def eps_inside(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    adamw(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t, inner=True)


@misconception(
    "train",
    replaces="train",
    says="m and v begin at zero again in every step. They last through the whole training.",
)
def moments_forgotten(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    def share(m, v):
        return tuple({name: np.zeros_like(value) for name, value in params.items()} for _ in range(2))

    return trained(params, batches, cfg, (lr, beta1, beta2, eps, weight_decay), share=share)


@misconception(
    "train",
    replaces="train",
    says="The losses are right, and the caller's parameters stand where they stood: you trained a copy.",
)
def trains_a_copy(params, batches, cfg, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    own = {name: value.copy() for name, value in params.items()}
    return trained(own, batches, cfg, (lr, beta1, beta2, eps, weight_decay))


@misconception(
    "train",
    replaces="gpt2_update",
    says="You climb: the parameters move along the gradient. Descent goes against it.",
)
def climbs(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t):
    turned = {name: -grad for name, grad in grads.items()}
    adamw(params, turned, m, v, lr, beta1, beta2, eps, weight_decay, t)
    for name in grads:
        m[name] = -m[name]
