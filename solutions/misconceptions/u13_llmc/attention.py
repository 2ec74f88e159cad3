"""Wrong answers to u13.attention, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


def thirds(inp, NH):
    """Return q, k, v, each (B, NH, T, hs)."""
    B, T, C3 = inp.shape
    return inp.reshape(B, T, 3, NH, C3 // (3 * NH)).transpose(2, 0, 3, 1, 4)


def joined(parts):
    """Return dq, dk, dv side by side, (B, T, 3C)."""
    three, B, NH, T, hs = np.shape(parts)
    return np.stack(parts).transpose(1, 3, 0, 2, 4).reshape(B, T, three * NH * hs)


def softmaxed(scores, allowed):
    """Return the softmax of the rows over what is allowed."""
    seen = np.where(allowed, scores, -np.inf)
    att = np.exp(seen - seen.max(axis=-1, keepdims=True))
    return att / att.sum(axis=-1, keepdims=True)


def forward(inp, NH, scale=None, allowed=None, softmax=softmaxed):
    """The forward pass, with another scale, mask or softmax."""
    q, k, v = thirds(inp, NH)
    B, _, T, hs = q.shape
    preatt = q @ k.swapaxes(-1, -2) * (hs**-0.5 if scale is None else scale)
    att = softmax(preatt, np.tri(T, dtype=bool) if allowed is None else allowed)
    return (att @ v).swapaxes(1, 2).reshape(B, T, NH * hs), preatt, att


def backward(dout, inp, att, NH, **swap):
    """The backward pass, with other lines: dpreatt, dq, dk, dv."""
    q, k, v = thirds(inp, NH)
    B, _, T, hs = q.shape
    dheads = dout.reshape(B, T, NH, hs).swapaxes(1, 2)
    datt = dheads @ v.swapaxes(-1, -2)
    lines = {
        "dpreatt": lambda s: att * (datt - (att * datt).sum(axis=-1, keepdims=True)),
        "dq": lambda s: s["dpreatt"] @ k / hs**0.5,
        "dk": lambda s: s["dpreatt"].swapaxes(-1, -2) @ q / hs**0.5,
        "dv": lambda s: att.swapaxes(-1, -2) @ dheads,
    }
    s = {"q": q, "k": k, "att": att, "datt": datt, "dheads": dheads, "hs": hs}
    for name, line in lines.items():
        s[name] = swap.get(name, line)(s)
    return joined([s["dq"], s["dk"], s["dv"]])


@misconception(
    "attention",
    replaces="attention_backward",
    says="The sum in the softmax's gradient is missing: you have att * datt. All weights of a row share one total, so "
    "from datt is taken the row's sum of att * datt.",
)
def softmax_jac_diag(dout, inp, att, NH):
    return backward(dout, inp, att, NH, dpreatt=lambda s: s["att"] * s["datt"])


@misconception(
    "attention",
    replaces="attention_backward",
    says="The scale 1 / sqrt(hs) is in dq and not in dk. It stood in front of the product of both.",
)
def scale_once(dout, inp, att, NH):
    return backward(dout, inp, att, NH, dk=lambda s: s["dpreatt"].swapaxes(-1, -2) @ s["q"])


@misconception(
    "attention",
    replaces="attention_backward",
    says="The scale 1 / sqrt(hs) is missing in dq and in dk.",
)
def scale_missing(dout, inp, att, NH):
    return backward(
        dout,
        inp,
        att,
        NH,
        dq=lambda s: s["dpreatt"] @ s["k"],
        dk=lambda s: s["dpreatt"].swapaxes(-1, -2) @ s["q"],
    )


@misconception(
    "attention",
    replaces="attention_backward",
    says="dk is dpreatt @ q: the keys collect from earlier queries. A key is looked at by later ones, so dpreatt has "
    "to be turned over.",
)
def dk_untransposed(dout, inp, att, NH):
    return backward(dout, inp, att, NH, dk=lambda s: s["dpreatt"] @ s["q"] / s["hs"] ** 0.5)


@misconception(
    "attention",
    replaces="attention_backward",
    says="dv is att @ dout. A value is read by all later tokens and collects from these: att has to be turned over.",
)
def dv_untransposed(dout, inp, att, NH):
    return backward(dout, inp, att, NH, dv=lambda s: s["att"] @ s["dheads"])


@misconception(
    "attention",
    replaces="attention_backward",
    says="A gradient comes back through the mask: you compute as if all tokens had been seen, with weights that are "
    "made anew without the mask. What is masked is a constant.",
)
def mask_grad(dout, inp, att, NH):
    q, k, _ = thirds(inp, NH)
    scores = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    return backward(dout, inp, softmaxed(scores, np.ones(scores.shape[-2:], dtype=bool)), NH)


@misconception(
    "attention",
    replaces="attention_forward",
    says="The heads are cut by a reshape alone, and tokens and heads are mixed. Split the last axis into (NH, hs) "
    "first, then exchange the axes of tokens and heads.",
)
def head_layout(inp, NH):
    B, T, C3 = inp.shape
    C = C3 // 3
    q, k, v = (inp[..., at * C : (at + 1) * C].reshape(B, NH, T, C // NH) for at in range(3))
    preatt = q @ k.swapaxes(-1, -2) / (C // NH) ** 0.5
    att = softmaxed(preatt, np.tri(T, dtype=bool))
    return (att @ v).swapaxes(1, 2).reshape(B, T, C), preatt, att


@misconception(
    "attention",
    replaces="attention_forward",
    says="At the end the heads go back by a reshape alone. The axes of tokens and heads have to be exchanged first.",
)
def joined_without_exchange(inp, NH):
    _, preatt, att = forward(inp, NH)
    v = thirds(inp, NH)[2]
    B, T, C3 = inp.shape
    return (att @ v).reshape(B, T, C3 // 3), preatt, att


@misconception(
    "attention",
    replaces="attention_forward",
    says="The scores are not divided by sqrt(hs).",
)
def no_scale(inp, NH):
    return forward(inp, NH, scale=1.0)


@misconception(
    "attention",
    replaces="attention_forward",
    says="The scores are divided by the root of C. The vectors that are multiplied have hs numbers, C / NH.",
)
def scale_of_C(inp, NH):
    return forward(inp, NH, scale=(inp.shape[-1] // 3) ** -0.5)


@misconception(
    "attention",
    replaces="attention_forward",
    says="There is no mask: every token sees the whole sequence, the tokens after it too.",
)
def no_mask(inp, NH):
    return forward(inp, NH, allowed=np.ones((inp.shape[1], inp.shape[1]), dtype=bool))


@misconception(
    "attention",
    replaces="attention_forward",
    says="The mask comes after the softmax. The future is zero, but it had a part in each row's total: rows add up to "
    "less than 1.",
)
def mask_after_softmax(inp, NH):
    def late(scores, allowed):
        return softmaxed(scores, np.ones_like(allowed)) * allowed

    return forward(inp, NH, softmax=late)


@misconception(
    "attention",
    replaces="attention_forward",
    says="The thirds of the input are read as queries, values, keys. They are queries, keys, values.",
)
def values_before_keys(inp, NH):
    C = inp.shape[-1] // 3
    q, v, k = inp[..., :C], inp[..., C : 2 * C], inp[..., 2 * C :]
    return forward(np.concatenate([q, k, v], axis=-1), NH)


@misconception(
    "attention",
    replaces="attention_forward",
    says="Rows whose scores all lie below -10000 come out as zeros, as in llm.c, which looks for the maximum from "
    "-10000 on.",
    symptom=True,
)
def starts_at_minus_10000(inp, NH):
    def softmax(scores, allowed):
        seen = np.where(allowed, scores, -np.inf)
        att = np.exp(seen - np.maximum(seen.max(axis=-1, keepdims=True), -10000.0))
        total = att.sum(axis=-1, keepdims=True)
        return att / np.where(total == 0, 1, total)

    return forward(inp, NH, softmax=softmax)


@misconception(
    "attention",
    replaces="attention_forward",
    says="Scores of about 1000 give nan: exp of 1000 is infinite. A softmax does not change when a row is shifted, so "
    "take the row's maximum off first.",
    symptom=True,
)
def no_shift(inp, NH):
    def softmax(scores, allowed):
        with np.errstate(all="ignore"):
            att = np.exp(np.where(allowed, scores, -np.inf))
            return att / att.sum(axis=-1, keepdims=True)

    return forward(inp, NH, softmax=softmax)
