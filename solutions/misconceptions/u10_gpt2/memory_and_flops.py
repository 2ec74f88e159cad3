"""Wrong answers to u10.memory_and_flops, each with its cause in words, run in the solution's namespace."""

from grader import misconception

right_memory = training_memory


def _activations(config, batch_size, act_bytes, block, after):
    """Return the bytes of a count of numbers for a token in a block, and after the blocks."""
    return batch_size * config.block_size * (config.n_layer * block + after) * act_bytes


def _table(config, flash):
    return 0 if flash else config.n_head * config.block_size


def _with(config, batch_size, act_bytes, flash, **other):
    return right_memory(config, batch_size, act_bytes, flash) | other


def _counted(config, batch_size, act_bytes, flash, streams=16, heads=None, last=2, scores=1):
    """Return the right bytes with another number of streams in a block, or of other things."""
    block = streams * config.n_embd + (_table(config, flash) if heads is None else heads)
    after = last * config.n_embd + scores * config.vocab_size
    return _with(
        config, batch_size, act_bytes, flash, activations=_activations(config, batch_size, act_bytes, block, after)
    )


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="Adam keeps two moments for each parameter, and one is counted.",
)
def one_moment(config, batch_size, act_bytes=4, flash=False):
    n = 4 * count_parameters(config)
    return _with(config, batch_size, act_bytes, flash, moments=n)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="act_bytes changes weights, gradients or moments, too. These stay float32; only activations take 2 bytes.",
)
def half_everywhere(config, batch_size, act_bytes=4, flash=False):
    n = act_bytes * count_parameters(config)
    return _with(config, batch_size, act_bytes, flash, weights=n, gradients=n, moments=2 * n)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="act_bytes changes weights and gradients, too. Under bfloat16 activations take 2 bytes; these stay float32.",
)
def half_weights(config, batch_size, act_bytes=4, flash=False):
    n = act_bytes * count_parameters(config)
    return _with(config, batch_size, act_bytes, flash, weights=n, gradients=n)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="You count numbers, and not bytes. A float32 takes 4.",
)
def numbers_not_bytes(config, batch_size, act_bytes=4, flash=False):
    found = right_memory(config, batch_size, act_bytes, flash)
    return {name: one // (act_bytes if name == "activations" else 4) for name, one in found.items()}


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="Weights, gradients and moments leave out the table of places. It is trained like all others.",
)
def places_left_out(config, batch_size, act_bytes=4, flash=False):
    n = 4 * count_parameters(config, non_embedding=True)
    return _with(config, batch_size, act_bytes, flash, weights=n, gradients=n, moments=2 * n)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The activations are those of one sequence. They grow with the batch.",
)
def one_sequence(config, batch_size, act_bytes=4, flash=False):
    return right_memory(config, 1, act_bytes, flash)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The activations are those of one token in each sequence. There are T of them.",
)
def one_token(config, batch_size, act_bytes=4, flash=False):
    found = right_memory(config, batch_size, act_bytes, flash)
    return found | {"activations": found["activations"] // config.block_size}


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="flash changes nothing: the table of attention, T numbers for each head and token, is always counted.",
)
def flash_ignored(config, batch_size, act_bytes=4, flash=False):
    return right_memory(config, batch_size, act_bytes, False)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The table of attention is never counted. Without flash there are T numbers for each head and token.",
)
def no_table(config, batch_size, act_bytes=4, flash=False):
    return right_memory(config, batch_size, act_bytes, True)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="flash is turned round: the table of attention is counted with it, and left out without.",
)
def flash_flipped(config, batch_size, act_bytes=4, flash=False):
    return right_memory(config, batch_size, act_bytes, not flash)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="One table of attention in a block. Each head has its own, T numbers for each token.",
)
def one_table(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, heads=0 if flash else config.block_size)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The table of attention is counted as T * T numbers for each head and token. For one token it is a row, T.",
)
def square_for_a_token(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, heads=_table(config, flash) * config.block_size)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    symptom=True,
    says="Two times C are missing in each block: of what LayerNorms keep, or of queries, keys and values.",
)
def two_streams_missing(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, streams=14)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The wide part of the MLP is counted once. GELU keeps its input, and so does the layer behind it: 4 * C each.",
)
def wide_once(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, streams=12)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="What the loss keeps is missing: log-probabilities, V numbers for each token.",
)
def no_scores(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, scores=0)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="What comes after the blocks is missing: ln_f, lm_head and the loss keep something, too.",
)
def blocks_only(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, last=0, scores=0)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The inputs of ln_f and lm_head are missing, C numbers each.",
)
def only_the_loss_after(config, batch_size, act_bytes=4, flash=False):
    return _counted(config, batch_size, act_bytes, flash, last=0)


@misconception(
    "memory_and_flops",
    replaces="training_memory",
    says="The activations are those of one block. All L blocks keep theirs until the backward pass comes by.",
)
def one_block_kept(config, batch_size, act_bytes=4, flash=False):
    block = 16 * config.n_embd + _table(config, flash)
    found = _activations(config, batch_size, act_bytes, block / config.n_layer, 2 * config.n_embd + config.vocab_size)
    return _with(config, batch_size, act_bytes, flash, activations=round(found))


@misconception(
    "memory_and_flops",
    replaces="estimate_mfu",
    says="Only the operations of the forward pass are counted, a third of all.",
)
def mfu_forward_only(config, tokens_per_second, peak_flops=312e12):
    return flops_per_token(config) / 3 * tokens_per_second / peak_flops


@misconception(
    "memory_and_flops",
    replaces="estimate_mfu",
    says="Attention is left out: 6 * N alone, where flops_per_token has both.",
)
def mfu_without_attention(config, tokens_per_second, peak_flops=312e12):
    return 6 * count_parameters(config, non_embedding=True) * tokens_per_second / peak_flops


@misconception("memory_and_flops", replaces="estimate_mfu", says="The share is upside down: peak over use.")
def mfu_upside_down(config, tokens_per_second, peak_flops=312e12):
    return peak_flops / (flops_per_token(config) * tokens_per_second)


@misconception("memory_and_flops", replaces="estimate_mfu", says="This is a percentage, 100 times too large.")
def mfu_percent(config, tokens_per_second, peak_flops=312e12):
    return 100 * flops_per_token(config) * tokens_per_second / peak_flops


@misconception(
    "memory_and_flops",
    replaces="estimate_mfu",
    says="peak_flops is not looked at: the peak is an A100's, whatever the device.",
)
def mfu_fixed_peak(config, tokens_per_second, peak_flops=312e12):
    return flops_per_token(config) * tokens_per_second / 312e12


@misconception(
    "memory_and_flops",
    replaces="compute_optimal",
    says="Tokens first, parameters second: they have changed places.",
)
def tokens_first(flops):
    return 20 * math.sqrt(flops / 120), math.sqrt(flops / 120)


@misconception(
    "memory_and_flops",
    replaces="compute_optimal",
    says="As many tokens as parameters. There should be 20 for each.",
)
def one_token_each(flops):
    return math.sqrt(flops / 6), math.sqrt(flops / 6)


@misconception(
    "memory_and_flops",
    replaces="compute_optimal",
    says="The factor 6 is missing: N * D is not the number of operations.",
)
def no_six(flops):
    return math.sqrt(flops / 20), 20 * math.sqrt(flops / 20)


@misconception(
    "memory_and_flops",
    replaces="compute_optimal",
    says="The 20 is missing under the root: 6 * N * (20 * N) is the budget, so N * N is a 120th of it.",
)
def no_twenty_under_the_root(flops):
    return math.sqrt(flops / 6), 20 * math.sqrt(flops / 6)


@misconception(
    "memory_and_flops",
    replaces="compute_optimal",
    says="The root is missing. Where the budget grows a hundredfold, N and D grow tenfold each.",
)
def no_root(flops):
    return flops / 120, flops / 6
