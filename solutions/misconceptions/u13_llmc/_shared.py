"""What wrong answers to several exercises of unit 13 have in common: both passes with one line changed."""

import numpy as np


def forward_with(params, inp, targets, cfg, *, head=None, layer_of=None, block=None, last=None, vocab=None):
    """The forward pass. head: another matrix for the logits. layer_of(name, layer): which layer's tensor is read.

    block(stream, mid, up): what a block makes of its stream, of what attention and MLP added. last: what ln_f reads.
    """
    stream = encoder_forward(inp, params["wte"], params["wpe"])
    acts = {"encoded": stream}
    for layer in range(cfg.num_layers):
        p = {name: params[name][layer_of(name, layer) if layer_of else layer] for name in params if name[0] not in "w"}
        p = {name: value for name, value in p.items() if not name.startswith("lnf")}
        kept = {}
        kept["ln1"], kept["ln1_mean"], kept["ln1_rstd"] = layernorm_forward(stream, p["ln1w"], p["ln1b"])
        kept["qkv"] = matmul_forward(kept["ln1"], p["qkvw"], p["qkvb"])
        kept["atty"], kept["preatt"], kept["att"] = attention_forward(kept["qkv"], cfg.num_heads)
        kept["attproj"] = matmul_forward(kept["atty"], p["attprojw"], p["attprojb"])
        kept["residual2"] = stream + kept["attproj"]
        kept["ln2"], kept["ln2_mean"], kept["ln2_rstd"] = layernorm_forward(kept["residual2"], p["ln2w"], p["ln2b"])
        kept["fch"] = matmul_forward(kept["ln2"], p["fcw"], p["fcb"])
        kept["fch_gelu"] = gelu_forward(kept["fch"])
        kept["fcproj"] = matmul_forward(kept["fch_gelu"], p["fcprojw"], p["fcprojb"])
        kept["residual3"] = block(stream, kept) if block else kept["residual2"] + kept["fcproj"]
        stream = kept["residual3"]
        for name, value in kept.items():
            acts.setdefault(name, []).append(value)
    read = last(acts) if last else stream
    acts["lnf"], acts["lnf_mean"], acts["lnf_rstd"] = layernorm_forward(read, params["lnfw"], params["lnfb"])
    acts["logits"] = matmul_forward(acts["lnf"], params["wte"] if head is None else head, None)
    acts["probs"] = softmax_forward(acts["logits"], vocab or cfg.vocab_size)
    acts["losses"] = crossentropy_forward(acts["probs"], targets)
    return float(acts["losses"].mean()), acts


def backward_with(params, acts, inp, targets, cfg, grads=None, dacts=None, **swap):
    """The backward pass. swap: head, encoder, skip2, skip3 (True or False); order, lnf_input, ln1_input, slope.

    dlosses(inp): what the mean hands to each place.
    """
    grads = {name: np.zeros_like(value) for name, value in params.items()} if grads is None else grads

    def add(name, layer, dw, db):
        grads[f"{name}w"][layer] += dw
        grads[f"{name}b"][layer] += db

    def linear(dout, x, name, layer):
        dx, dw, db = matmul_backward(dout, x, params[f"{name}w"][layer])
        add(name, layer, dw, db)
        return dx

    def norm(dout, x, name, layer):
        kept = acts[f"{name}_mean"][layer], acts[f"{name}_rstd"][layer]
        dx, dw, db = layernorm_backward(dout, x, params[f"{name}w"][layer], *kept)
        add(name, layer, dw, db)
        return dx

    dlosses = np.full(inp.shape, 1 / inp.size) if "dlosses" not in swap else swap["dlosses"](inp)
    dlogits = crossentropy_softmax_backward(dlosses, acts["probs"], targets, cfg.vocab_size)
    dx, dwte, _ = matmul_backward(known(dacts, "logits", dlogits), acts["lnf"], params["wte"])
    if swap.get("head", True):
        grads["wte"] += dwte
    last = acts["residual3"][-1] if "lnf_input" not in swap else swap["lnf_input"](acts)
    kept = params["lnfw"], acts["lnf_mean"], acts["lnf_rstd"]
    dx, dw, db = layernorm_backward(known(dacts, "lnf", dx), last, *kept)
    grads["lnfw"] += dw
    grads["lnfb"] += db
    for layer in swap.get("order", reversed)(range(cfg.num_layers)):
        below = acts["residual3"][layer - 1] if layer else acts["encoded"]
        below = swap["ln1_input"](acts, layer) if "ln1_input" in swap else below
        above = known(dacts, "residual3", dx, layer)
        dgelu = linear(known(dacts, "fcproj", above, layer), acts["fch_gelu"][layer], "fcproj", layer)
        dfch = swap.get("slope", gelu_backward)(acts["fch"][layer], known(dacts, "fch_gelu", dgelu, layer))
        dln2 = linear(known(dacts, "fch", dfch, layer), acts["ln2"][layer], "fc", layer)
        back = norm(known(dacts, "ln2", dln2, layer), acts["residual2"][layer], "ln2", layer)
        mid = known(dacts, "residual2", back + above if swap.get("skip2", True) else back, layer)
        datty = linear(known(dacts, "attproj", mid, layer), acts["atty"][layer], "attproj", layer)
        datty = known(dacts, "atty", datty, layer)
        dqkv = attention_backward(datty, acts["qkv"][layer], acts["att"][layer], cfg.num_heads)
        dln1 = linear(known(dacts, "qkv", dqkv, layer), acts["ln1"][layer], "qkv", layer)
        back = norm(known(dacts, "ln1", dln1, layer), below, "ln1", layer)
        dx = back + mid if swap.get("skip3", True) else back
    own = grads if swap.get("encoder", True) else {name: value.copy() for name, value in grads.items()}
    encoder_backward(known(dacts, "encoded", dx), inp, own["wte"], grads["wpe"])
    return grads
