# exercise: gpt_step
# true: the sum of the embeddings is normed twice in the first layer's place, and the MLP's branch not at all
# not: not normed before the first layer
# not: the road straight through


def gpt_step(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm([t + p for t, p in zip(state_dict["wte"][token_id], state_dict["wpe"][pos_id], strict=True)])
    for i in range(cfg.n_layer):
        layer = f"layer{i}."
        h = rmsnorm(rmsnorm(x))
        keys[i].append(linear(h, state_dict[layer + "attn_wk"]))
        values[i].append(linear(h, state_dict[layer + "attn_wv"]))
        found = attention_step(linear(h, state_dict[layer + "attn_wq"]), keys[i], values[i], cfg.n_head)
        x = [a + b for a, b in zip(x, linear(found, state_dict[layer + "attn_wo"]), strict=True)]
        h = [hi.relu() for hi in linear(x, state_dict[layer + "mlp_fc1"])]
        x = [a + b for a, b in zip(x, linear(h, state_dict[layer + "mlp_fc2"]), strict=True)]
    return linear(x, state_dict["lm_head"])
