"""Wrong answers to u08.generate, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _written(model, idx, count, pick, window, *, evaluating=True):
    """Write as the solution does, but for the window and for how a token is picked."""
    before = model.training
    if evaluating:
        model.eval()
    try:
        with torch.no_grad():
            for _ in range(count):
                logits, _ = model(window(idx, model.config.block_size))
                idx = torch.cat([idx, pick(logits)], dim=1)
        return idx
    finally:
        model.train(before)


def _last(idx, size):
    return idx[:, -size:]


@misconception(
    "generate",
    replaces="generate",
    says="The whole text goes into the model. From block_size tokens on it is longer than anything the model has "
    "places for.",
)
def no_crop(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model,
        idx,
        max_new_tokens,
        lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator),
        lambda idx, _: idx,
    )


@misconception(
    "generate",
    replaces="generate",
    says="You keep the oldest block_size tokens. The model then sees the same text for ever; what counts is the end.",
)
def crop_head(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model,
        idx,
        max_new_tokens,
        lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator),
        lambda idx, size: idx[:, :size],
    )


@misconception(
    "generate",
    replaces="generate",
    says="You read the scores at the first place. They are about the second token; the scores about the next one stand "
    "at the last place.",
)
def first_logit(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model, idx, max_new_tokens, lambda logits: sample_logits(logits[:, 0], temperature, top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="You always append the favourite. temperature, top_k and generator ask for a draw.",
)
def argmax_only(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(model, idx, max_new_tokens, lambda logits: logits[:, -1].argmax(dim=-1, keepdim=True), _last)


@misconception(
    "generate",
    replaces="generate",
    says="The model stays in eval mode. The rest of its training runs without dropout, and nothing ever says so.",
    symptom=True,
)
def stays_in_eval(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    model.eval()
    return _written(
        model, idx, max_new_tokens, lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="Afterwards the model is in training mode, whatever it was before. Somebody may have brought it in eval mode.",
    symptom=True,
)
def always_back_to_training(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    model.train()
    return _written_after_eval(model, idx, max_new_tokens, temperature, top_k, generator)


def _written_after_eval(model, idx, count, temperature, top_k, generator):
    return _written(
        model, idx, count, lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="Where the model raises an error, the mode is not put back. A line further down is never reached then.",
    symptom=True,
)
def not_restored_after_error(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    before = model.training
    model.eval()
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits, _ = model(idx[:, -model.config.block_size :])
            idx = torch.cat([idx, sample_logits(logits[:, -1], temperature, top_k, generator)], dim=1)
    model.train(before)
    return idx


@misconception(
    "generate",
    replaces="generate",
    says="The model is in training mode while you write, so dropout is active.",
    symptom=True,
)
def writes_in_training_mode(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written(
        model,
        idx,
        max_new_tokens,
        lambda logits: sample_logits(logits[:, -1], temperature, top_k, generator),
        _last,
        evaluating=False,
    )


@misconception(
    "generate",
    replaces="generate",
    says="Gradients are on while you write. A graph is built for every token and kept for nothing.",
    symptom=True,
)
def writes_with_gradients(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    before = model.training
    model.eval()
    try:
        for _ in range(max_new_tokens):
            logits, _ = model(idx[:, -model.config.block_size :])
            idx = torch.cat([idx, sample_logits(logits[:, -1], temperature, top_k, generator)], dim=1)
        return idx
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="generate",
    says="You return the new tokens alone. The result begins with the text that you were given.",
)
def prompt_lost(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written_after_eval(model, idx, max_new_tokens, temperature, top_k, generator)[:, idx.shape[1] :]


@misconception(
    "generate",
    replaces="generate",
    says="What you return is cut to block_size as well. Only what goes into the model is; the text keeps growing.",
)
def text_cropped(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    size = model.config.block_size
    out = _written_after_eval(model, idx, max_new_tokens, temperature, top_k, generator)
    return out[:, -size:] if max_new_tokens else out


def _losses(model, get_batch_fn, iters):
    with torch.no_grad():
        return [float(model(*get_batch_fn())[1]) for _ in range(iters)]


@misconception(
    "generate",
    replaces="estimate_loss",
    says="You measure in training mode. Dropout makes the loss noisy, and higher than it is.",
)
def eval_with_dropout(model, get_batch_fn, iters):
    return sum(_losses(model, get_batch_fn, iters)) / iters


@misconception(
    "generate",
    replaces="estimate_loss",
    says="After measuring the model stays in eval mode, and goes on training without dropout.",
    symptom=True,
)
def measured_and_left_in_eval(model, get_batch_fn, iters):
    model.eval()
    return sum(_losses(model, get_batch_fn, iters)) / iters


@misconception(
    "generate",
    replaces="estimate_loss",
    says="Only the last batch counts in your result. The point is to average over several.",
)
def last_batch_only(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        return _losses(model, get_batch_fn, iters)[-1]
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="You draw one batch and measure it again and again. That is the loss of one batch, however often you look.",
)
def same_batch_again(model, get_batch_fn, iters):
    before, batch = model.training, get_batch_fn()
    model.eval()
    try:
        return sum(_losses(model, lambda: batch, iters)) / iters
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="The losses are added up, not averaged.",
)
def sum_of_losses(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        return sum(_losses(model, get_batch_fn, iters))
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="The result is a tensor, not a number. A list of such losses keeps tensors alive for as long as you keep the "
    "list.",
    symptom=True,
)
def loss_stays_a_tensor(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        with torch.no_grad():
            return torch.stack([model(*get_batch_fn())[1] for _ in range(iters)]).mean()
    finally:
        model.train(before)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="Gradients are on while you measure: each batch builds a graph that nobody will ever use.",
    symptom=True,
)
def measures_with_gradients(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    try:
        return sum(float(model(*get_batch_fn())[1]) for _ in range(iters)) / iters
    finally:
        model.train(before)


def _heated(model, idx, count, heats, top_k, generator):
    """Write with another temperature at each token."""
    heats = iter(heats)
    return _written(
        model, idx, count, lambda logits: sample_logits(logits[:, -1], next(heats), top_k, generator), _last
    )


@misconception(
    "generate",
    replaces="generate",
    says="The temperature is applied anew at each token on top of the last one: 0.5, then 0.25, then 0.125. It is the "
    "same for all tokens.",
)
def heats_up(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    heats = [temperature]
    for _ in range(max_new_tokens):
        heats.append(heats[-1] * temperature)
    return _heated(model, idx, max_new_tokens, heats, top_k, generator)


@misconception(
    "generate",
    replaces="generate",
    says="The temperature is there for the first new token only; all later ones are drawn as with 1.",
)
def hot_at_first(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _heated(model, idx, max_new_tokens, [temperature] + [1.0] * max_new_tokens, top_k, generator)


@misconception(
    "generate",
    replaces="generate",
    says="temperature and top_k are not passed on: tokens are drawn as if nothing had been asked for.",
)
def options_not_passed_on(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written_after_eval(model, idx, max_new_tokens, 1.0, None, generator)


@misconception(
    "generate",
    replaces="generate",
    says="The generator that you were given is not passed on: the tokens come from torch's global one.",
)
def text_ignores_generator(model, idx, max_new_tokens, temperature=1.0, top_k=None, generator=None):
    return _written_after_eval(model, idx, max_new_tokens, temperature, top_k, None)


@misconception(
    "generate",
    replaces="estimate_loss",
    says="After measuring the model is in training mode, whatever it was before. Somebody may have brought it in eval "
    "mode.",
    symptom=True,
)
def measured_and_set_to_training(model, get_batch_fn, iters):
    model.eval()
    try:
        return sum(_losses(model, get_batch_fn, iters)) / iters
    finally:
        model.train()


@misconception(
    "generate",
    replaces="estimate_loss",
    says="Where the model raises an error while you measure, the mode is not put back. A line further down is never "
    "reached then.",
    symptom=True,
)
def measured_without_finally(model, get_batch_fn, iters):
    before = model.training
    model.eval()
    loss = sum(_losses(model, get_batch_fn, iters)) / iters
    model.train(before)
    return loss
