# exercise: lstm_cell
# true: the memory is cut off at -3 and 3
# not: goes through a tanh
# not: never forgotten


def lstm_cell(xt, hprev, cprev, W, b):
    i, f, o, g = (torch.cat([xt, hprev], dim=1) @ W + b).chunk(4, dim=1)
    c = (torch.sigmoid(f) * cprev + torch.sigmoid(i) * torch.tanh(g)).clamp(-3, 3)
    return torch.sigmoid(o) * torch.tanh(c), c
