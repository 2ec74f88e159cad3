"""Wrong answers to u13.crossentropy, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def softmaxed(logits):
    """Return the softmax of each row."""
    counts = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return counts / counts.sum(axis=-1, keepdims=True)


def hit(targets, columns):
    """Return 1 at each target and 0 elsewhere."""
    return np.eye(columns)[targets]


@misconception(
    "crossentropy",
    replaces="softmax_forward",
    says="The softmax runs over all Vp columns: the padding takes probability from the tokens. Only the first V are "
    "real.",
)
def padded_leak(logits, V):
    return softmaxed(logits)


@misconception(
    "crossentropy",
    replaces="softmax_forward",
    says="The padding is set to 0 after the softmax. It had a part in the row's total: the V probabilities add up to "
    "less than 1.",
)
def padding_cut_late(logits, V):
    probs = softmaxed(logits)
    probs[..., V:] = 0
    return probs


@misconception(
    "crossentropy",
    replaces="softmax_forward",
    says="Padded logits are set to 0 instead of left out: exp(0) is 1, and every padded column counts.",
)
def padding_as_zero(logits, V):
    shut = logits.copy()
    shut[..., V:] = 0
    return softmaxed(shut)


@misconception(
    "crossentropy",
    replaces="crossentropy_softmax_backward",
    says="You divide by B * T once more. The mean is in dlosses already.",
)
def mean_twice(dlosses, probs, targets, V):
    return (probs - hit(targets, probs.shape[-1])) * dlosses[..., None] / targets.size


@misconception(
    "crossentropy",
    replaces="crossentropy_softmax_backward",
    says="You take 1 off every column. Only the target was right; the others keep their probability.",
)
def target_minus_one(dlosses, probs, targets, V):
    real = np.arange(probs.shape[-1]) < V
    return (probs - 1) * real * dlosses[..., None]


@misconception(
    "crossentropy",
    replaces="crossentropy_softmax_backward",
    says="dlosses is not used: you divide by B * T, whatever comes in from above.",
)
def own_mean(dlosses, probs, targets, V):
    return (probs - hit(targets, probs.shape[-1])) / targets.size


@misconception(
    "crossentropy",
    replaces="crossentropy_softmax_backward",
    says="At the target you write -1 and forget the probability that was there.",
)
def assign_for_subtract(dlosses, probs, targets, V):
    there = hit(targets, probs.shape[-1])
    return (probs * (1 - there) - there) * dlosses[..., None]


@misconception(
    "crossentropy",
    replaces="crossentropy_softmax_backward",
    says="The signs are turned round: it is the probability minus 1 at the target, not 1 minus the probability.",
)
def signs_turned(dlosses, probs, targets, V):
    return (hit(targets, probs.shape[-1]) - probs) * dlosses[..., None]


@misconception(
    "crossentropy",
    replaces="crossentropy_forward",
    says="The losses have the wrong sign: they are minus the logarithm.",
)
def no_minus(probs, targets):
    return np.log(np.take_along_axis(probs, targets[..., None], axis=-1)[..., 0])


@misconception(
    "crossentropy",
    replaces="crossentropy_forward",
    says="You return the mean loss, one number. What is asked for is the loss of each place, (B, T).",
)
def mean_loss(probs, targets):
    return -np.log(np.take_along_axis(probs, targets[..., None], axis=-1)).mean()


@misconception(
    "crossentropy",
    replaces="softmax_forward",
    says="Large logits give nan: exp of 1000 is infinite. A softmax does not change when a row is shifted, so take the"
    " row's maximum off first.",
    symptom=True,
)
def unshifted_softmax(logits, V):
    with np.errstate(all="ignore"):
        counts = np.exp(logits) * (np.arange(logits.shape[-1]) < V)
        return counts / counts.sum(axis=-1, keepdims=True)


@misconception(
    "crossentropy",
    replaces="softmax_forward",
    says="The maximum of a row is looked for in the padding, too. Where a padded logit is far above all others, the "
    "whole row becomes nan.",
    symptom=True,
)
def maximum_of_the_padding(logits, V):
    with np.errstate(all="ignore"):
        probs = np.exp(logits - logits.max(axis=-1, keepdims=True))
        probs[..., V:] = 0
        return probs / probs.sum(axis=-1, keepdims=True)
