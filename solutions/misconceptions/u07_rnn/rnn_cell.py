"""Wrong answers to u07.rnn_cell, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _xh(xt, hprev):
    return torch.cat([xt, hprev], dim=1)


@misconception(
    "rnn_cell",
    says="In yours the first rows of W belong to the old state, as if [hprev, xt] stood there. Here the first E rows "
    "belong to xt. Where E and H are equal, only the numbers are wrong.",
)
def concat_order(xt, hprev, W, b):
    return torch.tanh(_xh(hprev, xt) @ W + b)


@misconception(
    "rnn_cell",
    says="The tanh is missing. Without it many steps in a row are no more than one matrix, and the state may grow "
    "without limit.",
)
def no_tanh(xt, hprev, W, b):
    return _xh(xt, hprev) @ W + b


@misconception(
    "rnn_cell",
    symptom=True,
    says="The new state is written into the old one. Whoever called still needs that one: for the way back, and for "
    "other sequences.",
)
def hprev_inplace(xt, hprev, W, b):
    h = torch.tanh(_xh(xt, hprev) @ W + b)
    hprev.data.copy_(h.detach())
    return h


@misconception("rnn_cell", says="A sigmoid squashes the state. Here it is a tanh, so that a state may be negative.")
def sigmoid_state(xt, hprev, W, b):
    return torch.sigmoid(_xh(xt, hprev) @ W + b)


@misconception("rnn_cell", says="The state goes through a relu. Here it is a tanh, which squashes from both sides.")
def relu_state(xt, hprev, W, b):
    return torch.relu(_xh(xt, hprev) @ W + b)


@misconception(
    "rnn_cell", says="The bias is added after the tanh. It belongs inside, where it shifts what the tanh sees."
)
def bias_outside(xt, hprev, W, b):
    return torch.tanh(_xh(xt, hprev) @ W) + b


@misconception("rnn_cell", says="The bias b is missing.")
def no_bias(xt, hprev, W, b):
    return torch.tanh(_xh(xt, hprev) @ W + 0 * b)


@misconception(
    "rnn_cell", says="The old state has no part in the new one: only the input is used. Such a cell remembers nothing."
)
def input_only(xt, hprev, W, b):
    return torch.tanh(_xh(xt, 0 * hprev) @ W + b)


@misconception("rnn_cell", says="The input has no part in the new state: only the old state is used.")
def state_only(xt, hprev, W, b):
    return torch.tanh(_xh(0 * xt, hprev) @ W + b)


@misconception(
    "rnn_cell",
    says="The old state is added to the result. A plain cell makes its state anew at every step.",
)
def adds_old_state(xt, hprev, W, b):
    return hprev + torch.tanh(_xh(xt, hprev) @ W + b)


@misconception(
    "rnn_cell",
    says="Each part gets a tanh of its own, and then they are added. There is one sum, and one tanh around it.",
)
def two_tanhs(xt, hprev, W, b):
    E = xt.shape[1]
    return torch.tanh(xt @ W[:E] + b) + torch.tanh(hprev @ W[E:])


@misconception(
    "rnn_cell",
    says="No gradient reaches the old state: it was taken out of the graph. Then nothing can be learned about the "
    "past.",
    symptom=True,
)
def detached_state(xt, hprev, W, b):
    return torch.tanh(_xh(xt, hprev.detach()) @ W + b) + 0 * hprev
