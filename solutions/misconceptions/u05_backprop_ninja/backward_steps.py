"""Wrong answers to u05.backward_steps, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


@misconception(
    "backward_steps",
    replaces="d_logprobs",
    says="Each picked entry gets -1. The loss is a mean over the batch, so one of them moves it by a share only.",
)
def dlogprobs_no_mean(f, d):
    out = np.zeros_like(f["logprobs"])
    out[np.arange(len(out)), f["Yb"]] = -1.0
    return out


@misconception(
    "backward_steps",
    replaces="d_counts_sum_inv",
    says="counts_sum_inv is one column that was copied to all of them; the contributions of the copies are not added "
    "up.",
)
def counts_sum_inv_not_summed(f, d):
    return f["counts"] * d["probs"]


@misconception(
    "backward_steps",
    replaces="d_counts_sum",
    says="1 / x falls as x grows, so its slope is negative: your sign is turned round.",
)
def counts_sum_sign(f, d):
    return f["counts_sum"] ** -2 * d["counts_sum_inv"]


@misconception(
    "backward_steps",
    replaces="d_counts",
    says="counts goes into two lines, into probs and into counts_sum, and you follow the first one only.",
)
def dcounts_one_path(f, d):
    return f["counts_sum_inv"] * d["probs"]


@misconception(
    "backward_steps",
    replaces="d_counts",
    says="counts goes into two lines, into probs and into counts_sum, and you follow the second one only.",
)
def dcounts_other_path(f, d):
    return np.ones_like(f["counts"]) * d["counts_sum"]


@misconception(
    "backward_steps",
    replaces="d_norm_logits",
    says="The slope of exp is its output, counts. You used its input.",
)
def norm_logits_input(f, d):
    return f["norm_logits"] * d["counts"]


@misconception(
    "backward_steps",
    replaces="d_logit_maxes",
    says="logit_maxes is subtracted, so it moves norm_logits the other way: a minus is missing.",
)
def logit_maxes_sign(f, d):
    return d["norm_logits"].sum(axis=1, keepdims=True)


@misconception(
    "backward_steps",
    replaces="d_logits",
    says="logit_maxes is made from logits, too. Its gradient, tiny as it is in the real chain, returns to the entry "
    "that was the maximum.",
)
def maxes_ignored(f, d):
    return d["norm_logits"].copy()


@misconception(
    "backward_steps",
    replaces="d_logits",
    says="Where two entries of a row are both the largest, you pay the gradient of the maximum out twice. It belongs "
    "to one of them, the first.",
)
def ties_paid_twice(f, d):
    return d["norm_logits"] + d["logit_maxes"] * (f["logits"] == f["logit_maxes"])


@misconception(
    "backward_steps",
    replaces="d_logits",
    says="The result is right, but d['norm_logits'] has changed with it. An assignment gives a second name, "
    "not a second array.",
    symptom=True,
)
def writes_into_d(f, d):
    out = d["norm_logits"]
    out[np.arange(len(out)), f["logits"].argmax(axis=1)] += d["logit_maxes"][:, 0]
    return out


@misconception(
    "backward_steps",
    replaces="d_W2",
    says="The gradient of a weight matrix pairs its layer's input with the gradient of its output. You took what lies "
    "before the tanh, not what went into this layer.",
)
def W2_from_preactivation(f, d):
    return f["hpreact"].T @ d["logits"]


@misconception(
    "backward_steps",
    replaces="d_hpreact",
    says="You square the input of the tanh. Its slope is written in the output, h.",
)
def tanh_of_the_input(f, d):
    return (1.0 - f["hpreact"] ** 2) * d["h"]


@misconception(
    "backward_steps",
    replaces="d_bngain",
    says="bngain multiplies the normalised values, bnraw; you paired it with what was there before the division.",
)
def bngain_from_bndiff(f, d):
    return (f["bndiff"] * d["hpreact"]).sum(axis=0, keepdims=True)


@misconception(
    "backward_steps",
    replaces="d_bnvar",
    says="The power drops by one, from -0.5 to -1.5; yours went the other way.",
)
def bnvar_wrong_power(f, d):
    return -0.5 * (f["bnvar"] + EPS) ** 0.5 * d["bnvar_inv"]


@misconception(
    "backward_steps",
    replaces="d_bndiff2",
    says="You share the gradient out over n. The forward pass divided by n - 1, and the way back has the same number.",
)
def dbnvar_n(f, d):
    return np.ones_like(f["bndiff2"]) * d["bnvar"] / len(f["bndiff2"])


@misconception(
    "backward_steps",
    replaces="d_bndiff2",
    says="Numbers right, shape not: a sum over the rows hands its gradient to every row, so all of them are there.",
)
def bndiff2_one_row(f, d):
    return d["bnvar"] / (len(f["bndiff2"]) - 1)


@misconception(
    "backward_steps",
    replaces="d_bndiff",
    says="bndiff goes into two lines, into bnraw and into bndiff2, and you follow the first one only: the variance is "
    "missing.",
)
def bndiff_one_path(f, d):
    return f["bnvar_inv"] * d["bnraw"]


@misconception(
    "backward_steps",
    replaces="d_bnmeani",
    says="The numbers are right, the shape is not: bnmeani is (1, H), and (H,) is something else, although "
    "NumPy would let both pass in the next line.",
    symptom=True,
)
def dbnmeani_shape(f, d):
    return -d["bndiff"].sum(axis=0)


@misconception(
    "backward_steps",
    replaces="d_hprebn",
    says="hprebn moves the mean of its column as well, and through it every row. You follow the direct path only.",
)
def hprebn_one_path(f, d):
    return d["bndiff"].copy()


@misconception(
    "backward_steps",
    replaces="d_b1",
    says="You expect b1 to get what comes back to hpreact. b1 is added before BatchNorm, which takes every common "
    "shift away again: in the real chain its gradient is rounding noise, and that is right.",
)
def db1_nonzero_expected(f, d):
    return d["hpreact"].sum(axis=0)


@misconception(
    "backward_steps",
    replaces="d_emb",
    says="A transposed layout: embcat holds the K embeddings of a row one after the other, and you read it as if the E "
    "numbers came first.",
)
def emb_folded_wrong(f, d):
    rows, block, size = f["emb"].shape
    return d["embcat"].reshape(rows, size, block).swapaxes(1, 2)


@misconception(
    "backward_steps",
    replaces="d_C",
    says="The same token occurs in many places, and each place overwrites the one before. All of them count.",
)
def dC_assign(f, d):
    out = np.zeros_like(f["C"])
    out[f["Xb"]] = d["emb"]
    return out


@misconception(
    "backward_steps",
    replaces="d_bnvar",
    says="The exponent came down, and the power has not dropped by one: it is -0.5 still, and should be -1.5.",
)
def bnvar_power_stays(f, d):
    return -0.5 * (f["bnvar"] + EPS) ** -0.5 * d["bnvar_inv"]


@misconception(
    "backward_steps",
    replaces="d_logits",
    says="The gradient of the maximum goes to every entry of its row. Only the largest entry decides the maximum, so "
    "it alone gets it.",
)
def maximum_to_all(f, d):
    return d["norm_logits"] + d["logit_maxes"]
