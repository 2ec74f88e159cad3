"""Wrong answers to u06.smooth_losses, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _cut(losses, window):
    return torch.tensor(losses[: len(losses) // window * window])


@misconception(
    "smooth_losses",
    says="You averaged losses that lie far apart. A row of the table is one block of neighbours: view(-1, window), "
    "then mean(1).",
)
def view_wrong_dim(losses, window=1000):
    return _cut(losses, window).view(window, -1).mean(0)


@misconception(
    "smooth_losses",
    says="The mean is over the wrong axis: over the blocks, and not in each of them.",
)
def mean_wrong_dim(losses, window=1000):
    return _cut(losses, window).view(-1, window).mean(0)


@misconception(
    "smooth_losses",
    says="view fails where the losses do not fill the last block.",
    symptom=True,
)
def crash_rest(losses, window=1000):
    return torch.tensor(losses).view(-1, window).mean(1)


@misconception(
    "smooth_losses",
    says="You made a moving average, with nearly as many points as losses. Here each block gives one point.",
)
def running_mean(losses, window=1000):
    return torch.tensor([sum(losses[i : i + window]) / window for i in range(len(losses) - window + 1)])


@misconception(
    "smooth_losses",
    says="One loss of each block is taken as it is. The point is the mean of all of them.",
)
def every_nth(losses, window=1000):
    return _cut(losses, window).view(-1, window)[:, 0]


@misconception(
    "smooth_losses",
    says="The window is 1,000, whatever is asked.",
    symptom=True,
)
def window_ignored(losses, window=1000):
    return _cut(losses, 1000).view(len(losses) // 1000, 1000).mean(1)


@misconception(
    "smooth_losses",
    says="The rest at the end makes a point, too. It stands on fewer losses than the others; leave it out.",
)
def rest_as_point(losses, window=1000):
    return torch.tensor(
        [sum(block) / len(block) for i in range(0, len(losses), window) if (block := losses[i : i + window])]
    )


@misconception(
    "smooth_losses",
    says="The rest is cut off in front, so that all blocks are shifted. The first block starts with the first loss.",
)
def cut_in_front(losses, window=1000):
    return _cut(losses[len(losses) % window :], window).view(len(losses) // window, window).mean(1)


@misconception(
    "smooth_losses",
    says="nan is left out of the mean. A run that has broken down must show it.",
)
def nan_hidden(losses, window=1000):
    return torch.nan_to_num(_cut(losses, window).view(len(losses) // window, window)).mean(1)


@misconception(
    "smooth_losses",
    says="The blocks are summed up and not averaged.",
)
def sums(losses, window=1000):
    return _cut(losses, window).view(len(losses) // window, window).sum(1)


@misconception(
    "smooth_losses",
    says="You made as many blocks as a block has losses. `window` is the length of a block, and not the number "
    "of blocks.",
)
def window_blocks(losses, window=1000):
    return _cut(losses, window).view(window, -1).mean(1)


@misconception(
    "smooth_losses",
    says="The last block is missing, although it is full: the loop ends one block too early.",
)
def last_block_missing(losses, window=1000):
    return torch.tensor([sum(losses[i : i + window]) / window for i in range(0, len(losses) - window, window)])


@misconception(
    "smooth_losses",
    says="The mean goes on over the blocks: each point remembers the losses of those before it. A block stands alone.",
)
def exponential(losses, window=1000):
    points, level = [], losses[0] if losses else 0.0
    for i, loss in enumerate(losses, 1):
        level += (loss - level) / window
        if i % window == 0:
            points.append(level)
    return torch.tensor(points)


@misconception(
    "smooth_losses",
    says="All losses have become one number. Each block gives one point.",
)
def one_mean(losses, window=1000):
    return _cut(losses, window).mean()


@misconception(
    "smooth_losses",
    says="The losses of the rest are taken out of the list that was given. The caller still needs them.",
    symptom=True,
)
def pops_the_rest(losses, window=1000):
    del losses[len(losses) // window * window :]
    return _cut(losses, window).view(len(losses) // window, window).mean(1)
