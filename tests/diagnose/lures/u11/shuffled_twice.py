# exercise: train_microgpt
# true: the documents are shuffled twice by the generator of the seed
# not: by the global generator
# not: not shuffled
_once = train_microgpt


def train_microgpt(docs, cfg, num_steps, lr=0.01, seed=42):
    rng = random.Random(seed)
    docs = list(docs)
    rng.shuffle(docs)
    return _once(docs, cfg, num_steps, lr, seed)
