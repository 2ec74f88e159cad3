# exercise: gpt2_forward
# true: the last block does not get to the head
# not: matrix of its own
# not: residual2
# not: sum over all places

right_forward = gpt2_forward


def gpt2_forward(params, inp, targets, cfg):
    _, acts = right_forward(params, inp, targets, cfg)
    before = acts["residual3"][cfg.num_layers - 2] if cfg.num_layers > 1 else acts["encoded"]
    acts["lnf"], acts["lnf_mean"], acts["lnf_rstd"] = layernorm_forward(before, params["lnfw"], params["lnfb"])
    acts["logits"] = matmul_forward(acts["lnf"], params["wte"], None)
    acts["probs"] = softmax_forward(acts["logits"], cfg.vocab_size)
    acts["losses"] = crossentropy_forward(acts["probs"], targets)
    return float(acts["losses"].mean()), acts
