"""Wrong answers to unit 05 that run, each with the sentence a good teacher would say.

Left out, since no fair check can tell it from a right answer:
- train_manual through `loss.backward()`: its numbers are right. It cannot happen here: the unit's rules name torch and
  its like, and a worker of this unit has none of them to import.
"""

import numpy as np

from grader import misconception

# A misconception stands in for the solution's function by name; the right one is kept under another.
right_batchnorm = batchnorm_backward
right_embedding = embedding_backward
right_training = train_manual

# 1. unbroadcast


def axes_of(grad, shape):
    """Return the axes that were added on the left, and those that were stretched."""
    added = grad.ndim - len(shape)
    return tuple(range(added)), tuple(added + axis for axis, size in enumerate(shape) if size == 1)


@misconception(
    "unbroadcast",
    says="The numbers are right and the shape is not: a stretched axis comes back with size 1, only an added axis goes "
    "away. (64,) is not the gradient of a (1, 64) array, even though NumPy broadcasts one to the other.",
)
def keepdim_lost(grad, shape):
    added, stretched = axes_of(grad, shape)
    return grad.sum(axis=added + stretched)


@misconception(
    "unbroadcast",
    says="Your result is an average of the copies. Every copy was used in full, so their gradients add up.",
)
def mean_for_sum(grad, shape):
    added, stretched = axes_of(grad, shape)
    copies = max(grad.size // max(int(np.prod(shape, dtype=int)), 1), 1)
    return grad.sum(axis=added + stretched).reshape(shape) / copies


@misconception(
    "unbroadcast",
    says="You sum the axes that were added on the left. An axis of size 1 that was stretched was copied as well.",
)
def leading_only(grad, shape):
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


@misconception(
    "unbroadcast",
    says="A reshape only counts the same numbers differently, and there are too many of them: copies have to be added "
    "up, not laid out anew.",
)
def reshape_only(grad, shape):
    return grad.reshape(shape)


@misconception(
    "unbroadcast",
    says="You decide by whether a size occurs in the shape, so two axes of equal size are mixed up. Shapes are lined "
    "up axis by axis, from the right.",
)
def sum_by_size(grad, shape):
    gone = tuple(axis for axis, size in enumerate(grad.shape) if size not in shape)
    found = grad.sum(axis=gone)
    return found.reshape(shape) if found.size == np.prod(shape, dtype=int) else found


@misconception(
    "unbroadcast",
    says="You line the shapes up from the left. NumPy does it from the right: what is missing is missing on the left.",
)
def from_the_left(grad, shape):
    gone = tuple(axis for axis in range(grad.ndim) if axis >= len(shape) or shape[axis] != grad.shape[axis])
    found = grad.sum(axis=gone)
    return found.reshape(shape) if found.size == np.prod(shape, dtype=int) else found


# 2. compare_gradients


def checked(name, mine, theirs, near, **changes):
    """Return an honest GradCheck of arrays of equal shape, but for `near` and some fields."""
    gap, size = np.abs(mine - theirs), np.abs(theirs)
    with np.errstate(all="ignore"):
        relative = np.where(gap == 0, 0.0, gap / size)
    exact = mine.dtype == theirs.dtype and mine.shape == theirs.shape and bool(np.all(mine == theirs))
    facts = {"name": name, "exact": exact, "approximate": bool(near), "max_abs": float(gap.max())}
    facts |= {"max_rel": float(relative.max()), "same_shape": mine.shape == theirs.shape}
    return GradCheck(**(facts | changes))


def refused(name, mine, theirs):
    """Raise, or return the answer for two shapes, as the solution does; None where there is something to compare."""
    if theirs is None:
        raise ValueError(f"{name}: there is no gradient to compare with")
    return None if mine.shape == theirs.shape else GradCheck(name, False, False, np.inf, np.inf, False)


@misconception(
    "compare_gradients",
    says="A (6,) gradient passes for a (1, 6) array. NumPy would broadcast one to the other: compare the "
    "shapes before any number.",
    symptom=True,
)
def broadcast_allclose(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        raise ValueError(f"{name}: there is no gradient to compare with")
    return checked(name, mine, theirs, np.all(np.abs(mine - theirs) <= atol + rtol * np.abs(theirs)))


@misconception(
    "compare_gradients",
    says="Two nans pass as equal. A nan is not a number that agrees; it says that both computations broke.",
    symptom=True,
)
def nan_ok(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    return near or checked(name, mine, theirs, np.allclose(mine, theirs, rtol, atol, equal_nan=True))


@misconception(
    "compare_gradients",
    says="A tiny gradient that is half too large passes, or a large one that is merely rounded does not. How "
    "much is allowed depends on the size of the gradient, too.",
    symptom=True,
)
def only_max_abs(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    return near or checked(name, mine, theirs, np.abs(mine - theirs).max() <= rtol)


@misconception(
    "compare_gradients",
    says="One wrong entry among many right ones passes. A gradient is right where its worst entry is.",
    symptom=True,
)
def mean_error(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    if near:
        return near
    gap = np.abs(mine - theirs)
    return checked(name, mine, theirs, gap.mean() <= atol + rtol * np.abs(theirs).mean())


@misconception(
    "compare_gradients",
    says="max_rel of a gradient of zeros is no number here. An entry without any difference has no relative "
    "difference either.",
    symptom=True,
)
def zero_over_zero(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    if near:
        return near
    gap, size = np.abs(mine - theirs), np.abs(theirs)
    with np.errstate(all="ignore"):
        relative = float((gap / size).max())
    return checked(name, mine, theirs, np.all(gap <= atol + rtol * size), max_rel=relative)


@misconception(
    "compare_gradients",
    says="float32 and float64 can hold equal numbers and still be two kinds of array: exact asks for the same "
    "dtype, too.",
    symptom=True,
)
def exact_across_dtypes(name, mine, theirs, rtol=1e-5, atol=1e-8):
    near = refused(name, mine, theirs)
    if near:
        return near
    close = np.all(np.abs(mine - theirs) <= atol + rtol * np.abs(theirs))
    return checked(name, mine, theirs, close, exact=np.array_equal(mine, theirs))


@misconception(
    "compare_gradients",
    says="Where there is nothing to compare with, your judge answers as if there were. A missing gradient is a "
    "mistake of its own, and somebody has to hear about it.",
    symptom=True,
)
def none_is_no_match(name, mine, theirs, rtol=1e-5, atol=1e-8):
    if theirs is None:
        return GradCheck(name, False, False, np.inf, np.inf, False)
    near = refused(name, mine, theirs)
    return near or checked(name, mine, theirs, np.allclose(mine, theirs, rtol, atol))


# 3. linear_backward


def flat(array):
    """Return an array as rows of its last axis."""
    return array.reshape(-1, array.shape[-1])


@misconception(
    "linear_backward",
    says="Your dW is turned: rows and columns are exchanged. On a square W nothing but the values can tell, so do not "
    "trust the shape alone.",
)
def dW_transposed(dout, x, W):
    return dout @ W.T, flat(dout).T @ flat(x), flat(dout).sum(axis=0)


@misconception(
    "linear_backward",
    says="In dx you multiply by W as the forward pass did. The way back goes from outputs to inputs; only on a square "
    "W does the other one have a legal shape.",
)
def dx_no_transpose(dout, x, W):
    return dout @ W, flat(x).T @ flat(dout), flat(dout).sum(axis=0)


@misconception(
    "linear_backward",
    says="Your db is an average over the rows. The bias was copied to each row, and every copy counts in full.",
)
def db_mean(dout, x, W):
    return dout @ W.T, flat(x).T @ flat(dout), flat(dout).mean(axis=0)


@misconception(
    "linear_backward",
    says="The numbers of db are right, its shape is not: b has one axis, and so has its gradient.",
)
def db_keepdim(dout, x, W):
    return dout @ W.T, flat(x).T @ flat(dout), flat(dout).sum(axis=0, keepdims=True)


@misconception(
    "linear_backward",
    says="You divide by the number of rows. If the loss is a mean, its 1/n came in with dout; here it would count "
    "twice.",
)
def dw_over_N(dout, x, W):
    rows = len(flat(x))
    return dout @ W.T, flat(x).T @ flat(dout) / rows, flat(dout).sum(axis=0) / rows


@misconception(
    "linear_backward",
    says="With three axes your product does not fit. To W every leading axis is just a way of counting rows: "
    "make one axis of them first.",
    symptom=True,
)
def np_dot_3d(dout, x, W):
    return np.dot(dout, W.T), np.dot(x.T, dout), dout.sum(axis=tuple(range(dout.ndim - 1)))


@misconception(
    "linear_backward",
    says="You have one dW for each entry of the first axis. All of them belong to the same W, so they add up.",
)
def stacks_the_batch(dout, x, W):
    return dout @ W.T, np.swapaxes(x, -1, -2) @ dout, dout.sum(axis=-2)


# 4. activations


@misconception(
    "activations",
    replaces="tanh_backward",
    says="You apply tanh to something that has been through it already: what you are given is the output, and the "
    "slope is written in terms of that.",
)
def uses_input(dout, out):
    return dout * (1 - np.tanh(out) ** 2)


@misconception(
    "activations",
    replaces="tanh_backward",
    says="The result is right, but dout has changed. The caller still needs the gradient that came back.",
    symptom=True,
)
def inplace_dout(dout, out):
    dout *= 1 - out * out
    return dout


@misconception(
    "activations",
    replaces="relu_backward",
    says="After a relu nothing is negative, so `out >= 0` lets everything through. What was cut off shows as exactly "
    "0.",
)
def relu_ge(dout, out):
    return dout * (out >= 0)


@misconception(
    "activations",
    replaces="relu_backward",
    says="You cut off negative gradients. What decides is the sign in the forward pass; the gradient that comes back "
    "may have any sign.",
)
def relu_masks_dout(dout, out):
    return dout * (dout > 0)


@misconception(
    "activations",
    replaces="relu_backward",
    says="float32 went in and float64 came out: something on the way is float64 and widens the rest.",
    symptom=True,
)
def relu_in_float64(dout, out):
    return np.where(out > 0, 1.0, 0.0) * dout


@misconception(
    "activations",
    replaces="log_backward",
    says="You divide by the logarithm. The slope of log needs its input, and this is the one function here that gets "
    "it.",
)
def log_out(dout, x):
    return dout / np.log(x)


@misconception(
    "activations",
    replaces="log_backward",
    says="The small number that you add below the line changes every slope near zero, where it matters most.",
)
def log_with_a_cushion(dout, x):
    return dout / (x + 1e-8)


@misconception(
    "activations",
    replaces="exp_backward",
    says="You give back the local slope alone. The chain rule multiplies it with the gradient that came back.",
)
def exp_forgets_dout(dout, out):
    return out.copy()


# 5. backward_steps


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


# 6. cross_entropy_backward


def softmax_rows(logits):
    """Return the softmax of each row."""
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def pushed(p, targets, ignore_index):
    """Return p minus one at the targets, zero in ignored rows, and how many rows count."""
    counted = targets != ignore_index
    rows = np.flatnonzero(counted)
    p[rows, targets[rows]] -= 1
    p[~counted] = 0
    return p, len(rows)


@misconception(
    "cross_entropy_backward",
    says="Your gradient is n times too large: the loss is a mean over the rows, so every row counts for one n-th.",
)
def no_1_over_N(logits, targets, ignore_index=-1):
    return pushed(softmax_rows(logits), targets, ignore_index)[0]


@misconception(
    "cross_entropy_backward",
    says="The gradient is right, but the caller's logits are not what they were.",
    symptom=True,
)
def inplace_logits(logits, targets, ignore_index=-1):
    logits[:] = softmax_rows(logits)
    p, count = pushed(logits, targets, ignore_index)
    p /= count
    return p


@misconception(
    "cross_entropy_backward",
    says="Your softmax runs down the batch. Each row is a distribution of its own; other examples have no part in it.",
)
def softmax_dim0(logits, targets, ignore_index=-1):
    p, count = pushed(softmax_rows(logits.T).T.copy(), targets, ignore_index)
    return p / count


@misconception(
    "cross_entropy_backward",
    says="You take 1 off every column. Only the target was right; the others keep their probability.",
)
def minus_everywhere(logits, targets, ignore_index=-1):
    counted = targets != ignore_index
    return (softmax_rows(logits) - 1) * counted[:, None] / int(counted.sum())


@misconception(
    "cross_entropy_backward",
    says="At the target you write -1 and forget the probability that was there: the push is smaller the surer the "
    "model was.",
)
def assign_for_subtract(logits, targets, ignore_index=-1):
    p, counted = softmax_rows(logits), targets != ignore_index
    rows = np.flatnonzero(counted)
    p[rows, targets[rows]] = -1
    p[~counted] = 0
    return p / len(rows)


@misconception(
    "cross_entropy_backward",
    says="You divide by all rows. A row that does not count is not part of the mean either.",
)
def ignore_in_mean(logits, targets, ignore_index=-1):
    return pushed(softmax_rows(logits), targets, ignore_index)[0] / len(targets)


@misconception(
    "cross_entropy_backward",
    says="Ignored rows still push: they are left out of the mean, but their probabilities are not set to zero.",
)
def ignored_still_push(logits, targets, ignore_index=-1):
    p = softmax_rows(logits)
    rows = np.flatnonzero(targets != ignore_index)
    p[rows, targets[rows]] -= 1
    return p / len(rows)


@misconception(
    "cross_entropy_backward",
    says="Large logits give nan: exp of 10000 is infinite. A softmax does not change when a row is shifted, so "
    "take the row's maximum off first.",
    symptom=True,
)
def no_shift(logits, targets, ignore_index=-1):
    with np.errstate(all="ignore"):
        p = np.exp(logits)
        p, count = pushed(p / p.sum(axis=1, keepdims=True), targets, ignore_index)
    return p / count


@misconception(
    "cross_entropy_backward",
    says="A row far below the largest logit of all gives nan. Each row needs its own maximum.",
    symptom=True,
)
def one_maximum_for_all(logits, targets, ignore_index=-1):
    with np.errstate(all="ignore"):
        p = np.exp(logits - logits.max())
        p, count = pushed(p / p.sum(axis=1, keepdims=True), targets, ignore_index)
    return p / count


@misconception(
    "cross_entropy_backward",
    says="float32 went in and float64 came out: something on the way is float64, or a NumPy integer, which widens, "
    "too.",
    symptom=True,
)
def widened_by_an_integer(logits, targets, ignore_index=-1):
    p, _ = pushed(softmax_rows(logits), targets, ignore_index)
    return p / np.sum(targets != ignore_index)


# 7. batchnorm_backward


def normal(x, eps, unbiased):
    """Return x minus its mean, 1 / sqrt(var + eps), x hat, and what the variance is divided by."""
    m = len(x) - 1 if unbiased else len(x)
    diff = x - x.mean(axis=0, keepdims=True)
    inv = ((diff**2).sum(axis=0, keepdims=True) / m + eps) ** -0.5
    return diff, inv, diff * inv, m


def with_dx(dx, dout, xhat):
    """Return a dx with the right dgamma and dbeta."""
    return dx, (dout * xhat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)


@misconception(
    "batchnorm_backward",
    says="You treat mean and variance as constants. Every example moves both, and through them all the others: two "
    "paths are missing.",
)
def plain_scale(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, _ = normal(x, eps, unbiased)
    return with_dx(gamma * inv * dout, dout, xhat)


@misconception(
    "batchnorm_backward",
    says="The path through the mean is there, the one through the variance is not.",
)
def mean_only(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, _ = normal(x, eps, unbiased)
    return with_dx(gamma * inv * (dout - dout.mean(axis=0, keepdims=True)), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="Your third term averages over n. With the unbiased variance, the forward pass divided by n - 1 there.",
)
def bessel_dropped(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, _ = normal(x, eps, unbiased)
    along = (dout * xhat).mean(axis=0, keepdims=True)
    return with_dx(gamma * inv * (dout - dout.mean(axis=0, keepdims=True) - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="You divide by n - 1 in the mean as well. Only the variance has Bessel's correction.",
)
def bessel_everywhere(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, m = normal(x, eps, unbiased)
    mean, along = dout.sum(axis=0, keepdims=True) / m, (dout * xhat).sum(axis=0, keepdims=True) / m
    return with_dx(gamma * inv * (dout - mean - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="Your sums run along each row, over the features. A feature is normalised over the batch: sum over the rows.",
)
def sums_over_features(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, m = normal(x, eps, unbiased)
    mean, along = dout.mean(axis=1, keepdims=True), (dout * xhat).sum(axis=1, keepdims=True) / m
    return with_dx(gamma * inv * (dout - mean - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="gamma is in your dx twice: once inside, on the way to x hat, and once more outside.",
)
def gamma_twice(dout, x, gamma, eps=1e-5, unbiased=True):
    _, inv, xhat, m = normal(x, eps, unbiased)
    dxhat = dout * gamma
    mean, along = dxhat.mean(axis=0, keepdims=True), (dxhat * xhat).sum(axis=0, keepdims=True) / m
    return with_dx(gamma * inv * (dxhat - mean - xhat * along), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="In dgamma you pair dout with x. What gamma multiplies is the normalised x.",
)
def x_for_xhat(dout, x, gamma, eps=1e-5, unbiased=True):
    dx, _, dbeta = right_batchnorm(dout, x, gamma, eps, unbiased)
    return dx, (dout * x).sum(axis=0, keepdims=True), dbeta


# The catalogue's version sums -2 * (x - mean) without an axis. Each column of that sums to zero, so with an axis or
# without, the term is zero and the answer right. The same slip in the gradient of the mean itself is a real one.
@misconception(
    "batchnorm_backward",
    says="In the path through the mean you add up all features into one number: a sum without an axis. Each feature "
    "has a mean of its own.",
)
def staged_bug(dout, x, gamma, eps=1e-5, unbiased=True):
    diff, inv, xhat, m = normal(x, eps, unbiased)
    dxhat = dout * gamma
    dvar = (dxhat * diff).sum(axis=0, keepdims=True) * -0.5 * inv**3
    dmean = -(dxhat * inv).sum()
    return with_dx(dxhat * inv + dvar * 2 * diff / m + dmean / len(x), dout, xhat)


@misconception(
    "batchnorm_backward",
    says="You always divide the variance by n - 1. With unbiased=False the forward pass divided by n.",
)
def flag_ignored(dout, x, gamma, eps=1e-5, unbiased=True):
    return right_batchnorm(dout, x, gamma, eps, unbiased=True)


@misconception(
    "batchnorm_backward",
    says="eps is missing below the root. Where x has little spread it decides the size of everything.",
)
def eps_forgotten(dout, x, gamma, eps=1e-5, unbiased=True):
    with np.errstate(all="ignore"):
        return right_batchnorm(dout, x, gamma, 0.0, unbiased)


@misconception(
    "batchnorm_backward",
    says="The numbers of dgamma and dbeta are right, their shapes are not: gamma is (1, H), not (H,).",
)
def flat_gamma(dout, x, gamma, eps=1e-5, unbiased=True):
    dx, dgamma, dbeta = right_batchnorm(dout, x, gamma, eps, unbiased)
    return dx, dgamma[0], dbeta[0]


# 8. embedding_backward


@misconception(
    "embedding_backward",
    says="Where a token occurs twice, the last place wins and the others are lost, whether you write = or +=: an "
    "indexed += reads, adds and writes back, each only once. All places of a token add up.",
)
def assigns_rows(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    dC[X] = demb
    return dC


# `dC[X] += demb` in one go starts from zeros and so gives what assigns_rows gives, to the bit; its sentence names both.
# This one adds column by column of X, so that only repeats within a column are lost.
@misconception(
    "embedding_backward",
    says="You add column by column, and a token that occurs twice in one column is added once: an indexed += reads all "
    "its rows before it writes the first.",
)
def fancy_add(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    for column in range(X.shape[1]):
        dC[X[:, column]] += demb[:, column]
    return dC


@misconception(
    "embedding_backward",
    says="Every number is right, but more lines of Python run than the batch has rows. NumPy can do the looping, a "
    "hundred times faster.",
    symptom=True,
)
def python_loops(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    for row in range(X.shape[0]):
        for column in range(X.shape[1]):
            dC[X[row, column]] += demb[row, column]
    return dC


@misconception(
    "embedding_backward",
    says="You take the average over the places of a token. Each place moves the loss on its own, so they add up.",
)
def divide_counts(demb, X, vocab_size):
    counts = np.maximum(np.bincount(X.ravel(), minlength=vocab_size), 1).astype(demb.dtype)
    return right_embedding(demb, X, vocab_size) / counts[:, None]


@misconception(
    "embedding_backward",
    says="float32 went in and float64 came out: your dC is float64, whatever demb is.",
    symptom=True,
)
def always_float64(demb, X, vocab_size):
    dC = np.zeros((vocab_size, demb.shape[-1]))
    np.add.at(dC, X, demb)
    return dC


@misconception(
    "embedding_backward",
    says="Your dC ends with the largest token of the batch. C has vocab_size rows, whether they were asked for or not.",
)
def rows_that_occur(demb, X, vocab_size):
    return right_embedding(demb, X, int(X.max()) + 1)


# 9. mlp_backward


def chain(params, f, dlogits, **swap):
    """Return the seven gradients from that of the logits. swap: other inputs of a layer, by the name of its weights."""
    dh, dW2, db2 = linear_backward(dlogits, swap.get("W2", f["h"]), params["W2"])
    dhpreact = tanh_backward(dh, f["h"])
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"], EPS)
    dembcat, _, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dW1 = swap.get("W1", f["embcat"]).T @ dhprebn
    demb = swap.get("fold", lambda flat_one: flat_one.reshape(f["emb"].shape))(dembcat)
    dC = embedding_backward(demb, f["Xb"], len(params["C"]))
    return {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}


KEPT = {}


@misconception(
    "mlp_backward",
    says="You use the forward pass of an earlier batch: something outside the function remembers it. A call depends on "
    "its arguments alone.",
)
def stale_cache(params, Xb, Yb):
    f = KEPT.setdefault(Xb.shape, forward(params, Xb, Yb))
    return float(f["loss"]), chain(params, f, cross_entropy_backward(f["logits"], f["Yb"]))


@misconception(
    "mlp_backward",
    says="dW1 is made from the output of its layer. The gradient of a weight matrix pairs what went *into* the layer "
    "with the gradient of what came out.",
)
def dw1_from_h(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    return float(f["loss"]), chain(params, f, cross_entropy_backward(f["logits"], Yb), W1=f["h"])


@misconception(
    "mlp_backward",
    says="On the way back the K embeddings of a row are folded in another order than they were laid out in.",
)
def view_lost(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    rows, block, size = f["emb"].shape

    def fold(dembcat):
        return dembcat.reshape(rows, size, block).swapaxes(1, 2)

    return float(f["loss"]), chain(params, f, cross_entropy_backward(f["logits"], Yb), fold=fold)


@misconception(
    "mlp_backward",
    says="You divide by 32, whatever the batch. n is the number of rows of this batch, and the last one of an epoch is "
    "smaller.",
)
def n_of_old_batch(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dlogits = cross_entropy_backward(f["logits"], Yb) * (len(Yb) / 32)
    return float(f["loss"]), chain(params, f, dlogits)


@misconception(
    "mlp_backward",
    says="You normalise with the n of torch. This model's forward pass divides the variance by n - 1.",
)
def biased_variance(params, Xb, Yb):
    f = forward(params, Xb, Yb)
    dh, dW2, db2 = linear_backward(cross_entropy_backward(f["logits"], Yb), f["h"], params["W2"])
    dhpreact = tanh_backward(dh, f["h"])
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"], EPS, unbiased=False)
    dembcat, dW1, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dC = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, len(params["C"]))
    grads = {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}
    return float(f["loss"]), grads


# 10. train_manual


def averaged(running, f, momentum):
    """Move the running averages by one batch."""
    for name, new in (("mean", f["bnmeani"]), ("var", f["bnvar"])):
        running[name] = (1 - momentum) * running[name] + momentum * new


def descended(params, grads, lr):
    """Move the parameters."""
    for name, grad in grads.items():
        params[name] -= lr * grad


@misconception(
    "train_manual",
    says="W2 has moved before the gradient behind it was computed with it. All gradients of a step belong to the old "
    "parameters.",
)
def update_before_all_grads(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        f, lr = forward(params, X[rows], Y[rows]), lr_fn(step)
        losses.append(float(f["loss"]))
        averaged(running, f, momentum)
        dlogits = cross_entropy_backward(f["logits"], Y[rows])
        _, dW2, db2 = linear_backward(dlogits, f["h"], params["W2"])
        descended(params, {"W2": dW2, "b2": db2}, lr)
        grads = chain(params, f, dlogits)
        descended(params, {name: grad for name, grad in grads.items() if name not in ("W2", "b2")}, lr)
    return losses


@misconception(
    "train_manual",
    says="You report the loss after the step. The loss that belongs to a gradient is the one before anything moves.",
)
def loss_after_update(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        _, grads = mlp_backward(params, X[rows], Y[rows])
        averaged(running, forward(params, X[rows], Y[rows]), momentum)
        descended(params, grads, lr_fn(step))
        losses.append(float(forward(params, X[rows], Y[rows])["loss"]))
    return losses


@misconception(
    "train_manual",
    says="Your running averages keep momentum of the *old* number. Here, as in torch, momentum is the weight of the "
    "new one.",
)
def ema_direction(params, running, X, Y, batches, lr_fn, momentum=0.1):
    return right_training(params, running, X, Y, batches, lr_fn, 1 - momentum)


@misconception(
    "train_manual",
    says="The running averages see a batch only after the parameters have moved. They belong to the forward pass of "
    "the step.",
)
def averages_after_update(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        descended(params, grads, lr_fn(step))
        averaged(running, forward(params, X[rows], Y[rows]), momentum)
    return losses


@misconception(
    "train_manual",
    says="Your running variance is made with n. The forward pass divides the variance of a batch by n - 1.",
)
def running_biased(params, running, X, Y, batches, lr_fn, momentum=0.1):
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        f = forward(params, X[rows], Y[rows])
        averaged(running, f | {"bnvar": f["bnvar"] * (len(rows) - 1) / len(rows)}, momentum)
        descended(params, grads, lr_fn(step))
    return losses


@misconception(
    "train_manual",
    says="The losses fall, but the caller's parameters stand where they stood: you trained a copy.",
)
def trains_a_copy(params, running, X, Y, batches, lr_fn, momentum=0.1):
    own = {name: value.copy() for name, value in params.items()}
    return right_training(own, running, X, Y, batches, lr_fn, momentum)


@misconception(
    "train_manual",
    says="You climb: the parameters move along the gradient, and the loss rises. Descent goes against it.",
)
def climbs(params, running, X, Y, batches, lr_fn, momentum=0.1):
    with np.errstate(all="ignore"):
        return right_training(params, running, X, Y, batches, lambda step: -lr_fn(step), momentum)


@misconception(
    "train_manual",
    says="You count the steps from 1, so every step asks for the learning rate of the next one. The first step is 0.",
)
def counts_from_one(params, running, X, Y, batches, lr_fn, momentum=0.1):
    return right_training(params, running, X, Y, batches, lambda step: lr_fn(step + 1), momentum)
