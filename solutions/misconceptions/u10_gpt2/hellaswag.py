"""Wrong answers to u10.hellaswag, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _rows(example, tok, *, space=" ", whole=False, ctx_mask=0, pad=0, pad_mask=0, left=False):
    ctx = tok.encode_ordinary(example["ctx"])
    ends = [tok.encode_ordinary(space + ending) for ending in example["endings"]]
    N = len(ctx) + max(len(end) for end in ends)
    tokens = torch.full((len(ends), N), pad, dtype=torch.long)
    mask = torch.full((len(ends), N), pad_mask, dtype=torch.long)
    for i, end in enumerate(ends):
        start = N - len(ctx) - len(end) if left else 0
        tokens[i, start : start + len(ctx) + len(end)] = torch.tensor(ctx + end)
        mask[i, start : start + len(ctx)] = ctx_mask
        mask[i, start + len(ctx) : start + len(ctx) + len(end)] = 1
    return tokens, mask, example["label"]


@misconception(
    "hellaswag",
    replaces="render_example",
    says="The space before the ending is missing. A word with its space is another token than the word alone.",
)
def no_leading_space(example, tok):
    return _rows(example, tok, space="")


@misconception(
    "hellaswag",
    replaces="render_example",
    says="The mask is 1 at the beginning, too. Only the ending is scored.",
)
def includes_context(example, tok):
    return _rows(example, tok, ctx_mask=1)


@misconception(
    "hellaswag",
    replaces="render_example",
    says="The mask is 1 where the row is filled up. Nobody wrote those tokens.",
)
def pad_scored(example, tok):
    return _rows(example, tok, pad_mask=1)


@misconception(
    "hellaswag",
    replaces="render_example",
    says="The mask is turned round: 1 at the beginning and 0 at the ending.",
)
def mask_turned_round(example, tok):
    tokens, mask, label = _rows(example, tok, ctx_mask=2)
    return tokens, (mask == 2).long(), label


@misconception(
    "hellaswag",
    replaces="render_example",
    says="Rows are filled up on the left. They begin at place 0, and what is missing is missing at the end.",
)
def filled_on_the_left(example, tok):
    return _rows(example, tok, left=True)


@misconception(
    "hellaswag",
    replaces="render_example",
    says="Rows are filled up with -1, which is no token: the model cannot look it up. They are filled up with 0.",
)
def filled_with_minus_one(example, tok):
    return _rows(example, tok, pad=-1)


@misconception(
    "hellaswag",
    replaces="render_example",
    says="Rows are cut to the shortest of the four: tokens of the longer endings are lost.",
)
def cut_to_shortest(example, tok):
    tokens, mask, label = _rows(example, tok)
    shortest = int((mask * torch.arange(1, mask.shape[1] + 1)).amax(dim=1).min())
    return tokens[:, :shortest], mask[:, :shortest], label


@misconception(
    "hellaswag",
    replaces="render_example",
    says="Beginning and mask are one place off: the mask begins one token before the ending.",
)
def mask_one_early(example, tok):
    tokens, mask, label = _rows(example, tok)
    early = torch.roll(mask, -1, dims=1)
    return tokens, torch.maximum(mask, early * (torch.arange(mask.shape[1]) < mask.shape[1] - 1)), label


def _means(tokens, mask, logits):
    log_p = logits.log_softmax(dim=2).gather(2, tokens[:, :, None]).squeeze(2)
    return -(log_p * mask).sum(dim=1) / mask.sum(dim=1)


def _shifted(tokens, mask, logits):
    log_p = logits[:, :-1].log_softmax(dim=2)
    return -log_p.gather(2, tokens[:, 1:, None]).squeeze(2), mask[:, 1:]


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The mask loses its last place, and the tokens lose their first: they are one apart. Both are shifted alike.",
)
def mask_not_shifted(tokens, mask, logits):
    losses, _ = _shifted(tokens, mask, logits)
    kept = mask[:, :-1]
    return (losses * kept).sum(dim=1) / kept.sum(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="Nothing is shifted: the logits at place t are compared with the token at t. They are about the next one.",
)
def not_shifted(tokens, mask, logits):
    return _means(tokens, mask, logits)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The losses of an ending are added up. With the sum, short endings win for being short.",
)
def sum_for_norm(tokens, mask, logits):
    losses, kept = _shifted(tokens, mask, logits)
    return (losses * kept).sum(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The sum is divided by the length of the whole row. The mean is over the tokens of the ending.",
)
def mean_of_the_row(tokens, mask, logits):
    losses, kept = _shifted(tokens, mask, logits)
    return (losses * kept).mean(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The mask is not used: beginning and filled up places are scored, too.",
)
def mask_unused(tokens, mask, logits):
    losses, _ = _shifted(tokens, mask, logits)
    return losses.mean(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The minus is missing: these are mean log probabilities, not losses.",
)
def log_probabilities(tokens, mask, logits):
    losses, kept = _shifted(tokens, mask, logits)
    return -(losses * kept).sum(dim=1) / kept.sum(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The softmax is missing: the logits themselves are averaged.",
)
def raw_logits(tokens, mask, logits):
    scores = -logits[:, :-1].gather(2, tokens[:, 1:, None]).squeeze(2)
    kept = mask[:, 1:]
    return (scores * kept).sum(dim=1) / kept.sum(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="Probabilities are averaged, and the log is taken at the end. The mean is over -log p.",
)
def log_of_the_mean(tokens, mask, logits):
    losses, kept = _shifted(tokens, mask, logits)
    return -((torch.exp(-losses) * kept).sum(dim=1) / kept.sum(dim=1)).log()


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The softmax is over the places. It is over the vocabulary, the last axis.",
)
def softmax_over_places(tokens, mask, logits):
    log_p = logits[:, :-1].log_softmax(dim=1)
    losses = -log_p.gather(2, tokens[:, 1:, None]).squeeze(2)
    kept = mask[:, 1:]
    return (losses * kept).sum(dim=1) / kept.sum(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    symptom=True,
    says="nan and inf in the logits where nothing is scored get into the mean: 0 times nan is nan.",
)
def zero_times_nan(tokens, mask, logits):
    losses, kept = _shifted(tokens, mask, logits)
    return (losses * kept).sum(dim=1) / kept.sum(dim=1)


@misconception(
    "hellaswag",
    replaces="completion_losses",
    says="The perplexity is returned, exp of the mean loss.",
)
def perplexities(tokens, mask, logits):
    losses, kept = _shifted(tokens, mask, logits)
    return ((losses * kept).sum(dim=1) / kept.sum(dim=1)).exp()


@misconception(
    "hellaswag",
    replaces="most_likely_row",
    symptom=True,
    says="The row with the largest loss is taken. The model is least surprised by the smallest.",
)
def largest_loss(tokens, mask, logits):
    return int(completion_losses(tokens, mask, logits).argmax())


@misconception(
    "hellaswag",
    replaces="most_likely_row",
    says="The row is chosen by the sum of its losses. Short endings win then.",
)
def row_by_sum(tokens, mask, logits):
    return int((completion_losses(tokens, mask, logits) * mask.sum(dim=1)).argmin())
