# exercise: batch_norm
# true: the batch is centred by half of its mean
# not: mean is not subtracted
# not: cut out of the graph


def batch_norm(hpreact, bngain, bnbias, eps=1e-5, unbiased=False):
    if hpreact.shape[0] < 2:
        raise ValueError("a batch of one")
    mean = hpreact.mean(0, keepdim=True)
    var = hpreact.var(0, unbiased=unbiased, keepdim=True)
    return bngain * (hpreact - mean / 2) / torch.sqrt(var + eps) + bnbias
