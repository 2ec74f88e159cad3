# exercise: get_lr
# true: it falls by the same factor at every step, from max_lr to min_lr
# not: straight line
# not: quarter of a wave


def get_lr(it, max_lr, min_lr, warmup_steps, max_steps):
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    if it >= max_steps:
        return min_lr
    ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    return max_lr * (min_lr / max_lr) ** ratio if min_lr > 0 else max_lr * (1 - ratio) ** 3
