# exercise: generate
# true: the prompt is read from its end
# not: Only the last token of the prompt
# not: the BOS


def generate(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    longest = cfg.block_size if max_len is None else min(max_len, cfg.block_size)
    keys, values = new_caches(cfg.n_layer)
    ids = tok.encode(prompt)[:-1]
    for pos, token in enumerate([tok.BOS, *ids[:0:-1]]):
        logits = gpt_step(token, pos, keys, values, state_dict, cfg)
    while len(ids) - 1 < longest:
        weights = [p.data for p in softmax([logit / temperature for logit in logits])]
        token = (rng or random).choices(range(cfg.vocab_size), weights=weights)[0]
        if token == tok.BOS:
            break
        ids.append(token)
        if len(ids) - 1 < longest:
            logits = gpt_step(token, len(ids) - 1, keys, values, state_dict, cfg)
    return tok.decode(ids)
