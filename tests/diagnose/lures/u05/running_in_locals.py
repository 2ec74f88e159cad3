# exercise: train_manual
# true: the new averages are computed and never stored
# not: whatever goes in
# why: as it came in


def train_manual(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        f = forward(params, X[rows], Y[rows])
        mean, var = running["mean"], running["var"]
        mean = (1 - momentum) * mean + momentum * f["bnmeani"]
        var = (1 - momentum) * var + momentum * f["bnvar"]
        rate = lr_fn(step)
        for name, grad in grads.items():
            params[name] -= rate * grad
    return losses
