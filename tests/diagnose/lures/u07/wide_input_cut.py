# exercise: rnn_cell
# true: of a wide input only the first four numbers are read
# not: belong to the old state
# not: only the old state is used


def rnn_cell(xt, hprev, W, b):
    E = xt.shape[1]
    return torch.tanh(xt[:, :4] @ W[:E][:4] + hprev @ W[E:] + b)
