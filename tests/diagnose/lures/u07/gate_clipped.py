# exercise: gru_cell
# true: the gates are straight lines, cut off at 0 and 1 (hard sigmoid)
# not: tanh
# not: changed places
# not: not used


def gru_cell(xt, hprev, Wz, bz, Wr, br, Wh, bh):
    xh = torch.cat([xt, hprev], dim=1)
    z, r = (((xh @ W + b) / 6 + 0.5).clamp(0, 1) for W, b in ((Wz, bz), (Wr, br)))
    hbar = torch.tanh(torch.cat([xt, r * hprev], dim=1) @ Wh + bh)
    return (1 - z) * hprev + z * hbar
