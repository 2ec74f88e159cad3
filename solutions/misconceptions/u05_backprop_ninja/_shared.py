"""What wrong answers to several exercises of unit 05 have in common."""


def chain(params, f, dlogits, **swap):
    """Return the seven gradients from that of the logits. swap: other inputs of a layer, by the name of its weights."""
    dh, dW2, db2 = linear_backward(dlogits, swap.get("W2", f["h"]), params["W2"])
    dhpreact = tanh_backward(dh, f["h"])
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"], EPS)
    dembcat, _, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dW1 = swap.get("W1", f["embcat"]).T @ dhprebn
    demb = swap.get("fold", lambda flat_one: flat_one.reshape(f["emb"].shape))(dembcat)
    dC = embedding_backward(demb, f["Xb"], len(params["C"]))
    return {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}
