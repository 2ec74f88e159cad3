# exercise: count_parameters
# true: the bias of c_attn is counted as C, and not as 3 * C
# not: biases of the Linear layers are missing
# not: LayerNorm
# not: counted with a bias of V


def count_parameters(config, non_embedding=False):
    C, b = config.n_embd, int(config.bias)
    block = 12 * C * C + b * 7 * C + 2 * (C + b * C)
    total = config.vocab_size * C + config.n_layer * block + C + b * C
    return total if non_embedding else total + config.block_size * C
