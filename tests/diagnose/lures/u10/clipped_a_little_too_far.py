# exercise: clip_grad_norm
# true: what is too long is shortened to nine tenths of max_norm
# not: blown up
# not: Each tensor
# not: their length is 1


def clip_grad_norm_(params, max_norm, eps=1e-6, error_if_nonfinite=False):
    grads = [p.grad for p in params if p.grad is not None]
    total = torch.stack([grad.norm() for grad in grads]).norm() if grads else torch.zeros(())
    for grad in grads:
        grad.mul_(0.9 * max_norm / (total + eps) if total > max_norm else 1.0)
    return total
