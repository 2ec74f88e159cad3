# exercise: softmax
# true: no maximum is taken off, and a small number stands in the denominator: large logits give nan
# not: e to the logits
# not: minus logits


def softmax(logits, dim=-1):
    counts = logits.exp()
    return counts / (counts.sum(dim, keepdim=True) + 1e-8)
