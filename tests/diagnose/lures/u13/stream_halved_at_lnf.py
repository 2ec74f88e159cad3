# exercise: gpt2_backward
# true: the gradient of ln_f is halved on its way into the stream
# not: head alone
# not: residual2
# not: B * T times

right_layernorm_backward = layernorm_backward
right_backward = gpt2_backward


def gpt2_backward(params, acts, inp, targets, cfg, grads=None, dacts=None):
    def halved(dout, x, w, mean, rstd):
        dx, dw, db = right_layernorm_backward(dout, x, w, mean, rstd)
        return (dx / 2 if w is params["lnfw"] else dx), dw, db

    globals()["layernorm_backward"] = halved
    try:
        return right_backward(params, acts, inp, targets, cfg, grads, dacts)
    finally:
        globals()["layernorm_backward"] = right_layernorm_backward
