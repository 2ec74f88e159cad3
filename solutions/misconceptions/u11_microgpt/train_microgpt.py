"""Wrong answers to u11.train_microgpt, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _rate(step, num_steps, lr):
    return linear_decay(step, num_steps, lr)


def _trained(rng, docs, cfg, num_steps, lr, **slips):
    """The loop with something else in one place."""
    tok = NameTokenizer(docs)
    state_dict = slips.get("state_dict") or init_state_dict(cfg, rng)
    params = parameters(state_dict)
    m, v = [0.0] * len(params), [0.0] * len(params)
    losses = []
    for step in range(num_steps):
        tokens = tok.encode(docs[slips.get("place", lambda step: step % len(docs))(step)])
        loss = sequence_loss(tokens, state_dict, cfg)
        loss.backward()
        if slips.get("fresh"):
            m, v = [0.0] * len(params), [0.0] * len(params)
        adam_step(
            params, m, v, slips.get("count", lambda step: step)(step), slips.get("rate", _rate)(step, num_steps, lr)
        )
        losses.append(slips.get("kept", lambda loss, tokens, state_dict: loss.data)(loss, tokens, state_dict))
    return state_dict, losses


def _shuffled(docs, seed):
    rng, docs = random.Random(seed), list(docs)
    rng.shuffle(docs)
    return rng, docs


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="Each step takes the first document. The model learns one name by heart: take the next one.",
)
def same_doc(docs, cfg, num_steps, lr=0.01, seed=42):
    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, place=lambda step: 0)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    symptom=True,
    says="The losses are Values. Each keeps the whole graph of its step alive, and the memory grows: keep the number.",
)
def graph_kept(docs, cfg, num_steps, lr=0.01, seed=42):
    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, kept=lambda loss, tokens, state_dict: loss)


@misconception(
    "train_microgpt",
    replaces="init_state_dict",
    says="The first weights have standard deviation 1. The model begins by being sure of nonsense, and its first "
    "loss is far above ln V.",
)
def init_std(cfg, rng):
    return _first_weights(cfg, lambda: rng.gauss(0, 1))


def _first_weights(cfg, draw, order=("wte", "wpe", "lm_head")):
    rows = {"wte": cfg.vocab_size, "wpe": cfg.block_size, "lm_head": cfg.vocab_size}

    def matrix(rows, columns):
        return [[Value(draw()) for _ in range(columns)] for _ in range(rows)]

    state_dict = {name: matrix(rows[name], cfg.n_embd) for name in order}
    for i in range(cfg.n_layer):
        for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo"):
            state_dict[f"layer{i}.{name}"] = matrix(cfg.n_embd, cfg.n_embd)
        state_dict[f"layer{i}.mlp_fc1"] = matrix(4 * cfg.n_embd, cfg.n_embd)
        state_dict[f"layer{i}.mlp_fc2"] = matrix(cfg.n_embd, 4 * cfg.n_embd)
    return state_dict


@misconception(
    "train_microgpt",
    replaces="init_state_dict",
    says="The first weights are uniform between -0.08 and 0.08. They are drawn from a normal distribution, by "
    "rng.gauss.",
)
def uniform_weights(cfg, rng):
    return _first_weights(cfg, lambda: rng.uniform(-0.08, 0.08))


@misconception(
    "train_microgpt",
    replaces="init_state_dict",
    says="lm_head is the same matrix as wte. Here the two are drawn apart, as in the gist; GPT-2 has one for both.",
)
def tied_head(cfg, rng):
    state_dict = _first_weights(cfg, lambda: rng.gauss(0, 0.08), order=("wte", "wpe"))
    return {"wte": state_dict["wte"], "wpe": state_dict["wpe"], "lm_head": state_dict["wte"], **state_dict}


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="The documents are shuffled by the global generator, not by that of the seed: the same seed gives another"
    " order each time.",
)
def no_shuffle_seed(docs, cfg, num_steps, lr=0.01, seed=42):
    docs = list(docs)
    random.shuffle(docs)
    return _trained(random.Random(seed), docs, cfg, num_steps, lr)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="The documents are not shuffled: they come in the order of the list.",
)
def not_shuffled(docs, cfg, num_steps, lr=0.01, seed=42):
    return _trained(random.Random(seed), list(docs), cfg, num_steps, lr)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="The parameters are drawn before the documents are shuffled. The order of the draws is the other.",
)
def weights_first(docs, cfg, num_steps, lr=0.01, seed=42):
    rng, docs = random.Random(seed), list(docs)
    state_dict = init_state_dict(cfg, rng)
    rng.shuffle(docs)
    return _trained(rng, docs, cfg, num_steps, lr, state_dict=state_dict)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="The learning rate does not fall: every step has all of lr.",
)
def no_decay(docs, cfg, num_steps, lr=0.01, seed=42):
    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, rate=lambda step, num_steps, lr: lr)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="The losses are those after the update. The loss of a step is the one that its gradients are from.",
)
def loss_after(docs, cfg, num_steps, lr=0.01, seed=42):
    def again(loss, tokens, state_dict):
        return sequence_loss(tokens, state_dict, cfg).data

    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, kept=again)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="m and v begin anew at every step, so Adam remembers nothing. They are made once, before the loop.",
)
def moments_each_step(docs, cfg, num_steps, lr=0.01, seed=42):
    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, fresh=True)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="adam_step is told a step that is one too large. It counts from 0 and adds the 1 itself.",
)
def step_from_one(docs, cfg, num_steps, lr=0.01, seed=42):
    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, count=lambda step: step + 1)


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="A document is drawn at random for each step. They come in order, one after the other.",
)
def documents_drawn(docs, cfg, num_steps, lr=0.01, seed=42):
    rng, docs = _shuffled(docs, seed)
    state_dict = init_state_dict(cfg, rng)
    return _trained(rng, docs, cfg, num_steps, lr, state_dict=state_dict, place=lambda step: rng.randrange(len(docs)))


@misconception(
    "train_microgpt",
    replaces="train_microgpt",
    says="linear_decay is told a step that is one too large: the first step does not have all of lr, and the last "
    "one has nothing.",
)
def decay_one_ahead(docs, cfg, num_steps, lr=0.01, seed=42):
    def rate(step, num_steps, lr):
        return linear_decay(step + 1, num_steps, lr)

    return _trained(*_shuffled(docs, seed), cfg, num_steps, lr, rate=rate)
