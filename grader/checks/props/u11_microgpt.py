"""Helper code of unit 11 that runs on the learner's side: numbers become Values there, and Values numbers.

`learner` is the learner's module. Nothing is compared here.
"""

import operator
import random

INFIX = {name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "pow", "neg")}
NO_VALUE = "An entry of the result is no Value. A plain number has no way back, so no gradient can flow through it."


def _numbers(values):
    """Return data of Values as floats."""
    values = list(values)
    if not all(isinstance(value, learner.Value) for value in values):
        raise TypeError(NO_VALUE)
    return [float(value.data) for value in values]


def _values(numbers):
    return [learner.Value(number) for number in numbers]


def _rows(matrix):
    return [_values(row) for row in matrix]


def _grads(values):
    return [float(value.grad) for value in values]


def _sweep(outputs, shares):
    """backward() of the sum of share * output."""
    total = learner.Value(0.0)
    for output, share in zip(outputs, shares, strict=True):
        total = total + output * share
    total.backward()


def data(*nodes):
    """data of each, as floats."""
    return [float(node.data) for node in nodes]


def gradients(root, *leaves):
    """root.backward(); then grad of the others."""
    root.backward()
    return _grads(leaves)


def is_value(thing):
    """isinstance(thing, Value)."""
    return isinstance(thing, learner.Value)


def run(program, inputs):
    """Do the steps with a Value for each input; return data of the last, and grad of each input after backward()."""
    leaves = {name: learner.Value(number) for name, number in inputs.items()}
    nodes = dict(leaves)
    for name, operation, *arguments in program:
        operands = [nodes.get(argument, argument) for argument in arguments]
        if operation in INFIX:
            nodes[name] = INFIX[operation](*operands)
        else:
            nodes[name] = getattr(operands[0], operation)()
    root = nodes[program[-1][0]]
    root.backward()
    return [float(root.data), {name: float(leaf.grad) for name, leaf in leaves.items()}]


def chain(length, share):
    """A chain of so many sums over one product; return the number at its end, and the slope of the number in it."""
    x = learner.Value(share)
    node = x * x
    for _ in range(length):
        node = node + x
    node.backward()
    return [float(node.data), float(x.grad)]


def without_dict(x, y):
    """x * y, its slopes, and whether leaf and product have a __dict__."""
    a, b = learner.Value(x), learner.Value(y)
    out = a * b
    out.backward()
    return [float(out.data), float(a.grad), float(b.grad), hasattr(a, "__dict__"), hasattr(out, "__dict__")]


def tokenizer(docs):
    """A NameTokenizer of docs."""
    return learner.NameTokenizer(docs)


def linear(x, w, shares):
    """Outputs of linear on Values, and the slopes of the sum of share * output in x and in w."""
    x, w = _values(x), _rows(w)
    outputs = learner.linear(x, w)
    found = _numbers(outputs)
    _sweep(outputs, shares)
    return [found, _grads(x), [_grads(row) for row in w]]


def linear_after(x, w):
    """linear(x, w); its outputs, and x and w afterwards."""
    x, w = _values(x), _rows(w)
    before = list(x), [list(row) for row in w]
    found = _numbers(learner.linear(x, w))
    kept = x == before[0] and w == before[1]
    return [found, kept, data(*x), [data(*row) for row in w]]


def vector(name, x, shares, *more):
    """The function of that name on a list of Values; outputs, and the slopes of the sum of share * output."""
    x = _values(x)
    outputs = getattr(learner, name)(x, *more)
    found = _numbers(outputs)
    _sweep(outputs, shares)
    return [found, _grads(x)]


def vector_after(name, x):
    """The function of that name on a list of Values; outputs, and the list afterwards."""
    x = _values(x)
    before = list(x)
    found = _numbers(getattr(learner, name)(x))
    return [found, x == before, data(*x)]


def attention(q, keys, values, n_head, shares):
    """attention_step(q, keys, values, n_head); outputs, and the slopes in q, keys and values."""
    q, keys, values = _values(q), _rows(keys), _rows(values)
    outputs = learner.attention_step(q, keys, values, n_head)
    found = _numbers(outputs)
    _sweep(outputs, shares)
    return [found, _grads(q), [_grads(row) for row in keys], [_grads(row) for row in values]]


def attention_after(q, keys, values, n_head):
    """attention_step(q, keys, values, n_head); outputs, and the lists afterwards."""
    q, keys, values = _values(q), _rows(keys), _rows(values)
    before = list(q), [list(row) for row in keys], [list(row) for row in values]
    found = _numbers(learner.attention_step(q, keys, values, n_head))
    return [found, q == before[0], keys == before[1], values == before[2]]


def _model(state, sizes):
    return {name: _rows(matrix) for name, matrix in state.items()}, learner.GPTConfig(**sizes)


def _caches(sizes):
    return [[] for _ in range(sizes["n_layer"])], [[] for _ in range(sizes["n_layer"])]


def _slopes(state_dict):
    return {name: [_grads(row) for row in matrix] for name, matrix in state_dict.items()}


def steps(state, sizes, tokens):
    """gpt_step for each token at its position, with the same caches; the scores of each."""
    state_dict, cfg = _model(state, sizes)
    keys, values = _caches(sizes)
    return [_numbers(learner.gpt_step(token, pos, keys, values, state_dict, cfg)) for pos, token in enumerate(tokens)]


def step_slopes(state, sizes, tokens, shares):
    """gpt_step for each token; the slopes of the sum of share * score in each matrix."""
    state_dict, cfg = _model(state, sizes)
    keys, values = _caches(sizes)
    outputs = []
    for pos, token in enumerate(tokens):
        outputs += learner.gpt_step(token, pos, keys, values, state_dict, cfg)
    _numbers(outputs)
    _sweep(outputs, [share for row in shares for share in row])
    return _slopes(state_dict)


def cached(state, sizes, tokens):
    """gpt_step for each token; then for each layer the number of keys and of values, and how long each is."""
    state_dict, cfg = _model(state, sizes)
    keys, values = _caches(sizes)
    for pos, token in enumerate(tokens):
        scores = learner.gpt_step(token, pos, keys, values, state_dict, cfg)
    return [_numbers(scores), [[len(one) for one in layer] for layer in (*keys, *values)]]


def loss(state, sizes, tokens):
    """sequence_loss of the tokens."""
    state_dict, cfg = _model(state, sizes)
    return _numbers([learner.sequence_loss(tokens, state_dict, cfg)])[0]


def loss_slopes(state, sizes, tokens):
    """sequence_loss(tokens, ...).backward(); the slopes in each matrix."""
    state_dict, cfg = _model(state, sizes)
    found = learner.sequence_loss(tokens, state_dict, cfg)
    _numbers([found])
    found.backward()
    return _slopes(state_dict)


def losses(state, sizes, sequences):
    """sequence_loss of each sequence in a row, with the same parameters; the losses."""
    state_dict, cfg = _model(state, sizes)
    return _numbers([learner.sequence_loss(tokens, state_dict, cfg) for tokens in sequences])


def clipped(grads, max_norm):
    """clip_gradients of parameters with these gradients; what it returns, and the gradients afterwards."""
    params = _values([1.0] * len(grads))
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad
    norm = learner.clip_gradients(params, max_norm)
    return [norm, _grads(params)]


def adam(start, gradients, lr, *more):
    """adam_step once for each list of gradients; the parameters after each step, m, v, and the gradients at the end."""
    params = _values(start)
    m, v, after = [0.0] * len(start), [0.0] * len(start), []
    for step, grads in enumerate(gradients):
        for p, grad in zip(params, grads, strict=True):
            p.grad = grad
        learner.adam_step(params, m, v, step, lr, *more)
        after.append(data(*params))
    return [after, [float(one) for one in m], [float(one) for one in v], _grads(params)]


def generate(state, sizes, docs, prompt, temperature, seed, max_len=None):
    """The name that generate gives with random.Random(seed), and the generator's next number."""
    state_dict, cfg = _model(state, sizes)
    rng = random.Random(seed)  # noqa: S311 (no secret)
    name = learner.generate(state_dict, cfg, learner.NameTokenizer(docs), prompt, temperature, rng, max_len)
    return [name, rng.random()]


def generate_names(state, sizes, docs, seeds, temperature=0.8, prompt=""):
    """generate(...) with random.Random(seed) for each seed; the names."""
    return [generate(state, sizes, docs, prompt, temperature, seed)[0] for seed in seeds]


def generate_globally(state, sizes, docs, seed):
    """random.seed(seed); generate(...) without rng."""
    state_dict, cfg = _model(state, sizes)
    random.seed(seed)
    return learner.generate(state_dict, cfg, learner.NameTokenizer(docs))


def after_generate(state, sizes, docs, seed):
    """generate(...); the name, and whether parameters and gradients are as they were."""
    state_dict, cfg = _model(state, sizes)
    name = learner.generate(state_dict, cfg, learner.NameTokenizer(docs), rng=random.Random(seed))  # noqa: S311 (no secret)
    kept = {key: [data(*row) for row in matrix] for key, matrix in state_dict.items()} == state
    return [name, kept, sum(abs(g) for matrix in _slopes(state_dict).values() for row in matrix for g in row)]


def first_weights(sizes, seed):
    """init_state_dict(cfg, random.Random(seed)); the numbers of each matrix."""
    made = learner.init_state_dict(learner.GPTConfig(**sizes), random.Random(seed))  # noqa: S311 (no secret)
    return {name: [_numbers(row) for row in matrix] for name, matrix in made.items()}


def train(docs, sizes, num_steps, lr, seed):
    """train_microgpt(...); the losses, as floats."""
    _, losses = learner.train_microgpt(docs, learner.GPTConfig(**sizes), num_steps, lr, seed)
    return [float(getattr(one, "data", one)) for one in losses]


def trained(docs, sizes, num_steps, lr, seed):
    """train_microgpt(...); the numbers of each matrix."""
    made, _ = learner.train_microgpt(docs, learner.GPTConfig(**sizes), num_steps, lr, seed)
    return {name: [_numbers(row) for row in matrix] for name, matrix in made.items()}


def kinds_of_losses(docs, sizes, num_steps, lr, seed):
    """train_microgpt(...); the losses, and the names of their types."""
    _, losses = learner.train_microgpt(docs, learner.GPTConfig(**sizes), num_steps, lr, seed)
    return [[float(getattr(one, "data", one)) for one in losses], sorted({type(one).__name__ for one in losses})]


def train_after(docs, sizes, num_steps, lr, seed):
    """train_microgpt(...); the losses, docs afterwards, and whether the global generator was left alone."""
    docs, before = list(docs), random.getstate()
    _, losses = learner.train_microgpt(docs, learner.GPTConfig(**sizes), num_steps, lr, seed)
    return [[float(getattr(one, "data", one)) for one in losses], docs, random.getstate() == before]
