"""Wrong answers to u11.attention_step, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _attended(q, keys, values, n_head, factor=None, weigh=softmax):
    """Attention with another factor for the scores, or other weights."""
    size = len(q) // n_head
    factor = size**-0.5 if factor is None else factor
    out = []
    for start in range(0, len(q), size):
        part = range(start, start + size)
        weights = weigh([_total(q[i] * key[i] for i in part) * factor for key in keys])
        out += [_total(weight * value[i] for weight, value in zip(weights, values, strict=False)) for i in part]
    return out


@misconception(
    "attention_step",
    says="The scores are divided by the root of the whole width C. A head sums C / H products: divide by the root "
    "of that.",
)
def scale_full(q, keys, values, n_head):
    return _attended(q, keys, values, n_head, len(q) ** -0.5)


@misconception(
    "attention_step",
    says="The scores are not divided by anything. They grow with the head's size, and the softmax with them: "
    "divide by its root.",
)
def no_scale(q, keys, values, n_head):
    return _attended(q, keys, values, n_head, 1.0)


@misconception(
    "attention_step",
    says="The scores are divided by the head's size. It is divided by the root of it.",
)
def scale_without_root(q, keys, values, n_head):
    return _attended(q, keys, values, n_head, n_head / len(q))


@misconception(
    "attention_step",
    says="The token does not see itself: the last key is left out. keys[:pos] has to be keys[:pos + 1].",
)
def excludes_self(q, keys, values, n_head):
    return _attended(q, keys[:-1], values[:-1], n_head) if len(keys) > 1 else [Value(0.0) for _ in q]


@misconception(
    "attention_step",
    says="The heads are interleaved: head h takes the numbers h, h + H, h + 2H, ... Heads are slices, one behind "
    "the other.",
)
def head_slices(q, keys, values, n_head):
    size = len(q) // n_head
    out = [None] * len(q)
    for head in range(n_head):
        part = range(head, len(q), n_head)
        weights = softmax([_total(q[i] * key[i] for i in part) * size**-0.5 for key in keys])
        for i in part:
            out[i] = _total(weight * value[i] for weight, value in zip(weights, values, strict=True))
    return out


@misconception(
    "attention_step",
    says="The softmax is over the heads, for each key. It is over time, for each head: how much of each token a "
    "head takes.",
)
def softmax_over_heads(q, keys, values, n_head):
    size = len(q) // n_head
    parts = [range(start, start + size) for start in range(0, len(q), size)]
    by_key = [softmax([_total(q[i] * key[i] for i in part) * size**-0.5 for part in parts]) for key in keys]
    return [
        _total(weights[head] * value[i] for weights, value in zip(by_key, values, strict=True))
        for head, part in enumerate(parts)
        for i in part
    ]


@misconception(
    "attention_step",
    says="Keys and values are taken as plain numbers, by their data. So earlier tokens get no gradient.",
)
def cache_copied_data(q, keys, values, n_head):
    plain = [[[Value(one.data) for one in row] for row in rows] for rows in (keys, values)]
    return _attended(q, *plain, n_head)


@misconception(
    "attention_step",
    says="n_head does not count: there is one head over the whole width.",
)
def one_head_only(q, keys, values, n_head):
    return _attended(q, keys, values, 1)


@misconception(
    "attention_step",
    says="Every head looks with the first slice of q at the first slice of the keys. Each head has its own slice.",
)
def first_slice_for_all(q, keys, values, n_head):
    size = len(q) // n_head
    weights = softmax([_total(q[i] * key[i] for i in range(size)) * size**-0.5 for key in keys])
    return [_total(weight * value[i] for weight, value in zip(weights, values, strict=True)) for i in range(len(q))]


@misconception(
    "attention_step",
    says="The keys are mixed by the weights, where the values should be.",
)
def keys_for_values(q, keys, values, n_head):
    return _attended(q, keys, keys, n_head)


@misconception(
    "attention_step",
    says="The scores are used as weights as they are: the softmax is missing.",
)
def no_softmax(q, keys, values, n_head):
    return _attended(q, keys, values, n_head, weigh=list)
