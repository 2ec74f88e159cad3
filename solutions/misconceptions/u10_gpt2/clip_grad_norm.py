"""Wrong answers to u10.clip_grad_norm, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _grads(params):
    return [p.grad for p in params if p.grad is not None]


def _norm(grads):
    return torch.stack([grad.norm() for grad in grads]).norm() if grads else torch.zeros(())


def _clip(grads, max_norm, eps):
    total = _norm(grads)
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="Gradients that are short enough are blown up to max_norm. They are only ever shortened.",
)
def always_scale(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    for grad in grads:
        grad.mul_(max_norm / (total + eps))
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="Each tensor is shortened by its own norm. There is one norm, over all of them: else the direction changes.",
)
def per_param(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    for grad in grads:
        _clip([grad], max_norm, eps)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="Single numbers are cut off at -max_norm and max_norm. That changes the direction; here all are multiplied by "
    "one factor.",
)
def clip_value(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    for grad in grads:
        grad.clamp_(-max_norm, max_norm)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    symptom=True,
    says="Gradients of zeros become nan: there the factor is max_norm / 0, and 0 times infinity is nan.",
)
def zero_div(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    factor = max_norm / (total + (eps if total else 0.0))
    for grad in grads:
        grad.mul_(factor if factor < 1 or not total else 1.0)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    symptom=True,
    says=".grad is another tensor afterwards. It is changed in place, for whoever holds the old one.",
)
def rebind(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    params = [p for p in params if p.grad is not None]
    total = _norm([p.grad for p in params])
    if error_if_nonfinite and not torch.isfinite(total):
        raise RuntimeError("not finite")
    for p in params:
        p.grad = p.grad * (max_norm / (total + eps)).clamp(max=1.0)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="You return the norm after clipping. The log wants to know how long it was before.",
)
def norm_after(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    _clip(grads, max_norm, eps)
    return _norm(grads)


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    symptom=True,
    says="With a generator nothing is shortened: it was read for the norm and is at its end. A list is right.",
)
def iterator_used_up(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for p in params:
        if p.grad is not None:
            p.grad.mul_(factor)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    symptom=True,
    says="Gradients with inf or nan are not refused, though error_if_nonfinite is set.",
)
def inf_ignored(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    return _clip(_grads(params), max_norm, eps)


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    symptom=True,
    says="Gradients with inf or nan are refused after they were changed. The check comes first.",
)
def refuses_too_late(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    total = _clip(_grads(params), max_norm, eps)
    if error_if_nonfinite and not torch.isfinite(total):
        raise RuntimeError("not finite")
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="The norms of the tensors are added up. The norm of all of them is the root of the sum of their squares.",
)
def sum_of_norms(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = torch.stack([grad.norm() for grad in grads]).sum()
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="The root is missing: what is compared with max_norm, and returned, is the sum of the squares.",
)
def squared_norm(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads) ** 2
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="The norm is the largest absolute number. Here it is the length of all gradients as one vector.",
)
def largest_number(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = torch.stack([grad.abs().max() for grad in grads]).max()
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="The root of the mean of the squares is no length: yours is divided by how many numbers there are.",
)
def root_mean_square(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = torch.cat([grad.flatten() for grad in grads]).square().mean().sqrt()
    factor = (max_norm / (total + eps)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="The gradients are divided by their norm, and max_norm is forgotten: their length is 1 afterwards.",
)
def to_length_one(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    for grad in grads:
        grad.mul_(1 / (total + eps) if total > max_norm else 1.0)
    return total


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="You measure and shorten the parameters themselves. What is clipped are their gradients.",
)
def clips_weights(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    return _clip([p.data for p in params if p.grad is not None], max_norm, eps)


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    symptom=True,
    says="A parameter without a gradient stops everything: its .grad is None, and None has no norm.",
)
def none_has_no_norm(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    return _clip([p.grad.detach() for p in params], max_norm, eps)


@misconception(
    "clip_grad_norm",
    replaces="clip_grad_norm_",
    says="eps is added outside of the fraction, or not at all. It is added to the norm.",
    symptom="eps is not heeded.",
)
def eps_unused(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = _grads(params)
    total = _norm(grads)
    if error_if_nonfinite and not torch.isfinite(total):
        raise RuntimeError("not finite")
    factor = (max_norm / (total + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total
