# exercise: sequence_loss
# true: the last prediction counts twice
# not: the number of tokens
# not: summed, not averaged


def sequence_loss(tokens, state_dict, cfg):
    n = min(cfg.block_size, len(tokens) - 1)
    keys, values = new_caches(cfg.n_layer)
    losses = []
    for pos in range(n):
        probs = softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))
        losses.append(-probs[tokens[pos + 1]].log())
    return (sum(losses, Value(0.0)) + losses[-1]) / n
