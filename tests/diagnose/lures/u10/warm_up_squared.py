# exercise: get_lr
# true: the warm-up rises as a square, and ends where it should
# not: warmup_steps + 1
# not: learning rate of 0
# not: There is no warm-up


def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * ((it + 1) / warmup_steps) ** 2
    if it >= max_steps:
        return min_lr
    ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    return min_lr + 0.5 * (1 + math.cos(math.pi * ratio)) * (max_lr - min_lr)
