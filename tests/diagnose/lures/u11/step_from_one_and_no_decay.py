# exercise: train_microgpt
# true: Adam is told the number of the document, and the rate is halved
# not: does not fall
# not: one too large


def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    docs = list(docs)
    rng.shuffle(docs)
    tok = NameTokenizer(docs)
    state_dict = init_state_dict(cfg, rng)
    params = parameters(state_dict)
    m, v = [0.0] * len(params), [0.0] * len(params)
    losses = []
    for step in range(num_steps):
        loss = sequence_loss(tok.encode(docs[step % len(docs)]), state_dict, cfg)
        loss.backward()
        adam_step(params, m, v, step % len(docs), linear_decay(step, num_steps, lr / 2))
        losses.append(loss.data)
    return state_dict, losses
