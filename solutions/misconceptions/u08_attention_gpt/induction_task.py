"""Wrong answers to u08.induction_task, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _halves(batch_size, length, vocab_size, generator):
    if length % 2:
        raise ValueError("odd")
    return torch.randint(vocab_size, (batch_size, length // 2), generator=generator)


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="Targets in the first half count as well. Nobody can predict those: the loss cannot fall far, and the noise "
    "drowns what you want to see.",
)
def targets_all(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = x.roll(-1, dims=1)
    y[:, -1] = IGNORE
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="Your target is the token itself, which the model has in front of it. It should be the one that comes next.",
)
def leak(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = x.clone()
    y[:, : length // 2] = IGNORE
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The first target that counts is missing: the last place of the first half predicts the first token of the "
    "second half, and that one is known.",
)
def first_target_missing(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 : -1] = half[:, 1:]
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The last place has a target, taken from the beginning. Nothing follows the last token.",
)
def last_target_wraps(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = x.roll(-1, dims=1)
    y[:, : length // 2 - 1] = IGNORE
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The second half is new noise instead of a copy. There is nothing to be learned from it.",
)
def second_half_is_new(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, _halves(batch_size, length, vocab_size, generator)], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = x[:, length // 2 :]
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The second half runs backwards. It repeats the first, in the same order.",
)
def second_half_reversed(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half.flip(1)], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half.flip(1)
    return x, y


def _pattern(model, idx, layer, head, *, norm=True, columns=None, finish=None, evaluating=True):
    """Compute the pattern as the solution does, but for one step."""
    before = model.training
    model.train(model.training and not evaluating)
    try:
        with torch.no_grad():
            x = model.dropout(model.wte(idx) + model.wpe(torch.arange(idx.shape[1], device=idx.device)))
            *below, block = list(model.blocks)[: layer + 1]
            for lower in below:
                x = lower(x)
            C, size = model.config.n_embd, model.config.n_embd // model.config.n_head
            q, k, _ = block.attn.c_attn(block.ln_1(x) if norm else x).split(C, dim=-1)
            chosen = columns(model) if columns else slice(head * size, (head + 1) * size)
            scores = q[..., chosen] @ k[..., chosen].transpose(-2, -1) / math.sqrt(size)
            past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=x.device).tril()
            return (finish or _soft)(scores, past)
    finally:
        model.train(before)


def _soft(scores, past):
    return scores.masked_fill(~past, float("-inf")).softmax(dim=-1)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="You return the scores. The weights are what the softmax makes of them: rows of shares that sum to one.",
)
def scores_returned(model, idx, layer, head):
    return _pattern(model, idx, layer, head, finish=lambda scores, past: scores.masked_fill(~past, float("-inf")))


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="The causal mask is missing in your pattern. It shows looks into the future that the model cannot take.",
)
def pattern_unmasked(model, idx, layer, head):
    return _pattern(model, idx, layer, head, finish=lambda scores, _: scores.softmax(dim=-1))


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="Your queries and keys are made from the stream as it is. In the model attention reads it through ln_1.",
)
def pattern_without_norm(model, idx, layer, head):
    return _pattern(model, idx, layer, head, norm=False)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="You return the average over all heads. Each of them asks a question of its own, and the mean shows none.",
)
def pattern_of_all_heads(model, idx, layer, head):
    heads = [_pattern(model, idx, layer, one) for one in range(model.config.n_head)]
    return torch.stack(heads).mean(dim=0)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="A head's channels are neighbours: the first head has the first hs of them. You took every H-th.",
)
def pattern_strided(model, idx, layer, head):
    return _pattern(model, idx, layer, head, columns=lambda model: slice(head, None, model.config.n_head))


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="layer is not looked at: the pattern is always that of the first block.",
)
def pattern_of_layer_0(model, idx, layer, head):
    return _pattern(model, idx, 0, head)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="Dropout is on while you look. What you see is a random part of the pattern, another one each time.",
)
def pattern_with_dropout(model, idx, layer, head):
    return _pattern(model, idx, layer, head, evaluating=False)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="After a look at its attention the model stays in eval mode. If it was being trained, it goes on without "
    "dropout.",
    symptom=True,
)
def pattern_left_in_eval(model, idx, layer, head):
    model.eval()
    return _pattern(model, idx, layer, head)


@misconception(
    "induction_task",
    replaces="attention_pattern",
    says="head is not looked at: the pattern is always that of the first head.",
)
def pattern_of_head_0(model, idx, layer, head):
    return _pattern(model, idx, layer, 0)


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="The generator that you were given is not used: the tokens come from torch's global one.",
)
def copy_ignores_generator(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, None)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half
    return x, y


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="Every place has a target, also those in the first half, which nobody can predict, and the last one, which "
    "nothing follows.",
)
def targets_everywhere(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    return x, x.roll(-1, dims=1)


@misconception(
    "induction_task",
    replaces="make_copy_batch",
    says="x and y have changed places: the tokens come first, then the targets. Look at the order of what you return.",
)
def copy_and_targets_swapped(batch_size, length, vocab_size, generator=None):
    half = _halves(batch_size, length, vocab_size, generator)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half
    return y, x
