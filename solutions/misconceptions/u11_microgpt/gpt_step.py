"""Wrong answers to u11.gpt_step, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _embedded(token_id, pos_id, state_dict):
    return _added(state_dict["wte"][token_id], state_dict["wpe"][pos_id])


def _attention(h, i, keys, values, state_dict, cfg):
    """The branch of attention; key and value go into the caches of place i."""
    layer = f"layer{i}."
    keys[i].append(linear(h, state_dict[layer + "attn_wk"]))
    values[i].append(linear(h, state_dict[layer + "attn_wv"]))
    found = attention_step(linear(h, state_dict[layer + "attn_wq"]), keys[i], values[i], cfg.n_head)
    return linear(found, state_dict[layer + "attn_wo"])


def _mlp(h, i, state_dict):
    wide = [one.relu() for one in linear(h, state_dict[f"layer{i}.mlp_fc1"])]
    return linear(wide, state_dict[f"layer{i}.mlp_fc2"])


@misconception(
    "gpt_step",
    says="All layers share one list of keys and one of values: a layer looks at keys that another one has made.",
)
def cache_shared(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, [keys[0]] * (i + 1), [values[0]] * (i + 1), state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="What is added behind a branch is the normed x. Add the raw one: the road straight through has no norm on it.",
)
def residual_of_normed(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        h = rmsnorm(x)
        x = _added(h, _attention(h, i, keys, values, state_dict, cfg))
        h = rmsnorm(x)
        x = _added(h, _mlp(h, i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="The position is not used: x is the token's row alone, so the model does not know the order.",
)
def pos_missing(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(state_dict["wte"][token_id])
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="Between the two matrices of the MLP nothing bends: without relu they are one matrix.",
)
def mlp_no_relu(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        wide = linear(rmsnorm(x), state_dict[f"layer{i}.mlp_fc1"])
        x = _added(x, linear(wide, state_dict[f"layer{i}.mlp_fc2"]))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="Key and value are put into the caches once for each head. A token leaves one key and one value in each "
    "layer, for all heads.",
)
def double_append(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    size = cfg.n_embd // cfg.n_head
    for i in range(cfg.n_layer):
        h, found = rmsnorm(x), []
        for start in range(0, cfg.n_embd, size):
            keys[i].append(linear(h, state_dict[f"layer{i}.attn_wk"]))
            values[i].append(linear(h, state_dict[f"layer{i}.attn_wv"]))
            q = linear(h, state_dict[f"layer{i}.attn_wq"])
            part = slice(start, start + size)
            found += attention_step(q[part], [k[part] for k in keys[i]], [v[part] for v in values[i]], 1)
        x = _added(x, linear(found, state_dict[f"layer{i}.attn_wo"]))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="The sum of the two embeddings is not normed before the first layer.",
)
def first_norm_missing(token_id, pos_id, keys, values, state_dict, cfg):
    x = _embedded(token_id, pos_id, state_dict)
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="There is one norm more in front of lm_head, as in GPT-2. This model has none there.",
)
def last_norm(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(rmsnorm(x), state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="The branches are not added to x, they replace it: the residual connections are missing.",
)
def no_residual(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _attention(rmsnorm(x), i, keys, values, state_dict, cfg)
        x = _mlp(rmsnorm(x), i, state_dict)
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="attn_wo is not used: what the heads found is added to x as it is.",
)
def wo_missing(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        h, layer = rmsnorm(x), f"layer{i}."
        keys[i].append(linear(h, state_dict[layer + "attn_wk"]))
        values[i].append(linear(h, state_dict[layer + "attn_wv"]))
        x = _added(x, attention_step(linear(h, state_dict[layer + "attn_wq"]), keys[i], values[i], cfg.n_head))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="The token looks before its own key and value are in the caches, so it does not see itself.",
)
def appended_after(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        h, layer = rmsnorm(x), f"layer{i}."
        q = linear(h, state_dict[layer + "attn_wq"])
        found = attention_step(q, keys[i], values[i], cfg.n_head) if keys[i] else [Value(0.0) for _ in q]
        keys[i].append(linear(h, state_dict[layer + "attn_wk"]))
        values[i].append(linear(h, state_dict[layer + "attn_wv"]))
        x = _added(x, linear(found, state_dict[layer + "attn_wo"]))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="All layers use the matrices of layer 0. Each has its own.",
)
def layer_zero_for_all(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), 0, [keys[i]], [values[i]], state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), 0, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception(
    "gpt_step",
    says="The MLP reads x as it is: the second norm of the layer is missing.",
)
def second_norm_missing(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        x = _added(x, _mlp(x, i, state_dict))
    return linear(x, state_dict["lm_head"])


@misconception("gpt_step", says="You return probabilities. The model gives scores; the softmax is part of the loss.")
def probabilities(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, pos_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return softmax(linear(x, state_dict["lm_head"]))


@misconception("gpt_step", says="The row of wpe is chosen by the token. It is chosen by the position, pos_id.")
def position_by_token(token_id, pos_id, keys, values, state_dict, cfg):
    x = rmsnorm(_embedded(token_id, token_id, state_dict))
    for i in range(cfg.n_layer):
        x = _added(x, _attention(rmsnorm(x), i, keys, values, state_dict, cfg))
        x = _added(x, _mlp(rmsnorm(x), i, state_dict))
    return linear(x, state_dict["lm_head"])
