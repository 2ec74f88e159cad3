"""Wrong answers to u07.gradient_flow, each with its cause in words, run in the solution's namespace.

Left out: the gradients of the parameters. The cells that are measured may have none, and there is no parameter for each
place of a sequence; what comes nearest, the gradients of the inputs, is here.
"""

from grader import misconception


def _walk(cell, xs, h0):
    h = h0.detach().requires_grad_()
    hs = []
    for t in range(xs.shape[1]):
        h = cell(xs[:, t], h)
        hs.append(h)
    return hs


def _grads(cell, xs, h0):
    hs = _walk(cell, xs, h0)
    return torch.autograd.grad((hs[-1] ** 2).sum() / 2, hs)


def _norms(grads):
    return torch.stack([grad.norm() for grad in grads])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="You add up the gradients of the batch and take the norm of the sum. There the sequences cancel each other: "
    "the norm is over all B * H entries.",
)
def norm_of_sum(cell, xs, h0):
    return torch.stack([grad.sum(dim=0).norm() for grad in _grads(cell, xs, h0)])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="You measure the gradients of the inputs xs. The question is how much arrives at the states.",
)
def grad_of_inputs(cell, xs, h0):
    rows = [xs[:, t].detach().requires_grad_() for t in range(xs.shape[1])]
    h = h0
    for row in rows:
        h = cell(row, h)
    grads = torch.autograd.grad((h**2).sum() / 2, rows, allow_unused=True)
    return torch.stack([h.new_zeros(()) if grad is None else grad.norm() for grad in grads])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="Time is turned round: entry 0 has what belongs to the last state. flow[t] belongs to the state after step t.",
)
def reversed_time(cell, xs, h0):
    return _norms(_grads(cell, xs, h0)).flip(0)


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="The root is missing: yours are squares of norms.",
)
def squared_norms(cell, xs, h0):
    return _norms(_grads(cell, xs, h0)) ** 2


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="The loss is the sum of the last state. Here it is half the sum of its squares, whose gradient is the state.",
)
def plain_sum(cell, xs, h0):
    hs = _walk(cell, xs, h0)
    return _norms(torch.autograd.grad(hs[-1].sum(), hs))


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="The half is missing: the loss is half the sum of the squares of the last state.",
)
def without_half(cell, xs, h0):
    return 2 * _norms(_grads(cell, xs, h0))


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="The loss is a mean over the last state. It is half the sum of the squares: over the whole batch, undivided.",
)
def mean_loss(cell, xs, h0):
    return _norms(_grads(cell, xs, h0)) / h0.numel()


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="The loss looks at every state. Then each gets a gradient of its own, and nobody sees how little has come "
    "back. It looks at the last state only.",
)
def loss_everywhere(cell, xs, h0):
    hs = _walk(cell, xs, h0)
    return _norms(torch.autograd.grad(sum((h**2).sum() / 2 for h in hs), hs))


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="You measure the sizes of the states, not of their gradients.",
)
def norms_of_states(cell, xs, h0):
    return _norms([h.detach() for h in _walk(cell, xs, h0)])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="Your entries are one step early: entry 0 belongs to h0. flow[t] belongs to the state after step t.",
)
def one_early(cell, xs, h0):
    start = h0.detach().requires_grad_()
    hs = [start]
    for t in range(xs.shape[1]):
        hs.append(cell(xs[:, t], hs[-1]))
    return _norms(torch.autograd.grad((hs[-1] ** 2).sum() / 2, hs)[:-1])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="All entries are divided by the last one. The norms themselves are asked for; the last is that of the state.",
)
def divided_by_last(cell, xs, h0):
    flow = _norms(_grads(cell, xs, h0))
    return flow / flow[-1]


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="Your norms are largest absolute values. Here the norm is the root of the sum of all squares.",
)
def largest_entry(cell, xs, h0):
    return torch.stack([grad.abs().max() for grad in _grads(cell, xs, h0)])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="You average the norms of the sequences. Here one norm is taken over all B * H entries.",
)
def mean_of_norms(cell, xs, h0):
    return torch.stack([grad.norm(dim=1).mean() for grad in _grads(cell, xs, h0)])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="The state is cut out of the graph at every step, so that only the last one has a gradient. It has to be one "
    "graph from the first step to the last.",
)
def cut_at_every_step(cell, xs, h0):
    flow = _norms(_grads(cell, xs, h0))
    return torch.cat([0 * flow[:-1], flow[-1:]])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    says="Each entry is the loss at its own step. The loss is at the last step for all of them.",
)
def loss_at_each_step(cell, xs, h0):
    start = h0.detach().requires_grad_()
    h, found = start, []
    for t in range(xs.shape[1]):
        h = cell(xs[:, t], h)
        found.append(torch.autograd.grad((h**2).sum() / 2, start, retain_graph=True)[0].norm())
    return torch.stack(found)


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    symptom=True,
    says="Gradients are left behind on parameters of the cell. The next backward would add to them.",
)
def leaves_gradients(cell, xs, h0):
    hs = _walk(cell, xs.detach(), h0)
    for h in hs:
        h.retain_grad()
    ((hs[-1] ** 2).sum() / 2).backward()
    return _norms([h.grad for h in hs])


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    symptom=True,
    says="The result still carries its graph: it is a measurement, and nothing is to be differentiated once more.",
)
def keeps_graph(cell, xs, h0):
    hs = _walk(cell, xs, h0)
    return _norms(torch.autograd.grad((hs[-1] ** 2).sum() / 2, hs, create_graph=True))


@misconception(
    "gradient_flow",
    replaces="gradient_flow",
    symptom=True,
    says="A cell without parameters makes no graph here: the states do not ask for a gradient. The graph has to begin "
    "at a leaf of your own.",
)
def needs_parameters(cell, xs, h0):
    h, hs = h0, []
    for t in range(xs.shape[1]):
        h = cell(xs[:, t], h)
        hs.append(h)
    return _norms(torch.autograd.grad((hs[-1] ** 2).sum() / 2, hs))


@misconception(
    "gradient_flow",
    replaces="spectral_radius",
    says="You return the largest singular value. That is the most that one step can stretch; what decides in the long "
    "run is the largest absolute eigenvalue.",
)
def singular_value(W):
    return float(torch.linalg.matrix_norm(W, ord=2))


@misconception(
    "gradient_flow",
    replaces="spectral_radius",
    says="You take the largest real part. A complex eigenvalue has an absolute value: the root of both squares.",
)
def real_part(W):
    return float(torch.linalg.eigvals(W).real.abs().max())


@misconception(
    "gradient_flow",
    replaces="spectral_radius",
    says="You take the largest eigenvalue as it is. A negative one may be larger in absolute value.",
)
def without_abs(W):
    return float(torch.linalg.eigvals(W).real.max())


@misconception(
    "gradient_flow",
    replaces="spectral_radius",
    says="You use eigenvalues of symmetric matrices (eigvalsh). It reads one half of W only.",
)
def symmetric_only(W):
    return float(torch.linalg.eigvalsh(W).abs().max())


@misconception(
    "gradient_flow",
    replaces="spectral_radius",
    says="You return the root of the sum of all squares of W. It says how large W is, and not what its powers do.",
)
def frobenius(W):
    return float(W.norm())


@misconception(
    "gradient_flow",
    replaces="spectral_radius",
    symptom=True,
    says="The spectral radius is a tensor. A float is asked for.",
)
def radius_is_a_tensor(W):
    return torch.linalg.eigvals(W).abs().max()
