"""Wrong answers to u10.count_parameters, each with its cause in words, run in the solution's namespace."""

from grader import misconception

right_count = count_parameters


def _by_formula(config, non_embedding, weights=12, biases=9, norms=2, last=1, places=True):
    """Count with other numbers: of C * C weights and C biases in a block, of LayerNorms in it and after all."""
    C, b = config.n_embd, int(config.bias)
    block = weights * C * C + b * biases * C + norms * (C + b * C)
    total = config.vocab_size * C + config.n_layer * block + last * (C + b * C)
    return total if non_embedding or not places else total + config.block_size * C


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="lm_head is counted once more. Its weight is wte's: one tensor, two names.",
)
def tied_twice(config, non_embedding=False):
    return right_count(config, non_embedding) + config.vocab_size * config.n_embd


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="The biases of the Linear layers are missing: 3 * C, C, 4 * C and C in each block.",
)
def bias_missing(config, non_embedding=False):
    return _by_formula(config, non_embedding, biases=0)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="The LayerNorms are missing. Each has a gain and a bias of C numbers: two of them in a block, and ln_f.",
)
def norms_missing(config, non_embedding=False):
    return _by_formula(config, non_embedding, norms=0, last=0)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="Biases and LayerNorms are both missing: only matrices are counted.",
)
def matrices_only(config, non_embedding=False):
    return _by_formula(config, non_embedding, biases=0, norms=0, last=0)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="ln_f is missing: one more LayerNorm stands between the blocks and the head.",
)
def last_norm_missing(config, non_embedding=False):
    return _by_formula(config, non_embedding, last=0)


@misconception("count_parameters", replaces="count_parameters", says="A block has two LayerNorms, and one is counted.")
def one_norm(config, non_embedding=False):
    return _by_formula(config, non_embedding, norms=1)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="The places are counted as if there were one for each token of the vocabulary. There are block_size of them.",
)
def wpe_vocab(config, non_embedding=False):
    places = 0 if non_embedding else config.vocab_size * config.n_embd
    return right_count(config, non_embedding=True) + places


@misconception("count_parameters", replaces="count_parameters", says="The table of places, wpe, is never counted.")
def places_missing(config, non_embedding=False):
    return right_count(config, non_embedding=True)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="non_embedding leaves out wte, too. The same tensor is the matrix of the head, so it stays.",
)
def both_tables_out(config, non_embedding=False):
    return right_count(config, non_embedding) - non_embedding * config.vocab_size * config.n_embd


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="non_embedding leaves out wte, and keeps wpe. It is the other way round.",
)
def wrong_table_out(config, non_embedding=False):
    return right_count(config) - non_embedding * config.vocab_size * config.n_embd


@misconception("count_parameters", replaces="count_parameters", says="non_embedding changes nothing in yours.")
def non_embedding_ignored(config, non_embedding=False):
    return right_count(config)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="config.bias is not looked at: without biases there are as many parameters.",
)
def bias_ignored(config, non_embedding=False):
    b = config.n_layer * 11 * config.n_embd + config.n_embd
    return right_count(config, non_embedding) + (0 if config.bias else b)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="bias=False takes the LayerNorms out altogether. It takes their biases; the gains stay.",
)
def gains_out_too(config, non_embedding=False):
    gains = (2 * config.n_layer + 1) * config.n_embd
    return right_count(config, non_embedding) - (0 if config.bias else gains)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="bias=False leaves the biases of the LayerNorms in. It takes them out of every layer.",
)
def norm_biases_stay(config, non_embedding=False):
    biases = (2 * config.n_layer + 1) * config.n_embd
    return right_count(config, non_embedding) + (0 if config.bias else biases)


@misconception(
    "count_parameters", replaces="count_parameters", says="lm_head is counted with a bias of V numbers. It has none."
)
def head_bias_counted(config, non_embedding=False):
    return right_count(config, non_embedding) + config.vocab_size


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="The matrices of attention are counted once for each head. Heads cut the channels up and add none.",
)
def heads_multiply(config, non_embedding=False):
    C = config.n_embd
    return right_count(config, non_embedding) + config.n_layer * (config.n_head - 1) * 4 * C * C


@misconception(
    "count_parameters", replaces="count_parameters", says="attn.c_proj is missing, the C by C matrix behind the heads."
)
def no_attention_projection(config, non_embedding=False):
    return _by_formula(config, non_embedding, weights=11, biases=8)


@misconception(
    "count_parameters",
    replaces="count_parameters",
    says="The second matrix of the MLP is missing, the way back from 4 * C to C.",
)
def half_mlp(config, non_embedding=False):
    return _by_formula(config, non_embedding, weights=8, biases=8)


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="3 operations for each parameter: a product with its sum counts as one. They are two, so it is 6 * N.",
)
def flops_3N(config):
    attention = 12 * config.n_layer * config.n_embd * config.block_size
    return 3 * right_count(config, non_embedding=True) + attention // 2


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="3 * N for the matrices, though attention is counted in full: there a product with its sum counts as two.",
)
def flops_3N_only(config):
    return 3 * right_count(config, non_embedding=True) + 12 * config.n_layer * config.n_embd * config.block_size


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="Only the forward pass is counted, 2 * N. The backward pass costs twice as much once more.",
)
def forward_only(config):
    return 2 * right_count(config, non_embedding=True) + 4 * config.n_layer * config.n_embd * config.block_size


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="N counts wpe. From that table rows are looked up, and nothing is multiplied.",
)
def flops_with_places(config):
    return 6 * right_count(config) + 12 * config.n_layer * config.n_embd * config.block_size


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="Attention is missing: queries with keys, weights with values, over all T places.",
)
def no_attention(config):
    return 6 * right_count(config, non_embedding=True)


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="Every head is counted with all C channels. A head has hs = C / H of them.",
)
def heads_full_width(config):
    attention = 12 * config.n_layer * config.n_head * config.n_embd * config.block_size
    return 6 * right_count(config, non_embedding=True) + attention


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="Attention is counted for one head, hs channels. There are H of them.",
)
def one_head(config):
    attention = 12 * config.n_layer * (config.n_embd // config.n_head) * config.block_size
    return 6 * right_count(config, non_embedding=True) + attention


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="Attention is counted for one block. Every block has one.",
)
def one_block(config):
    return 6 * right_count(config, non_embedding=True) + 12 * config.n_embd * config.block_size


@misconception(
    "count_parameters",
    replaces="flops_per_token",
    says="These are the operations of a whole sequence: T times too many. It is asked for one token.",
)
def whole_sequence(config):
    attention = 12 * config.n_layer * config.n_embd * config.block_size
    return config.block_size * (6 * right_count(config, non_embedding=True) + attention)
