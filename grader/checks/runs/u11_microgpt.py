"""The run of unit 11: a GPT of single numbers learns names and makes some up."""

import random

RUN = {
    "about": "a GPT of scalars learns names, one a step",
    "uses": ["name_tokenizer", "gpt_step", "sequence_loss", "adam", "generate", "train_microgpt"],
    "steps": {"lecture_names": 1000, "": 500},
    "chunk": 5,
    "cpu": 90.0,
    "data": ["lecture_names", "names"],
    "loss": "loss of each name",
    "samples": "New names, and names that go on from ma, jo and be",
    "floor": {"names": 1.5722},
    "compare": {
        "names": "Our solution comes to about 2.20 on dev here, after 500 names. dev is ten names only: on fifty it is "
        "about 2.30.",
        "lecture_names": "The text about microgpt has a loss of about 2.37 there after 1,000 names.",
    },
}
SIZES = {"block_size": 16, "n_layer": 1, "n_head": 4, "n_embd": 16}
RATE, JUDGED, WRITTEN, HEAT = 0.01, 10, 5, 0.5
TEXT = {}


def prepare(text):
    words, _ = words_of(text)
    TEXT["train"], TEXT["dev"], _ = split(words)
    TEXT["tok"] = learner.NameTokenizer(words)


def begin(seed):
    numbers = [p.data for p in _flat(learner.init_state_dict(_sizes(), random.Random(seed)))]
    return {"parameters": numbers, "m": [0.0] * len(numbers), "v": [0.0] * len(numbers)}


def advance(state, seed, step, count, total):
    state_dict, params = _model(state)
    m, v, losses = [float(one) for one in state["m"]], [float(one) for one in state["v"]], []
    for at in range(step, step + count):
        tokens = TEXT["tok"].encode(TEXT["train"][at % len(TEXT["train"])])
        loss = learner.sequence_loss(tokens, state_dict, _sizes())
        loss.backward()
        learner.adam_step(params, m, v, at, learner.linear_decay(at, total, RATE))
        losses.append(float(loss.data))
    return {"parameters": [float(p.data) for p in params], "m": m, "v": v}, losses


def finish(state, seed):
    state_dict, params = _model(state)
    surprise, letters = 0.0, 0
    for word in TEXT["dev"][:JUDGED]:
        tokens = TEXT["tok"].encode(word)
        places = min(SIZES["block_size"], len(tokens) - 1)
        surprise += places * float(learner.sequence_loss(tokens, state_dict, _sizes()).data)
        letters += places
    rng = random.Random(seed)
    new = [_written(state_dict, "", rng) for _ in range(WRITTEN)]
    begun = [_written(state_dict, prompt, rng) for prompt in ("ma", "jo", "be")]
    measures = {"parameters": len(params), "dev": surprise / letters}
    return {"measures": measures, "samples": [" ".join(new), " ".join(begun)]}


def _written(state_dict, prompt, rng):
    return learner.generate(state_dict, _sizes(), TEXT["tok"], prompt, HEAT, rng)


def _sizes():
    return learner.GPTConfig(vocab_size=TEXT["tok"].vocab_size, **SIZES)


def _flat(state_dict):
    return [p for matrix in state_dict.values() for row in matrix for p in row]


def _model(state):
    """Return parameters with these numbers, as matrices and in one list."""
    state_dict = learner.init_state_dict(_sizes(), random.Random(0))
    params = _flat(state_dict)
    for p, number in zip(params, state["parameters"], strict=True):
        p.data = float(number)
    return state_dict, params
