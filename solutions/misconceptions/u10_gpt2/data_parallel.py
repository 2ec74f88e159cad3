"""Wrong answers to u10.data_parallel, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _together(rank_models, rule):
    """Give each parameter's gradients, one a rank, to a rule that returns what each rank is to have."""
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        grads = [p.grad for p in ps if p.grad is not None]
        if grads:
            for p, grad in zip(ps, rule(grads, len(ps)), strict=True):
                p.grad = grad


def _backward(rank_models, optimizers, pieces):
    losses = []
    for model, optimizer, (x, y) in zip(rank_models, optimizers, pieces, strict=True):
        optimizer.zero_grad()
        loss = model(x, y)[1]
        loss.backward()
        losses.append(loss.item())
    return losses


def _blocks(rank_models, x, y):
    return zip(x.chunk(len(rank_models)), y.chunk(len(rank_models)), strict=True)


def _step(optimizers):
    for optimizer in optimizers:
        optimizer.step()


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="The gradients of the ranks are added up and not divided: with W ranks they are W times too large.",
)
def sum_not_mean(rank_models):
    _together(rank_models, lambda grads, ranks: [torch.stack(grads).sum(dim=0) for _ in range(ranks)])


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="A tied parameter is divided once for each of its names. It is one tensor: parameters() lists it once.",
)
def once_for_each_name(rank_models):
    names = [name for name, _ in rank_models[0].named_parameters(remove_duplicate=False)]
    for name in names:
        for model in rank_models:
            grad = dict(model.named_parameters(remove_duplicate=False))[name].grad
            if grad is not None:
                grad.div_(len(rank_models))
    _together(rank_models, lambda grads, ranks: [torch.stack(grads).sum(dim=0) for _ in range(ranks)])


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="Only rank 0 has the mean; the others keep their own gradients, and the ranks drift apart.",
)
def only_rank_zero(rank_models):
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        grads = [p.grad for p in ps if p.grad is not None]
        if grads:
            ps[0].grad = torch.stack(grads).sum(dim=0) / len(ps)


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="Every rank gets the gradients of rank 0. The work of the others is lost.",
)
def gradients_of_rank_zero(rank_models):
    _together(rank_models, lambda grads, ranks: [grads[0].clone() for _ in range(ranks)])


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="The weights are averaged, and the gradients stay each rank's own.",
)
def averages_weights(rank_models):
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        mean = torch.stack([p.data for p in ps]).mean(dim=0)
        for p in ps:
            p.data.copy_(mean)


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="The ranks are averaged one after the other, in place: the second one already sees the mean of the first, so "
    "the ranks' gradients have different weights.",
)
def one_after_the_other(rank_models):
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        grads = [p.grad for p in ps if p.grad is not None]
        for grad in grads:
            grad.copy_(torch.stack(grads).sum(dim=0) / len(ps))


@misconception(
    "data_parallel",
    replaces="average_gradients",
    symptom=True,
    says="Parameters without a gradient stop everything. Frozen ones have none on any rank.",
)
def none_stops(rank_models):
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        mean = torch.stack([p.grad.detach() for p in ps]).mean(dim=0)
        for p in ps:
            p.grad = mean.clone()


@misconception(
    "data_parallel",
    replaces="average_gradients",
    says="Where only some ranks have a gradient, you divide by those that have one. The others count as zeros.",
)
def divided_by_those_there(rank_models):
    _together(rank_models, lambda grads, ranks: [torch.stack(grads).mean(dim=0) for _ in range(ranks)])


@misconception(
    "data_parallel",
    replaces="average_gradients",
    symptom=True,
    says="All ranks hold the same tensor as their gradient. In-place work on one is work on all.",
)
def one_tensor_for_all(rank_models):
    _together(rank_models, lambda grads, ranks: [torch.stack(grads).sum(dim=0) / ranks] * ranks)


@misconception(
    "data_parallel",
    replaces="broadcast_parameters",
    says="Nothing is sent: the ranks begin with different weights, and equal steps keep them different for ever.",
    symptom="The ranks begin with different weights.",
)
def no_broadcast(rank_models):
    for model in rank_models:
        model.eval().train()


@misconception(
    "data_parallel",
    replaces="broadcast_parameters",
    says="All ranks get the mean of the first weights. They get those of rank 0, which stays as it is.",
)
def mean_of_weights(rank_models):
    for ps in zip(*(model.parameters() for model in rank_models), strict=True):
        mean = torch.stack([p.data for p in ps]).mean(dim=0)
        for p in ps:
            p.data.copy_(mean)


@misconception(
    "data_parallel",
    replaces="broadcast_parameters",
    says="Each rank gets the weights of the rank before it, as that one was. All of them get those of rank 0.",
)
def of_the_rank_before(rank_models):
    states = [{name: one.clone() for name, one in model.state_dict().items()} for model in rank_models]
    for model, state in zip(rank_models[1:], states, strict=False):
        model.load_state_dict(state)


@misconception(
    "data_parallel",
    replaces="broadcast_parameters",
    says="The weights of the last rank are sent. Rank 0 is the source.",
)
def from_the_last_rank(rank_models):
    state = rank_models[-1].state_dict()
    for model in rank_models[:-1]:
        model.load_state_dict(state)


@misconception(
    "data_parallel",
    replaces="broadcast_parameters",
    says="Parameters are sent, and buffers are not.",
)
def without_buffers(rank_models):
    for model in rank_models[1:]:
        for p, first in zip(model.parameters(), rank_models[0].parameters(), strict=True):
            p.data.copy_(first.data)


@misconception(
    "data_parallel",
    replaces="broadcast_parameters",
    symptom=True,
    says="The ranks share memory with rank 0 now: they are one model under several names.",
)
def shares_memory(rank_models):
    for model in rank_models[1:]:
        for p, first in zip(model.parameters(), rank_models[0].parameters(), strict=True):
            p.data = first.data
        for b, first in zip(model.buffers(), rank_models[0].buffers(), strict=True):
            b.copy_(first)


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    says="All ranks read the same rows, those of rank 0. They do the same work, and the batch is no larger than with "
    "one.",
)
def same_data(rank_models, optimizers, x, y):
    first = next(_blocks(rank_models, x, y))
    losses = _backward(rank_models, optimizers, [first] * len(rank_models))
    average_gradients(rank_models)
    _step(optimizers)
    return sum(losses) / len(losses)


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    symptom=True,
    says="Every rank reads all rows. The result is that of one machine, and so is the time it takes.",
)
def all_rows_everywhere(rank_models, optimizers, x, y):
    losses = _backward(rank_models, optimizers, [(x, y)] * len(rank_models))
    average_gradients(rank_models)
    _step(optimizers)
    return sum(losses) / len(losses)


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    says="The ranks step with their own gradients: they are averaged after the step, or not at all.",
)
def steps_before_the_mean(rank_models, optimizers, x, y):
    losses = _backward(rank_models, optimizers, _blocks(rank_models, x, y))
    _step(optimizers)
    average_gradients(rank_models)
    return sum(losses) / len(losses)


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    says="Gradients of the step before are still there and are added. They are dropped first.",
)
def gradients_pile_up(rank_models, optimizers, x, y):
    losses = []
    for model, (own_x, own_y) in zip(rank_models, _blocks(rank_models, x, y), strict=True):
        loss = model(own_x, own_y)[1]
        loss.backward()
        losses.append(loss.item())
    average_gradients(rank_models)
    _step(optimizers)
    return sum(losses) / len(losses)


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    says="You return the loss of rank 0 alone. The log wants the mean of all ranks.",
)
def loss_of_rank_zero(rank_models, optimizers, x, y):
    losses = _backward(rank_models, optimizers, _blocks(rank_models, x, y))
    average_gradients(rank_models)
    _step(optimizers)
    return losses[0]


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    says="The losses of the ranks are added up. Their mean is the loss of the whole batch.",
)
def sum_of_losses(rank_models, optimizers, x, y):
    losses = _backward(rank_models, optimizers, _blocks(rank_models, x, y))
    average_gradients(rank_models)
    _step(optimizers)
    return sum(losses)


@misconception(
    "data_parallel",
    replaces="data_parallel_step",
    says="Only rank 0 takes the step. The others are left behind with their old weights.",
)
def only_rank_zero_steps(rank_models, optimizers, x, y):
    losses = _backward(rank_models, optimizers, _blocks(rank_models, x, y))
    average_gradients(rank_models)
    _step(optimizers[:1])
    return sum(losses) / len(losses)


def _micro(model, micro_batches, before, between):
    """Accumulate; `before` runs before the forward pass and `between` before the backward pass, with the step."""
    total = 0.0
    for i, (x, y) in enumerate(micro_batches):
        before(i)
        loss = model(x, y)[1] / len(micro_batches)
        between(i)
        loss.backward()
        total += loss.item()
    return total


def _nothing(i):
    return None


@misconception(
    "data_parallel",
    replaces="ddp_accumulate",
    says="Gradients are exchanged in the first micro step and not in the last: what comes later stays with its rank. "
    "DDP "
    "reads its flag in the forward pass. Set between forward and backward it comes too late.",
    symptom="Gradients are exchanged in the first micro step and not in the last.",
)
def sync_flag_backward_only(model, micro_batches):
    def flag(i):
        model.require_backward_grad_sync = i == len(micro_batches) - 1

    return _micro(model, micro_batches, _nothing, flag)


@misconception(
    "data_parallel",
    replaces="ddp_accumulate",
    symptom=True,
    says="Gradients are exchanged in every micro step. The result is right, and the network does the work many times.",
)
def exchanges_always(model, micro_batches):
    return _micro(model, micro_batches, _nothing, _nothing)


@misconception(
    "data_parallel",
    replaces="ddp_accumulate",
    symptom=True,
    says="Gradients are never exchanged: each rank is alone with its own.",
)
def exchanges_never(model, micro_batches):
    def flag(i):
        model.require_backward_grad_sync = False

    return _micro(model, micro_batches, flag, _nothing)


@misconception(
    "data_parallel",
    replaces="ddp_accumulate",
    says="The losses of the micro batches are not divided by their number: gradients and loss are a sum.",
)
def micro_sum(model, micro_batches):
    def flag(i):
        model.require_backward_grad_sync = i == len(micro_batches) - 1

    total = 0.0
    for i, (x, y) in enumerate(micro_batches):
        flag(i)
        loss = model(x, y)[1]
        loss.backward()
        total += loss.item()
    return total


@misconception(
    "data_parallel",
    replaces="ddp_accumulate",
    says="You return the last micro batch's share of the loss. The mean of all of them is asked for.",
)
def last_share(model, micro_batches):
    for i, (x, y) in enumerate(micro_batches):
        model.require_backward_grad_sync = i == len(micro_batches) - 1
        loss = model(x, y)[1] / len(micro_batches)
        loss.backward()
    return loss.item()
