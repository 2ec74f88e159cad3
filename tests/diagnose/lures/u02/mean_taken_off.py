# exercise: softmax
# true: the mean of each row is taken off, which helps where all logits are large, and not where one is
# not: whole tensor
# not: Nothing was taken off


def softmax(logits, dim=-1):
    counts = (logits - logits.mean(dim=dim, keepdim=True)).exp()
    return counts / counts.sum(dim=dim, keepdim=True)
