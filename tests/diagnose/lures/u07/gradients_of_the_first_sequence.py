# exercise: gradient_flow
# true: the norms are those of the first sequence of the batch
# not: average
# not: largest
# not: norm of the sum


def gradient_flow(cell, xs, h0):
    h, hs = h0.detach().requires_grad_(), []
    for t in range(xs.shape[1]):
        h = cell(xs[:, t], h)
        hs.append(h)
    grads = torch.autograd.grad((h[0] ** 2).sum() / 2, hs)
    return torch.stack([grad.norm() for grad in grads])
