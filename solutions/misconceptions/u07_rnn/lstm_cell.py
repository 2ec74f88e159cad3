"""Wrong answers to u07.lstm_cell, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _blocks(xt, hprev, W, b):
    return (torch.cat([xt, hprev], dim=1) @ W + b).chunk(4, dim=1)


def _gates(xt, hprev, W, b):
    i, f, o, g = _blocks(xt, hprev, W, b)
    return torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o), torch.tanh(g)


def _shown(o, c):
    return o * torch.tanh(c), c


@misconception(
    "lstm_cell",
    says="Your blocks are i, f, g, o, as in torch. Here the candidate g is last: i, f, o, g. The order is part of the "
    "interface.",
)
def gate_order(xt, hprev, cprev, W, b):
    i, f, g, o = _blocks(xt, hprev, W, b)
    return _shown(torch.sigmoid(o), torch.sigmoid(f) * cprev + torch.sigmoid(i) * torch.tanh(g))


@misconception(
    "lstm_cell",
    says="The candidate goes through a sigmoid. What is written into the memory must be able to be negative: tanh.",
)
def sigmoid_g(xt, hprev, cprev, W, b):
    i, f, o, g = (torch.sigmoid(one) for one in _blocks(xt, hprev, W, b))
    return _shown(o, f * cprev + i * g)


@misconception(
    "lstm_cell",
    says="h is o * c. The memory goes through a tanh before it is shown: a large memory must not make a large state.",
)
def h_without_tanh(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    c = f * cprev + i * g
    return o * c, c


@misconception(
    "lstm_cell",
    says="The forget gate is not used: c = cprev + i * g. Then nothing is ever forgotten. (So it was before 2000.)",
)
def forget_missing(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    return _shown(o, cprev + i * g + 0 * f)


@misconception(
    "lstm_cell",
    says="The forget gate acts on hprev. It decides about the memory, so it acts on cprev.",
)
def c_uses_h(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    return _shown(o, f * hprev + i * g + 0 * cprev)


@misconception(
    "lstm_cell",
    says="The state shows the old memory: tanh(cprev). It shows the new one, which was made a line before.",
)
def shows_old_memory(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    return o * torch.tanh(cprev), f * cprev + i * g


@misconception("lstm_cell", says="You return c and h. The order is h, c: the state first.")
def c_before_h(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    h, c = _shown(o, f * cprev + i * g)
    return c, h


@misconception(
    "lstm_cell",
    says="The memory itself is squashed: c goes through a tanh before it is handed on. Only what h shows is squashed.",
)
def squashed_memory(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    c = torch.tanh(f * cprev + i * g)
    return o * c, c


@misconception(
    "lstm_cell", says="The first two gates have changed places: the input gate is first, then the forget gate."
)
def i_and_f_swapped(xt, hprev, cprev, W, b):
    f, i, o, g = _gates(xt, hprev, W, b)
    return _shown(o, f * cprev + i * g)


@misconception("lstm_cell", says="Your blocks are i, o, f, g: forget and output gate have changed places.")
def f_and_o_swapped(xt, hprev, cprev, W, b):
    i, o, f, g = _gates(xt, hprev, W, b)
    return _shown(o, f * cprev + i * g)


@misconception("lstm_cell", says="Your input and output gate have changed places. The order is i, f, o, g.")
def i_and_o_swapped(xt, hprev, cprev, W, b):
    o, f, i, g = _gates(xt, hprev, W, b)
    return _shown(o, f * cprev + i * g)


@misconception("lstm_cell", says="The candidate is not squashed: its tanh is missing.")
def linear_g(xt, hprev, cprev, W, b):
    i, f, o, g = _blocks(xt, hprev, W, b)
    return _shown(torch.sigmoid(o), torch.sigmoid(f) * cprev + torch.sigmoid(i) * g)


@misconception("lstm_cell", says="All four blocks go through a tanh. The three gates i, f and o are sigmoids.")
def lstm_tanh_gates(xt, hprev, cprev, W, b):
    i, f, o, g = (torch.tanh(one) for one in _blocks(xt, hprev, W, b))
    return _shown(o, f * cprev + i * g)


@misconception("lstm_cell", says="The gates are not squashed: the sigmoids of i, f and o are missing.")
def linear_gates(xt, hprev, cprev, W, b):
    i, f, o, g = _blocks(xt, hprev, W, b)
    return _shown(o, f * cprev + i * torch.tanh(g))


@misconception("lstm_cell", says="The input gate is not used: all of the candidate is written, whatever i is.")
def input_gate_missing(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    return _shown(o, f * cprev + g + 0 * i)


@misconception("lstm_cell", says="The output gate is not used: all of the memory is shown, whatever o is.")
def output_gate_missing(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    c = f * cprev + i * g
    return torch.tanh(c) + 0 * o, c


@misconception(
    "lstm_cell",
    says="What is written counts 1 - f, not i. Here the input gate is a gate of its own.",
)
def coupled_gates(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    return _shown(o, f * cprev + (1 - f) * g + 0 * i)


@misconception(
    "lstm_cell",
    says="1 is added inside of the forget gate at every step, as some libraries do. Here b has all of the bias.",
)
def forget_bias(xt, hprev, cprev, W, b):
    i, f, o, g = _blocks(xt, hprev, W, b)
    return _shown(torch.sigmoid(o), torch.sigmoid(f + 1) * cprev + torch.sigmoid(i) * torch.tanh(g))


@misconception(
    "lstm_cell",
    says="In yours the first rows of W belong to the old state, as if [hprev, xt] stood there. Here the first E rows "
    "belong to xt.",
)
def lstm_concat_order(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(hprev, xt, W, b)
    return _shown(o, f * cprev + i * g)


@misconception("lstm_cell", says="The bias b is missing.")
def lstm_no_bias(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, 0 * b)
    return _shown(o, f * cprev + i * g)


@misconception(
    "lstm_cell",
    says="Your gates are interleaved: every fourth column is taken for one gate. A gate has H columns side by side.",
)
def interleaved(xt, hprev, cprev, W, b):
    a = torch.cat([xt, hprev], dim=1) @ W + b
    i, f, o, g = a.view(len(a), -1, 4).unbind(dim=2)
    return _shown(torch.sigmoid(o), torch.sigmoid(f) * cprev + torch.sigmoid(i) * torch.tanh(g))


@misconception(
    "lstm_cell", says="Only h comes back. The cell state c is a result, too: the next step needs both.", symptom=True
)
def only_h(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    return _shown(o, f * cprev + i * g)[0]


@misconception(
    "lstm_cell",
    symptom=True,
    says="The old memory is changed where it lies. Whoever called still needs it as it was.",
)
def writes_into_cprev(xt, hprev, cprev, W, b):
    i, f, o, g = _gates(xt, hprev, W, b)
    h, c = _shown(o, f * cprev.clone() + i * g)
    cprev.data.copy_(c.detach())
    return h, c
