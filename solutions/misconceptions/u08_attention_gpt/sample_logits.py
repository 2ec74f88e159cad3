"""Wrong answers to u08.sample_logits, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _filtered(logits, top_k):
    if top_k is None:
        return logits
    if top_k < 1:
        raise ValueError("top_k")
    threshold = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
    return logits.masked_fill(logits < threshold, float("-inf"))


def _greedy(logits):
    return torch.zeros_like(logits).scatter(-1, logits.argmax(dim=-1, keepdim=True), 1.0)


def _hot(temperature):
    if temperature < 0:
        raise ValueError("temperature")


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="You multiplied by the temperature. Heat evens things out: a high temperature makes the differences between "
    "the scores smaller, not larger.",
)
def temp_multiply(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return _greedy(logits) if temperature == 0 else (_filtered(logits, top_k) * temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="You cut the probabilities and left it at that. What remains sums to less than one; torch.multinomial puts up "
    "with it, but these are no probabilities any more.",
)
def topk_on_probs_no_renorm(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    kept = _filtered(logits, top_k)
    if temperature == 0:
        return _greedy(logits)
    return (logits / temperature).softmax(dim=-1).masked_fill(kept == float("-inf"), 0.0)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="You keep exactly k tokens. Where several tie with the k-th best, which of them stays is an accident; the "
    "contract keeps all of them.",
)
def topk_ge(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    _filtered(logits, top_k)
    if top_k is not None:
        values, places = logits.topk(min(top_k, logits.shape[-1]))
        logits = torch.full_like(logits, float("-inf")).scatter(-1, places, values)
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="With top_k the caller's own scores are changed. They are gone for whoever needs them next.",
    symptom=True,
)
def inplace(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    logits[_filtered(logits, top_k) == float("-inf")] = float("-inf")
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="The softmax runs across the batch. Each row is one sequence with its own distribution over the vocabulary.",
)
def softmax_dim0(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return _greedy(logits) if temperature == 0 else (_filtered(logits, top_k) / temperature).softmax(dim=0)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="At temperature 0 out comes nan: dividing by zero leads there. The limit is known: everything on the best "
    "token.",
    symptom=True,
)
def zero_divides(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return (_filtered(logits, top_k) / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="A top_k larger than the vocabulary fails. There is nothing to cut away then: all tokens stay.",
    symptom=True,
)
def topk_beyond_v(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    if top_k is not None:
        _filtered(logits, top_k)
        logits = logits.masked_fill(logits < logits.topk(top_k).values[:, -1:], float("-inf"))
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="One threshold serves the whole batch. The k-th best score is another one in each row.",
)
def threshold_of_row_0(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    if top_k is not None:
        _filtered(logits, top_k)
        threshold = logits[0].topk(min(top_k, logits.shape[-1])).values[-1]
        logits = logits.masked_fill(logits < threshold, float("-inf"))
    return (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="A negative temperature, or a top_k of 0, goes through without a word, and what comes out has no meaning.",
    symptom=True,
)
def nothing_refused(logits, temperature=1.0, top_k=None):
    if temperature == 0:
        return _greedy(logits)
    return (_filtered(logits, max(1, top_k) if top_k is not None else None) / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sample_logits",
    says="You always take the favourite. The probabilities are there to be drawn from; greedy text runs in circles.",
)
def takes_the_best(logits, temperature=1.0, top_k=None, generator=None):
    return sampling_probs(logits, temperature, top_k).argmax(dim=-1, keepdim=True)


@misconception(
    "sample_logits",
    replaces="sample_logits",
    says="The result is a flat list of ids. It has one column, (B, 1), so that it can be joined to the text.",
    symptom=True,
)
def flat_ids(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), 1, generator=generator)[:, 0]


@misconception(
    "sample_logits",
    replaces="sample_logits",
    says="The generator that you were given is not used: the token comes from torch's global one.",
)
def sample_ignores_generator(logits, temperature=1.0, top_k=None, generator=None):
    return torch.multinomial(sampling_probs(logits, temperature, top_k), 1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="The temperature is not used: the probabilities are those of temperature 1, whatever is asked for.",
)
def temperature_ignored(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    return _greedy(logits) if temperature == 0 else _filtered(logits, top_k).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="top_k is not used: all tokens take part, the long tail as well.",
)
def topk_ignored(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    _filtered(logits, top_k)
    return _greedy(logits) if temperature == 0 else (logits / temperature).softmax(dim=-1)


@misconception(
    "sample_logits",
    replaces="sampling_probs",
    says="Without top_k the caller's own scores are changed. Where there is nothing to filter, the tensor at hand is "
    "still the one that was passed in.",
    symptom=True,
)
def inplace_without_topk(logits, temperature=1.0, top_k=None):
    _hot(temperature)
    if temperature == 0:
        return _greedy(logits)
    logits = _filtered(logits, top_k)
    logits /= temperature
    return logits.softmax(dim=-1)
