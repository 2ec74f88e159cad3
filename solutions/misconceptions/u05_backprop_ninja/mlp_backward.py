"""Wrong answers to u05.mlp_backward, each with its cause in words, run in the solution's namespace."""

from grader import misconception

KEPT = {}


@misconception(
    "mlp_backward",
    says="You use the forward pass of an earlier batch: something outside the function remembers it. A call depends on "
    "its arguments alone.",
)
def stale_cache(params, Xb, Yb):
    f = KEPT.setdefault(Xb.shape, forward(params, Xb, Yb))
    return float(f["loss"]), chain(params, f, cross_entropy_backward(f["logits"], f["Yb"]))


@misconception(
    "mlp_backward",
    says="dW1 is made from the output of its layer. The gradient of a weight matrix pairs what went *into* the layer "
    "with the gradient of what came out.",
)
def dw1_from_h(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    return float(f["loss"]), chain(params, f, cross_entropy_backward(f["logits"], Yb), W1=f["h"])


@misconception(
    "mlp_backward",
    says="On the way back the K embeddings of a row are folded in another order than they were laid out in.",
)
def view_lost(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    rows, block, size = f["emb"].shape

    def fold(dembcat):
        return dembcat.reshape(rows, size, block).swapaxes(1, 2)

    return float(f["loss"]), chain(params, f, cross_entropy_backward(f["logits"], Yb), fold=fold)


@misconception(
    "mlp_backward",
    says="You divide by 32, whatever the batch. n is the number of rows of this batch, and the last one of an epoch is "
    "smaller.",
)
def n_of_old_batch(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dlogits = cross_entropy_backward(f["logits"], Yb) * (len(Yb) / 32)
    return float(f["loss"]), chain(params, f, dlogits)


@misconception(
    "mlp_backward",
    says="You normalise with the n of torch. This model's forward pass divides the variance by n - 1.",
)
def biased_variance(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dh, dW2, db2 = linear_backward(cross_entropy_backward(f["logits"], Yb), f["h"], params["W2"])
    dhpreact = tanh_backward(dh, f["h"])
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"], EPS, unbiased=False)
    dembcat, dW1, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dC = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, len(params["C"]))
    grads = {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}
    return float(f["loss"]), grads


@misconception(
    "mlp_backward",
    says="You square what went into the tanh. Its slope is written in what came out, f['h'].",
)
def tanh_from_hpreact(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dh, dW2, db2 = linear_backward(cross_entropy_backward(f["logits"], Yb), f["h"], params["W2"])
    dhpreact = dh * (1 - f["hpreact"] ** 2)
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"], EPS)
    dembcat, dW1, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dC = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, len(params["C"]))
    grads = {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}
    return float(f["loss"]), grads
