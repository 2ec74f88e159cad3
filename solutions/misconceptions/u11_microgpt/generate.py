"""Wrong answers to u11.generate, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _longest(cfg, max_len):
    return cfg.block_size if max_len is None else min(max_len, cfg.block_size)


def _drawn(rng, cfg, logits, temperature):
    return (rng or random).choices(range(cfg.vocab_size), weights=[p.data for p in _cooled(logits, temperature)])[0]


def _cooled(logits, temperature):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    return softmax([logit / temperature for logit in logits])


def _going_on(state_dict, cfg, tok, ids, keys, values, logits, temperature, rng, max_len, draw=_drawn, place=None):
    """Draw until BOS or the end, from caches and scores that somebody has filled."""
    while len(ids) - 1 < _longest(cfg, max_len):
        token = draw(rng, cfg, logits, temperature)
        if token == tok.BOS:
            break
        ids.append(token)
        if len(ids) - 1 < _longest(cfg, max_len):
            at = len(ids) - 1 if place is None else place(len(ids) - 1)
            logits = gpt_step(token, at, keys, values, state_dict, cfg)
    return tok.decode(ids)


def _read(state_dict, cfg, ids, places=None):
    keys, values = new_caches(cfg.n_layer)
    for pos, token in enumerate(ids):
        logits = gpt_step(token, pos if places is None else places(pos), keys, values, state_dict, cfg)
    return keys, values, logits


@misconception(
    "generate",
    says="Only the last token of the prompt is read, into empty caches: the model never sees what stands before it.",
)
def cold_cache(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    keys, values = new_caches(cfg.n_layer)
    logits = gpt_step(ids[-1], len(ids) - 1, keys, values, state_dict, cfg)
    return _going_on(state_dict, cfg, tok, ids, keys, values, logits, temperature, rng, max_len)


@misconception(
    "generate",
    says="Only the last token of the prompt is read, into empty caches, and at position 0: the model takes it for "
    "the first of all.",
)
def cold_cache_at_zero(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    keys, values = new_caches(cfg.n_layer)
    logits = gpt_step(ids[-1], 0, keys, values, state_dict, cfg)
    before = len(ids) - 1
    return _going_on(
        state_dict, cfg, tok, ids, keys, values, logits, temperature, rng, max_len, place=lambda pos: pos - before
    )


@misconception("generate", says="Every token is read at position 0. Positions count on.")
def pos_fixed(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    read = _read(state_dict, cfg, ids, lambda pos: 0)
    return _going_on(state_dict, cfg, tok, ids, *read, temperature, rng, max_len, place=lambda pos: 0)


@misconception(
    "generate",
    says="The temperature does nothing: names are drawn as at temperature 1. Probabilities that are all divided by"
    " one number keep their ratios; divide the scores.",
)
def temp_on_probs(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    def draw(rng, cfg, logits, temperature):
        return _drawn(rng, cfg, logits, 1.0)

    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    ids = tok.encode(prompt)[:-1]
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, max_len, draw=draw)


@misconception(
    "generate",
    says="The scores are multiplied by the temperature. They are divided: a low one makes the model surer.",
)
def temperature_times(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    def draw(rng, cfg, logits, temperature):
        return _drawn(rng, cfg, logits, 1 / temperature)

    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    ids = tok.encode(prompt)[:-1]
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, max_len, draw=draw)


@misconception(
    "generate",
    says="You draw from the global generator, though one is given: the same seed then gives another name each time.",
)
def random_global(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, None, max_len)


@misconception(
    "generate",
    says="The best token is taken each time, whatever the temperature. Names are drawn, by their probabilities.",
)
def always_the_best(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    def draw(rng, cfg, logits, temperature):
        return max(range(cfg.vocab_size), key=lambda i: logits[i].data)

    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    ids = tok.encode(prompt)[:-1]
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, max_len, draw=draw)


@misconception("generate", says="The prompt is missing from the name that comes back.")
def prompt_missing(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    name = _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, max_len)
    return name[len(prompt) :]


@misconception(
    "generate",
    says="max_len counts only what is drawn. It is the length of the whole name, prompt included.",
)
def max_len_without_prompt(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    longest = None if max_len is None else max_len + len(prompt)
    ids = tok.encode(prompt)[:-1]
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, longest)


@misconception("generate", says="max_len is not looked at: a name may be as long as the block.")
def max_len_ignored(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, None)


@misconception(
    "generate",
    says="The prompt is read without the BOS in front of it: the model does not know that a name begins there.",
)
def bos_not_read(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    read = _read(state_dict, cfg, ids[1:] or ids)
    shift = 1 if prompt else 0
    return _going_on(state_dict, cfg, tok, ids, *read, temperature, rng, max_len, place=lambda pos: pos - shift)


@misconception(
    "generate",
    says="The prompt is read with the BOS behind it: to the model that name is over, and the next one begins.",
)
def bos_behind_the_prompt(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    if temperature <= 0:
        raise ValueError("temperature must be above 0")
    ids = tok.encode(prompt)
    return _going_on(state_dict, cfg, tok, ids, *_read(state_dict, cfg, ids), temperature, rng, max_len)


@misconception(
    "generate",
    says="BOS does not end the name: it is read on like a letter, and what follows is another name.",
)
def does_not_stop(state_dict, cfg, tok, prompt="", temperature=0.8, rng=None, max_len=None):
    ids = tok.encode(prompt)[:-1]
    keys, values, logits = _read(state_dict, cfg, ids)
    while len(ids) - 1 < _longest(cfg, max_len):
        ids.append(_drawn(rng, cfg, logits, temperature))
        if len(ids) - 1 < _longest(cfg, max_len):
            logits = gpt_step(ids[-1], len(ids) - 1, keys, values, state_dict, cfg)
    return tok.decode(ids)
