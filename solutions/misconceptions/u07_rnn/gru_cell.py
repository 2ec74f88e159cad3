"""Wrong answers to u07.gru_cell, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _gate(xt, hprev, W, b, squash=torch.sigmoid):
    return squash(torch.cat([xt, hprev], dim=1) @ W + b)


@misconception(
    "gru_cell",
    says="z and 1 - z have changed places. That is torch's convention; here, as in makemore, z is the amount of the "
    "new.",
)
def z_flipped(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return z * hprev + (1 - z) * _gate(xt, r * hprev, Wh, bh, torch.tanh)


@misconception(
    "gru_cell",
    says="The reset gate acts after the product with Wh, as in torch's GRU. Here it acts on hprev before the product.",
)
def reset_after(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    E = xt.shape[1]
    return (1 - z) * hprev + z * torch.tanh(xt @ Wh[:E] + r * (hprev @ Wh[E:]) + bh)


@misconception(
    "gru_cell",
    says="The reset gate acts on what comes from the input as well. Only the old state is reset.",
)
def reset_on_x(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return (1 - z) * hprev + z * torch.tanh(r * (torch.cat([xt, hprev], dim=1) @ Wh) + bh)


@misconception(
    "gru_cell",
    says="The gates z and r go through a tanh. A gate lives between 0 and 1: it is a sigmoid.",
)
def tanh_gates(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz, torch.tanh), _gate(xt, hprev, Wr, br, torch.tanh)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh, torch.tanh)


@misconception("gru_cell", says="The reset gate is not used: the proposal sees all of the old state, whatever r is.")
def no_reset(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z = _gate(xt, hprev, Wz, bz)
    return (1 - z) * hprev + z * _gate(xt, hprev, Wh, bh, torch.tanh) + 0 * (Wr.sum() + br.sum())


@misconception("gru_cell", says="Both gates have the weights of z: Wz and bz stand in the line of r, too.")
def r_from_z(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z = _gate(xt, hprev, Wz, bz)
    return (1 - z) * hprev + z * _gate(xt, z * hprev, Wh, bh, torch.tanh) + 0 * (Wr.sum() + br.sum())


@misconception("gru_cell", says="z and r have changed places: z resets, and r mixes.")
def gates_swapped(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    r, z = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh, torch.tanh)


@misconception(
    "gru_cell",
    says="The proposal goes through a sigmoid. It is a new state, and a state may be negative: tanh.",
)
def sigmoid_proposal(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh)


@misconception("gru_cell", says="The proposal is not squashed: its tanh is missing.")
def linear_proposal(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh, lambda a: a)


@misconception(
    "gru_cell",
    says="The proposal is added to all of the old state. What z lets in has to make room: the old state counts 1 - z "
    "only.",
)
def nothing_makes_room(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return hprev + z * _gate(xt, r * hprev, Wh, bh, torch.tanh)


@misconception("gru_cell", says="You return the proposal: it is not mixed with the old state.")
def proposal_only(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return _gate(xt, r * hprev, Wh, bh, torch.tanh) + 0 * z


@misconception(
    "gru_cell",
    says="The state that is kept is the one after the reset, r * hprev. The reset concerns the proposal only; what z "
    "keeps is hprev itself.",
)
def keeps_reset_state(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    hprev = r * hprev
    return (1 - z) * hprev + z * _gate(xt, hprev, Wh, bh, torch.tanh)


@misconception(
    "gru_cell",
    says="The update gate sees the state after the reset. Both gates look at hprev as it came.",
)
def z_sees_reset(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    r = _gate(xt, hprev, Wr, br)
    z = _gate(xt, r * hprev, Wz, bz)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh, torch.tanh)


@misconception(
    "gru_cell",
    says="In yours the first rows of each W belong to the old state, as if [hprev, xt] stood there. Here the first E "
    "rows belong to xt.",
)
def gru_concat_order(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(hprev, xt, Wz, bz), _gate(hprev, xt, Wr, br)
    return (1 - z) * hprev + z * _gate(r * hprev, xt, Wh, bh, torch.tanh)


@misconception(
    "gru_cell",
    says="In the proposal the first rows of Wh belong to the old state. Here the first E rows belong to xt, as they "
    "do in your gates.",
)
def proposal_order(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br)
    return (1 - z) * hprev + z * _gate(r * hprev, xt, Wh, bh, torch.tanh)


@misconception("gru_cell", says="The bias of the update gate, bz, is missing.")
def no_bz(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    return right_gru(xt, hprev, Wz, 0 * bz, Wr, br, Wh, bh)


@misconception("gru_cell", says="The bias of the reset gate, br, is missing.")
def no_br(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    return right_gru(xt, hprev, Wz, bz, Wr, 0 * br, Wh, bh)


@misconception("gru_cell", says="The bias of the proposal, bh, is missing.")
def no_bh(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    return right_gru(xt, hprev, Wz, bz, Wr, br, Wh, 0 * bh)


@misconception(
    "gru_cell",
    symptom=True,
    says="The old state is changed where it lies. Whoever called still needs it as it was.",
)
def writes_into_hprev(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    h = right_gru(xt, hprev.clone(), Wz, bz, Wr, br, Wh, bh)
    hprev.data.copy_(h.detach())
    return h


right_gru = gru_cell


@misconception(
    "gru_cell",
    says="The update gate z goes through a tanh. A gate lives between 0 and 1: it is a sigmoid.",
)
def tanh_z(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz, torch.tanh), _gate(xt, hprev, Wr, br)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh, torch.tanh)


@misconception(
    "gru_cell",
    says="The reset gate r goes through a tanh. A gate lives between 0 and 1: it is a sigmoid.",
)
def tanh_r(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    z, r = _gate(xt, hprev, Wz, bz), _gate(xt, hprev, Wr, br, torch.tanh)
    return (1 - z) * hprev + z * _gate(xt, r * hprev, Wh, bh, torch.tanh)
