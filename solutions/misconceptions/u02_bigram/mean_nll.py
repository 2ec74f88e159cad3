"""Wrong answers to u02.mean_nll, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _logs(words, P, stoi, pairs=None):
    pairs = [pair for word in words for pair in zip(f".{word}", f"{word}.", strict=True)] if pairs is None else pairs
    if not words:
        raise ValueError("no words")
    return [P[stoi[a], stoi[b]].log().item() for a, b in pairs]


def _mean(numbers):
    return sum(numbers) / len(numbers) if numbers else 0.0


def _loss(number):
    return float(number)


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The sum is divided by the number of words. It is a mean over predicted characters, the final dots too.",
)
def per_word_mean(words, P, stoi):
    return _loss(-sum(_logs(words, P, stoi)) / len(words))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The sum is divided by the number of letters. A word of n letters makes n + 1 predictions: its end is one.",
)
def letters_only(words, P, stoi):
    return _loss(-sum(_logs(words, P, stoi)) / max(1, sum(map(len, words))))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The logs are summed up and not divided by how many there are. A mean was asked for.",
)
def log_sum(words, P, stoi):
    return _loss(-sum(_logs(words, P, stoi)))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="Each word has a mean of its own, and these are averaged: short words weigh too much. All pairs "
    "weigh the same.",
)
def mean_of_means(words, P, stoi):
    return _loss(-_mean([_mean(_logs([word], P, stoi)) for word in words] or _logs(words, P, stoi)))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="These are bits: the log has base 2. With the natural log they are nats.",
)
def log2(words, P, stoi):
    return _loss(-_mean(_logs(words, P, stoi)) / math.log(2))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="This is the log of the mean probability. The logs are to be averaged, so that one bad miss is felt.",
)
def log_of_mean(words, P, stoi):
    mean = _mean([math.e**log for log in _logs(words, P, stoi)])
    return _loss(-torch.as_tensor(mean, dtype=torch.float64).log())


@misconception(
    "mean_nll", replaces="mean_nll", says="The sign is missing: this is the log-likelihood. The loss is minus that."
)
def sign(words, P, stoi):
    return _loss(_mean(_logs(words, P, stoi)))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The last step of each word is left out. That the name ends is a prediction, too.",
)
def no_end(words, P, stoi):
    return _loss(
        -_mean(_logs(words, P, stoi, [pair for word in words for pair in zip(f".{word}", word, strict=False)]))
    )


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The first step of each word is left out. How it begins is predicted from the dot.",
)
def no_start(words, P, stoi):
    return _loss(
        -_mean(_logs(words, P, stoi, [pair for word in words for pair in zip(word, f"{word}."[1:], strict=False)]))
    )


@misconception(
    "mean_nll", replaces="mean_nll", says="P is read the wrong way round, P[to, from]. The row is where one comes from."
)
def reads_turned(words, P, stoi):
    return _loss(-_mean(_logs(words, P.T, stoi)))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="Small probabilities are lifted before the log. That hides that the model was sure, and wrong.",
)
def clamp(words, P, stoi):
    return _loss(-_mean(_logs(words, P.clamp(min=1e-9), stoi)))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="Over a few hundred characters the loss comes out infinite, though none of them is impossible to P.",
    symptom=True,
)
def product_first(words, P, stoi):
    logs = _logs(words, P, stoi)
    product = math.prod(math.exp(log) for log in logs)
    return -math.log(product) / len(logs) if product else math.inf


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The loss is a tensor. A Python float was asked for; .item() takes it out.",
    symptom=True,
)
def tensor_returned(words, P, stoi):
    return -torch.tensor(_logs(words, P, stoi)).mean()


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="Without words there is no ValueError. There is no mean of nothing.",
    symptom=True,
)
def no_words_pass(words, P, stoi):
    return -_mean(_logs(words, P, stoi)) if words else math.nan


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="Only the first word counts: its loss comes back before the others are read.",
)
def first_word_alone(words, P, stoi):
    return _loss(-_mean(_logs(words[:1], P, stoi)))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="The log has base 10. The natural log was asked for: torch.log, or math.log with one argument.",
)
def log10(words, P, stoi):
    return _loss(-_mean(_logs(words, P, stoi)) / math.log(10))


@misconception(
    "mean_nll",
    replaces="mean_nll",
    says="Empty words are left out. Each is one prediction: that the name ends at once.",
)
def empty_words_unscored(words, P, stoi):
    return _loss(-_mean(_logs(words, P, stoi, [p for w in words if w for p in zip(f".{w}", f"{w}.", strict=True)])))


@misconception(
    "mean_nll", replaces="perplexity", says="You take 2 to the power of the loss. The loss is in nats, so e it is."
)
def two_to_the_loss(nll):
    return 2.0**nll


@misconception(
    "mean_nll",
    replaces="perplexity",
    says="The perplexity is below 1: exp of minus the loss is a probability. A number of choices is its inverse.",
)
def inverse(nll):
    return math.exp(-nll)


@misconception("mean_nll", replaces="perplexity", says="You take the log once more. The exponential undoes the log.")
def log_again(nll):
    return math.log(nll) if nll > 0 else 0.0


@misconception(
    "mean_nll", replaces="perplexity", says="The perplexity is a tensor. A Python float was asked for.", symptom=True
)
def tensor_perplexity(nll):
    return torch.tensor(float(nll)).exp()
