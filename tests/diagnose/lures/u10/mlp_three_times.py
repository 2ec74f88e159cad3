# exercise: memory_and_flops
# true: the wide part of the MLP is counted three times, as if the product were kept as well
# not: counted once
# not: LayerNorms keep
# not: for one head


def training_memory(config, batch_size, act_bytes=4, flash=False):
    C, T, n = config.n_embd, config.block_size, 4 * count_parameters(config)
    token = config.n_layer * (20 * C + (0 if flash else config.n_head * T)) + 2 * C + config.vocab_size
    return {"weights": n, "gradients": n, "moments": 2 * n, "activations": batch_size * T * token * act_bytes}
