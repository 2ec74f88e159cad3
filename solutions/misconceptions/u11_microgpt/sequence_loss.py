"""Wrong answers to u11.sequence_loss, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _surprises(tokens, state_dict, cfg, caches, places, targets):
    keys, values = caches
    losses = []
    for pos, target in zip(places, targets, strict=False):
        probs = softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))
        losses.append(-probs[target].log())
    return losses


def _predictions(tokens, cfg):
    return min(cfg.block_size, len(tokens) - 1)


_kept = {}


@misconception(
    "sequence_loss",
    says="The caches are kept from name to name: the second name looks at the keys of the first one.",
)
def cache_leak(tokens, state_dict, cfg):
    caches = _kept.setdefault(id(state_dict), (state_dict, new_caches(cfg.n_layer)))[1]
    n = _predictions(tokens, cfg)
    return _total(_surprises(tokens, state_dict, cfg, caches, range(n), tokens[1:])) / n


@misconception(
    "sequence_loss",
    says="The surprises are summed, not averaged: long names take larger steps than short ones.",
)
def sum_loss(tokens, state_dict, cfg):
    return _total(
        _surprises(tokens, state_dict, cfg, new_caches(cfg.n_layer), range(_predictions(tokens, cfg)), tokens[1:])
    )


@misconception(
    "sequence_loss",
    symptom=True,
    says="There is a position more than there are targets: the last token has no next one.",
)
def all_len(tokens, state_dict, cfg):
    n = min(cfg.block_size, len(tokens))
    keys, values = new_caches(cfg.n_layer)
    losses = []
    for pos in range(n):
        probs = softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))
        losses.append(-probs[tokens[pos + 1]].log())
    return _total(losses) / n


@misconception(
    "sequence_loss",
    says="The logarithm is of the probability plus 1e-8. A small number beside it makes a sure mistake look harmless; "
    "the largest score is away, so log needs no help.",
)
def prob_log(tokens, state_dict, cfg):
    keys, values = new_caches(cfg.n_layer)
    n = _predictions(tokens, cfg)
    losses = []
    for pos in range(n):
        probs = softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))
        losses.append(-(probs[tokens[pos + 1]] + 1e-8).log())
    return _total(losses) / n


@misconception(
    "sequence_loss",
    says="Each position is compared with the token that it has read. The target is the next one, tokens[pos + 1].",
)
def target_is_input(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    return _total(_surprises(tokens, state_dict, cfg, new_caches(cfg.n_layer), range(n), tokens)) / n


@misconception(
    "sequence_loss",
    says="The sum is divided by the number of tokens. There is one prediction less than tokens, and no more than "
    "the block has.",
)
def divided_by_tokens(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    caches = new_caches(cfg.n_layer)
    return _total(_surprises(tokens, state_dict, cfg, caches, range(n), tokens[1:])) / len(tokens)


@misconception(
    "sequence_loss",
    says="The loss is that of the last position alone. It is the mean over all of them.",
)
def last_only(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    return _surprises(tokens, state_dict, cfg, new_caches(cfg.n_layer), range(n), tokens[1:])[-1]


@misconception(
    "sequence_loss",
    says="The sign is missing: you return the mean of log p, which is below 0. The loss is minus that.",
)
def sign_missing(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    return -_total(_surprises(tokens, state_dict, cfg, new_caches(cfg.n_layer), range(n), tokens[1:])) / n


@misconception(
    "sequence_loss",
    says="The caches are fresh at every position: each token sees itself only.",
)
def caches_each_position(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    losses = []
    for pos in range(n):
        probs = softmax(gpt_step(tokens[pos], pos, *new_caches(cfg.n_layer), state_dict, cfg))
        losses.append(-probs[tokens[pos + 1]].log())
    return _total(losses) / n


@misconception(
    "sequence_loss",
    says="The caches are made by [[]] * n_layer: that is one list for all layers.",
)
def one_list_for_all_layers(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    caches = [[]] * cfg.n_layer, [[]] * cfg.n_layer
    return _total(_surprises(tokens, state_dict, cfg, caches, range(n), tokens[1:])) / n


@misconception(
    "sequence_loss",
    says="The first prediction is left out: BOS is only read, and how a name begins is never learned.",
)
def first_letter_skipped(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    losses = _surprises(tokens, state_dict, cfg, new_caches(cfg.n_layer), range(n), tokens[1:])
    return _total(losses[1:] or losses) / max(n - 1, 1)


@misconception(
    "sequence_loss",
    says="The sum is divided by block_size, however short the name is. It is the mean over the predictions that "
    "there are.",
)
def divided_by_block(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    return _total(_surprises(tokens, state_dict, cfg, new_caches(cfg.n_layer), range(n), tokens[1:])) / cfg.block_size


@misconception(
    "sequence_loss",
    says="The logarithm is missing: you return minus the mean probability of the next token.",
)
def log_missing(tokens, state_dict, cfg):
    n = _predictions(tokens, cfg)
    keys, values = new_caches(cfg.n_layer)
    losses = []
    for pos in range(n):
        losses.append(-softmax(gpt_step(tokens[pos], pos, keys, values, state_dict, cfg))[tokens[pos + 1]])
    return _total(losses) / n
