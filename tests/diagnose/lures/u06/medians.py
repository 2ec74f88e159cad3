# exercise: smooth_losses
# true: the median of each block
# not: One loss of each block is taken as it is
# not: wrong axis


def smooth_losses(losses, window=1000):
    n = len(losses) // window
    return torch.tensor(losses[: n * window]).view(n, window).median(1).values
