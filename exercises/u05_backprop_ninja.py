# %% [markdown]
# # backprop ninja: the backward pass by hand
#
# `loss.backward()` is one line, and it hides everything that this unit is about. Here nobody does it for you. You take
# a small language model, write down the gradient of every array in it, and then train it with what you wrote. It takes
# an evening or two. Afterwards a loss that stands still, a gradient that is eight times too large or a shape that fits
# by accident are no longer weather: you know which line to look at.
#
# **Why by hand, when a library does it?** Because autograd is a *leaky* abstraction: it always returns numbers, and
# only somebody who knows what they are made of sees that they are the wrong ones. Four leaks that cost people weeks:
#
# * A tanh whose input is large is flat. Its slope `1 - out * out` is 0, so whatever comes back from above dies there,
#   and the layers below learn nothing. No error, no warning, a loss that stands still.
# * A relu that is cut off for every example gets the gradient 0 for every example. It never moves again: it is dead.
# * "The gradients explode, so I clip the loss." A clipped loss is a constant, and the slope of a constant is 0. The
#   worst examples, which had the most to say, are the ones that fall silent. Clip the *gradient*.
# * The same matrix multiplied in a hundred times, as a recurrent net does: the way back multiplies by its transpose a
#   hundred times, too. A little above 1 it explodes, a little below it is gone.
#
# Each of these is one line of the backward pass. You will have written that line.
#
# **The idea, once.** Every array `x` in a model has a gradient `dx`: an array *of the same shape*, whose entries say
# how the loss moves when that entry of `x` moves. The backward pass walks through the forward pass from its last line
# to its first. At each line somebody hands you the gradient of what that line computed, and you hand on the gradients
# of what it used. You never need the whole picture, only one line of it.
#
# **Three rules carry everything.**
#
# 1. *The shape of `dx` is the shape of `x`.* Not nearly: `(64,)` is not `(1, 64)`.
# 2. *Used twice, added twice.* A value that goes into two lines gets a contribution from each, and they add up.
# 3. *Copied forward, summed backward.* Broadcasting and indexing copy numbers. Every copy moves the loss, so the
#    original gets the sum. It holds the other way round as well: summed forward, copied backward.
#
# **Shapes.** `n` rows in a batch, `V` characters in the vocabulary, `K` characters of context, `E` numbers in the
# embedding of a character, `H` hidden units.
#
# **Tools.** NumPy. No torch, no jax: there is nothing here that could differentiate for you.
#
# **Edges.** Some promises go beyond the lecture; a docstring names them after the word *Edges*. They have points, and
# nobody has to keep them to go on. Two of them come back everywhere: what you are given stays as it is (work on
# copies), and results come back in the dtype that went in.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u05`. Take pencil and
# paper, write the forward line, ask rule by rule. Stuck? `grade hint` gives one nudge at a time.
#
# After the lecture "Building makemore Part 4: Becoming a Backprop Ninja" by Andrej Karpathy. Text, code and checks here
# are our own.

# %%
"""Unit 05: gradients of a character model by hand, from single lines to a training loop without autograd."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Values = dict[str, Any]  # arrays by name

EPS = 1e-5  # what BatchNorm adds to the variance before the root

# %% [markdown]
# ## 1. Broadcasting, backward
#
# Add a bias of shape `(64,)` to activations of shape `(32, 64)` and NumPy copies it to 32 rows without a word. The
# copies are never stored, but they count: all 32 rows move when the bias moves. So the gradient comes back with shape
# `(32, 64)` and has to be *summed* until it has the shape of the bias again.
#
# NumPy copies in two ways. Shapes are lined up **from the right**; then
#
# * axes that are missing on the left are added: `(64,)` becomes `(1, 64)`;
# * axes of size 1 are stretched to the size of the other: `(1, 64)` becomes `(32, 64)`.
#
# Backward you undo both, with a sum each. The two differ in what is left: an added axis goes away, a stretched axis
# stays, with size 1. That is the whole difference between `(64,)` and `(1, 64)`, and mixing them up goes unnoticed for
# a long time, because NumPy broadcasts the wrong one back in the very next line.


# %%
def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient back to the shape that an array had before it was broadcast.

    Args:
        grad: the gradient of the broadcast array, any number of axes.
        shape: the shape before; it broadcasts to `grad.shape` by NumPy's rules. `()` stands for a single number.

    Returns:
        An array of exactly this shape; for `()` a NumPy number will do. Where nothing was
        broadcast, the values of `grad` as they are.

    Edges: an axis of size 0 is summed like any other. `grad` stays as it is, and float32 stays float32.
    """
    raise NotImplementedError("TODO: unbroadcast")


# %% [markdown]
# ## 2. A judge that cannot be fooled
#
# While you work you will hold your gradients against measured ones: nudge one entry, look how far the loss moves, for
# every entry. `measured_gradient` does that. It is slow and it knows no calculus, so it cannot share your mistakes.
#
# What is missing is a judge. The obvious one, `np.all(mine == theirs)`, has a hole: it *broadcasts*. A gradient of
# shape `(64,)` compared with one of shape `(1, 64)` is reported as equal. So look at the shape before you look at any
# number.
#
# Then, how close is close? Floats are rounded, so an exact match is a bonus. Two numbers say more than one: the largest
# *absolute* difference means nothing where gradients are tiny, the largest *relative* difference means little where
# they are zero but for rounding. Report both, and take the *largest*, not the mean: one wrong row among a hundred right
# ones is a wrong gradient.


# %%
def measured_gradient(loss: Callable[[], float], x: Array, h: float = 1e-5) -> Array:  # GIVEN
    """Measure how `loss()` moves with each entry of x, by a central difference; x is put back as it was.

    loss: takes nothing and reads x itself: `measured_gradient(lambda: forward(params, Xb, Yb)["loss"], params["W1"])`.
    """
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        right = loss()
        x[place] = kept - h
        slopes[place] = (right - loss()) / (2 * h)
        x[place] = kept
    return slopes


@dataclass(frozen=True)
class GradCheck:  # GIVEN
    """What a comparison found. See `compare_gradients` for what each field means."""

    name: str
    exact: bool
    approximate: bool
    max_abs: float
    max_rel: float
    same_shape: bool


# %%
def compare_gradients(
    name: str, mine: Array, theirs: Array | None, rtol: float = 1e-5, atol: float = 1e-8
) -> GradCheck:
    """Compare a gradient of yours with one that you trust.

    Args:
        name: whose gradient it is, `"W1"`.
        mine: an array of any shape with at least one entry.
        theirs: the same, or None where nobody computed it.
        rtol: what is allowed is `abs(mine - theirs) <= atol + rtol * abs(theirs)`, for every entry.
        atol: see rtol.

    Returns:
        GradCheck with
        name         as given
        same_shape   the two shapes are equal; nothing is broadcast
        exact        shape and dtype are equal, and every entry is
        approximate  the shapes are equal and every entry is within what is allowed; the dtypes may differ
        max_abs      the largest abs(mine - theirs)
        max_rel      the largest abs(mine - theirs) / abs(theirs)
        Both are inf where the shapes differ.

    Edges: a nan on either side, or on both, is never approximate (max_abs and max_rel are left open then). Equal
    values of another dtype are approximate and not exact. In max_rel an entry without any difference counts as 0, also
    where both are zero, and a difference from a zero counts as inf. Where `theirs` is None, ValueError is raised with
    `name` in its text.
    """
    raise NotImplementedError("TODO: compare_gradients")


# %% [markdown]
# ## 3. The linear layer
#
# Forward: `out = x @ W + b`, with `x` of shape `(n, I)`, `W` of shape `(I, O)` and `b` of shape `(O,)`. One entry is
#
#     out[r, o] = sum over i of x[r, i] * W[i, o]   + b[o]
#
# Ask of each number: where does it go? `W[i, o]` meets `x[r, i]` in every row, and lands in column `o` of that row. So
# its gradient is a sum over the rows of `x[r, i] * dout[r, o]`: a matrix product that makes the rows disappear.
# `x[r, i]` goes into every column of its row; sum over the columns. `b[o]` is copied to every row; rule 3.
#
# There is a famous shortcut: only one way of multiplying the two has the right shape, so that must be it. It is a fine
# reminder and no proof. On a *square* `W` the transposed answer has a legal shape too, and is wrong. The checks use
# square ones.
#
# **The batch's mean is not your business.** If the loss is a mean over the batch, the `1/n` is inside `dout` already.
#
# **More axes** (an edge). A transformer applies the same layer to `(B, T, I)`. Nothing new happens: every axis but the
# last counts rows.


# %%
def linear_backward(dout: Array, x: Array, W: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of `x @ W + b`.

    Args:
        dout: (n, O), the gradient of the output.
        x: (n, I).
        W: (I, O).

    Returns:
        dx (n, I), dW (I, O) and db (O,). dW and db are sums over the rows.

    Edges: x may be (..., I) and dout (..., O), with any number of equal leading axes; dW and db are sums over all of
    them. Either may be a view with gaps in memory. The arguments stay as they are, and float32 stays float32.
    """
    raise NotImplementedError("TODO: linear_backward")


# %% [markdown]
# ## 4. One number in, one number out
#
# For a function that works entry by entry there is nothing to sum: multiply what came back by the local slope, entry by
# entry. The only question is *what you still have*. After the forward pass you usually keep the output, and for three
# of these four the slope is simplest in terms of it:
#
#     tanh   1 - out * out
#     relu   1 where out is positive, 0 elsewhere; at 0 itself it is 0
#     exp    out
#     log    1 / x       the input, and only the input
#
# Look at the arguments of each function: they say what you get.


# %%
def tanh_backward(dout: Array, out: Array) -> Array:
    """Return the gradient of x for `out = tanh(x)`, given the output. All have one shape.

    Edges: the arguments stay as they are, float32 stays float32, and any number of axes will do.
    """
    raise NotImplementedError("TODO: tanh_backward")


def relu_backward(dout: Array, out: Array) -> Array:
    """Return the gradient of x for `out = max(x, 0)`, given the output. All have one shape.

    The slope at exactly 0 is 0, as in torch. Edges: as for tanh.
    """
    raise NotImplementedError("TODO: relu_backward")


def exp_backward(dout: Array, out: Array) -> Array:
    """Return the gradient of x for `out = exp(x)`, given the output. All have one shape. Edges: as for tanh."""
    raise NotImplementedError("TODO: exp_backward")


def log_backward(dout: Array, x: Array) -> Array:
    """Return the gradient of x for `out = log(x)`, given the *input*. All have one shape.

    Exact, also for inputs near 0: nothing is added below the line. Edges: as for tanh.
    """
    raise NotImplementedError("TODO: log_backward")


# %% [markdown]
# ## 5. Twenty-six small steps
#
# Now the model. It reads `K` characters and predicts the next one: look up their embeddings, put them side by side,
# a linear layer, BatchNorm, tanh, another linear layer, softmax, cross-entropy. Below it is written in lines so small
# that each of them does one thing. `forward` returns everything it computed in a dict `f`.
#
# Two lines deserve a look. `logit_maxes` is taken off the logits so that `exp` cannot overflow; it does not change the
# probabilities. And the variance is divided by `n - 1`, not by `n` (Bessel's correction), as the lecture does; torch's
# own BatchNorm divides by `n` here.


# %%
def random_params(
    rng: np.random.Generator, vocab: int, block: int, embed: int, hidden: int
) -> dict[str, Array]:  # GIVEN
    """Draw parameters for the model. gain and bias of BatchNorm are not 1 and 0, so that a forgotten one shows."""
    fan_in = block * embed
    return {
        "C": rng.normal(size=(vocab, embed)),
        "W1": rng.normal(size=(fan_in, hidden)) * (5 / 3) / fan_in**0.5,
        "b1": rng.normal(size=hidden) * 0.1,
        "bngain": rng.normal(size=(1, hidden)) * 0.1 + 1.0,
        "bnbias": rng.normal(size=(1, hidden)) * 0.1,
        "W2": rng.normal(size=(hidden, vocab)) * 0.1,
        "b2": rng.normal(size=vocab) * 0.1,
    }


def forward(params: dict[str, Array], Xb: Array, Yb: Array) -> Values:  # GIVEN
    """Run the model on one batch; return every value by its name.

    Xb: (n, K) token ids. Yb: (n,) the token that follows each row. n is at least 2.
    """
    n = len(Xb)
    f: Values = {**params, "Xb": Xb, "Yb": Yb}
    # Embedding
    f["emb"] = f["C"][Xb]  # (n, K, E)
    f["embcat"] = f["emb"].reshape(n, -1)  # (n, K * E)
    # First linear layer
    f["hprebn"] = f["embcat"] @ f["W1"] + f["b1"]  # (n, H)
    # BatchNorm
    f["bnmeani"] = f["hprebn"].sum(axis=0, keepdims=True) / n  # (1, H)
    f["bndiff"] = f["hprebn"] - f["bnmeani"]  # (n, H)
    f["bndiff2"] = f["bndiff"] ** 2  # (n, H)
    f["bnvar"] = f["bndiff2"].sum(axis=0, keepdims=True) / (n - 1)  # (1, H)
    f["bnvar_inv"] = (f["bnvar"] + EPS) ** -0.5  # (1, H)
    f["bnraw"] = f["bndiff"] * f["bnvar_inv"]  # (n, H)
    f["hpreact"] = f["bngain"] * f["bnraw"] + f["bnbias"]  # (n, H)
    # Non-linearity
    f["h"] = np.tanh(f["hpreact"])  # (n, H)
    # Second linear layer
    f["logits"] = f["h"] @ f["W2"] + f["b2"]  # (n, V)
    # Cross-entropy, step by step
    f["logit_maxes"] = f["logits"].max(axis=1, keepdims=True)  # (n, 1)
    f["norm_logits"] = f["logits"] - f["logit_maxes"]  # (n, V)
    f["counts"] = np.exp(f["norm_logits"])  # (n, V)
    f["counts_sum"] = f["counts"].sum(axis=1, keepdims=True)  # (n, 1)
    f["counts_sum_inv"] = f["counts_sum"] ** -1  # (n, 1)
    f["probs"] = f["counts"] * f["counts_sum_inv"]  # (n, V)
    f["logprobs"] = np.log(f["probs"])  # (n, V)
    f["loss"] = -f["logprobs"][np.arange(n), Yb].mean()  # a number
    return f


# %% [markdown]
# ### The plan
#
# You write one function for each value of the forward pass, last line first. Its name is `d_` and the value's name. It
# takes two dicts:
#
#     f   what the forward pass computed, by name, with the parameters and Xb, Yb
#     d   the gradients that are known by now, by name: d["probs"] is the gradient of f["probs"]
#
# and returns the gradient of its value: a float array of **exactly the shape of that value**. Read the forward pass,
# find *every* line that uses the value, and let each of them contribute. What you are given in `f` and `d` stays as it
# is; later steps need it.
#
# **An early slip costs one step, not twenty.** Each function is judged alone. The numbers in `d` are then not yours,
# and not even those of a real loss: any numbers of the right shape. So compute with what stands in `d`, and use no
# shortcut that is true only for the gradients of one particular loss. (In the real chain some gradients are almost
# zero: that of `logit_maxes`, since a softmax does not care, and that of `b1`, since BatchNorm takes the mean away.
# Your formula does not need to know that; it will come out by itself.)
#
# `backward_steps`, at the end, is given: it calls your functions in order. When all of them stand, hold its result
# against `measured_gradient`, and enjoy the view.
#
# ### The loss and the softmax
#
# `loss` is minus the mean of `n` picked entries, one in each row. Everything else in `logprobs` is unused.


# %%
def d_logprobs(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["logprobs"], (n, V). The gradient of the loss itself is 1."""
    raise NotImplementedError("TODO: d_logprobs")


def d_probs(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["probs"], (n, V)."""
    raise NotImplementedError("TODO: d_probs")


def d_counts_sum_inv(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["counts_sum_inv"], (n, 1)."""
    raise NotImplementedError("TODO: d_counts_sum_inv")


def d_counts_sum(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["counts_sum"], (n, 1)."""
    raise NotImplementedError("TODO: d_counts_sum")


def d_counts(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["counts"], (n, V)."""
    raise NotImplementedError("TODO: d_counts")


def d_norm_logits(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["norm_logits"], (n, V)."""
    raise NotImplementedError("TODO: d_norm_logits")


def d_logit_maxes(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["logit_maxes"], (n, 1)."""
    raise NotImplementedError("TODO: d_logit_maxes")


def d_logits(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["logits"], (n, V). Where a row has its maximum several times, the first one counts."""
    raise NotImplementedError("TODO: d_logits")


# %% [markdown]
# ### The second linear layer and the tanh
#
# Old acquaintances, from sections 3 and 4. You may call what you wrote there or write the lines again.


# %%
def d_h(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["h"], (n, H)."""
    raise NotImplementedError("TODO: d_h")


def d_W2(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["W2"], (H, V)."""
    raise NotImplementedError("TODO: d_W2")


def d_b2(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["b2"], (V,)."""
    raise NotImplementedError("TODO: d_b2")


def d_hpreact(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["hpreact"], (n, H)."""
    raise NotImplementedError("TODO: d_hpreact")


# %% [markdown]
# ### BatchNorm
#
# The heart of the exercise. Go slowly, one line at a time, and draw the arrows: `bndiff` is used twice, and so is
# `hprebn`. Watch the axes: here the batch is what is summed over, axis 0.


# %%
def d_bngain(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bngain"], (1, H)."""
    raise NotImplementedError("TODO: d_bngain")


def d_bnbias(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnbias"], (1, H)."""
    raise NotImplementedError("TODO: d_bnbias")


def d_bnraw(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnraw"], (n, H)."""
    raise NotImplementedError("TODO: d_bnraw")


def d_bnvar_inv(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnvar_inv"], (1, H)."""
    raise NotImplementedError("TODO: d_bnvar_inv")


def d_bnvar(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnvar"], (1, H)."""
    raise NotImplementedError("TODO: d_bnvar")


def d_bndiff2(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bndiff2"], (n, H)."""
    raise NotImplementedError("TODO: d_bndiff2")


def d_bndiff(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bndiff"], (n, H)."""
    raise NotImplementedError("TODO: d_bndiff")


def d_bnmeani(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnmeani"], (1, H)."""
    raise NotImplementedError("TODO: d_bnmeani")


def d_hprebn(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["hprebn"], (n, H)."""
    raise NotImplementedError("TODO: d_hprebn")


# %% [markdown]
# ### The first linear layer and the embedding
#
# Indexing is copying, too: `C[Xb]` hands out row 5 of `C` as often as the token 5 occurs. So rule 3 once more.


# %%
def d_embcat(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["embcat"], (n, K * E)."""
    raise NotImplementedError("TODO: d_embcat")


def d_W1(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["W1"], (K * E, H)."""
    raise NotImplementedError("TODO: d_W1")


def d_b1(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["b1"], (H,)."""
    raise NotImplementedError("TODO: d_b1")


def d_emb(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["emb"], (n, K, E)."""
    raise NotImplementedError("TODO: d_emb")


def d_C(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["C"], (V, E): rows of tokens that do not occur in the batch are zero."""
    raise NotImplementedError("TODO: d_C")


# %%
STEPS = (  # GIVEN
    d_logprobs, d_probs, d_counts_sum_inv, d_counts_sum, d_counts, d_norm_logits, d_logit_maxes, d_logits,
    d_h, d_W2, d_b2, d_hpreact,
    d_bngain, d_bnbias, d_bnraw, d_bnvar_inv, d_bnvar, d_bndiff2, d_bndiff, d_bnmeani, d_hprebn,
    d_embcat, d_W1, d_b1, d_emb, d_C,
)  # fmt: skip


def backward_steps(f: Values) -> dict[str, Array]:  # GIVEN
    """Run your 26 steps in order on what `forward` returned; return all gradients by name."""
    d: dict[str, Array] = {}
    for step in STEPS:
        d[step.__name__.removeprefix("d_")] = step(f, d)
    return d


# %% [markdown]
# Try it, on a model small enough to measure:
#
#     rng = np.random.default_rng(1)
#     params = random_params(rng, vocab=7, block=3, embed=2, hidden=5)
#     Xb, Yb = rng.integers(0, 7, size=(4, 3)), rng.integers(0, 7, size=4)
#     d = backward_steps(forward(params, Xb, Yb))
#     for name, p in params.items():
#         theirs = measured_gradient(lambda: forward(params, Xb, Yb)["loss"], p)
#         print(compare_gradients(name, d[name], theirs))
#
# `max_rel` of `b1` will look terrible, and nothing is wrong: both numbers are rounding noise around zero. That is why
# the judge reports two numbers.
#
# ## 6. Cross-entropy in one line
#
# Eight of the steps above were one function, the cross-entropy of a softmax. Do the algebra on paper for a single row,
# with `p = softmax(logits)` and target `y`: the loss is `-log p[y]`, and nearly everything cancels. What remains is
#
#     dlogits = p - 1 at the target, p elsewhere
#
# and then the mean over the batch. Look at it for a moment: the logits are pushed up at the target and down everywhere
# else, each by as much as the model believed in it. The pushes of a row add up to zero. Where the model is right and
# sure, nothing moves.
#
# **Padding** (an edge). Some rows may have no answer. Their target is `ignore_index`, they add nothing to the loss, and
# they do not count in the mean either.
#
# **Large logits** (an edge). `exp(1e4)` is infinite. Take the maximum of each *row* off first, as the forward pass did.


# %%
def cross_entropy_backward(logits: Array, targets: Array, ignore_index: int = -1) -> Array:
    """Return the gradient of the mean cross-entropy in the logits.

    Args:
        logits: (n, V) floats.
        targets: (n,) integers: the right column of each row.
        ignore_index: marks rows that do not count, see the edges.

    Returns:
        (n, V), the gradient of the mean loss over the rows.

    Edges: rows whose target is `ignore_index` (any integer, also a legal column) are zero and do not count in the mean;
    at least one row counts. Logits may be as large as 10000. The result is a new array in the dtype of logits, and the
    arguments stay as they are.
    """
    raise NotImplementedError("TODO: cross_entropy_backward")


# %% [markdown]
# ## 7. BatchNorm in one line
#
# Nine more steps in one. Forward, for each column on its own:
#
#     mean = average of x over the batch
#     var  = sum of (x - mean) ** 2, divided by n - 1        (unbiased=True, the lecture's way)
#                                    divided by n            (unbiased=False, torch's way)
#     xhat = (x - mean) / sqrt(var + eps)
#     out  = gamma * xhat + beta
#
# If `mean` and `var` were constants, `dx` would be `gamma / sqrt(var + eps) * dout`, and done. But every example moves
# the mean and the variance, and through them *every other example of the batch*. So two corrections are taken away:
# what moves the mean, and what moves the variance. A way to see it: if all of `x` shifts by the same amount, `out` does
# not move at all, so the columns of `dx` have to add up to zero. And if `x` is stretched about its mean, `out` hardly
# moves, so `dx` must have (almost) nothing in the direction of `xhat`.
#
# The derivation is one page. Start from the nine steps above, insert one into the other, and collect. Mind where the
# `n - 1` ends up: only the variance has it.


# %%
def batchnorm_backward(
    dout: Array, x: Array, gamma: Array, eps: float = 1e-5, unbiased: bool = True
) -> tuple[Array, Array, Array]:
    """Return the gradients of BatchNorm in training mode.

    Args:
        dout: (n, H), the gradient of `gamma * xhat + beta`.
        x: (n, H), the input, n at least 2.
        gamma: (1, H).
        eps: stands inside the root.
        unbiased: whether the forward pass divided the variance by n - 1 (the lecture) or by n (torch, most papers).

    Returns:
        dx (n, H), dgamma (1, H) and dbeta (1, H).

    Edges: unbiased=False. Another eps than 1e-5. x far from zero, around 1000. The arguments stay as they are, and
    float32 stays float32.
    """
    raise NotImplementedError("TODO: batchnorm_backward")


# %% [markdown]
# ## 8. The embedding
#
# `C[X]` copies rows of `C`; backward, every copy adds its gradient to the row it came from. The trap is NumPy's own:
# `dC[X] += demb` reads all rows, adds, and writes all rows back. A token that occurs three times is written three
# times, and the last one wins. A Python loop over every place is right, as in the lecture. But a batch of real size
# has tens of thousands of places, so there is an edge for letting NumPy do the looping.


# %%
def embedding_backward(demb: Array, X: Array, vocab_size: int) -> Array:
    """Return the gradient of C for `emb = C[X]`.

    Args:
        demb: (n, K, E), the gradient of what was looked up.
        X: (n, K) integers from 0 to vocab_size - 1, in any order, with repeats.
        vocab_size: how many rows C has.

    Returns:
        (vocab_size, E); tokens that do not occur have a row of zeros.

    Edges: no Python loop over the places, so that a large batch is fast. The result has the dtype of demb. The
    arguments stay as they are.
    """
    raise NotImplementedError("TODO: embedding_backward")


# %% [markdown]
# ## 9. The whole model
#
# Now put the large pieces together. Forward gives you every value you need; backward is seven lines, each of them a
# function that you have. Take care of two seams: the embedding was laid out flat on the way forward, so on the way
# back it has to be folded again. And `n` is the size of *this* batch: the last one of an epoch is often smaller.


# %%
def mlp_backward(params: dict[str, Array], Xb: Array, Yb: Array) -> tuple[float, dict[str, Array]]:
    """Return the loss of one batch and the gradient of every parameter.

    Args:
        params: C (V, E), W1 (K * E, H), b1 (H,), bngain (1, H), bnbias (1, H), W2 (H, V), b2 (V,).
        Xb: (n, K) token ids; n is at least 2 and differs from call to call.
        Yb: (n,) targets.

    Returns:
        The loss that `forward` computes, as a float, and a dict with exactly the keys of params: each gradient has the
        shape of its parameter. A call depends on its arguments and on nothing else.

    Edges: params, Xb and Yb stay as they are.
    """
    raise NotImplementedError("TODO: mlp_backward")


# %% [markdown]
# ## 10. Training without autograd
#
# The last step is the shortest one: a loop. Take a batch, get loss and gradients, move every parameter a little against
# its gradient. All gradients belong to the *old* parameters; so compute them all before you move any.
#
# One more thing is needed to use the model afterwards. In training BatchNorm looks at the batch; when you ask for a
# single name there is no batch. So the loop keeps a running mean and variance, each a slowly moving average:
#
#     running = (1 - momentum) * running + momentum * what this batch has
#
# `momentum` is the weight of the *new* number, as in torch. The variance of a batch is the one of the forward pass,
# divided by `n - 1`.


# %%
def train_manual(
    params: dict[str, Array],
    running: dict[str, Array],
    X: Array,
    Y: Array,
    batches: Array,
    lr_fn: Callable[[int], float],
    momentum: float = 0.1,
) -> list[float]:
    """Train the model by gradient descent, with gradients by hand.

    Args:
        params: as in mlp_backward. After the call the dict holds the trained parameters.
        running: "mean" and "var", each (1, H): running averages of f["bnmeani"] and f["bnvar"]. After the call the dict
            holds the new ones. Nothing in training depends on them.
        X: (N, K) token ids of the training set.
        Y: (N,) targets of the training set.
        batches: (steps, n) row numbers: in step s the batch is X[batches[s]], Y[batches[s]].
        lr_fn: gives the learning rate of a step, `lr_fn(0)` for the first one.
        momentum: the weight of the new batch in the running averages.

    Returns:
        One loss a step: that of the step's batch *before* the parameters move.

    Edges: lr_fn is called once a step. `batches` may have no row, and then nothing moves. X and Y stay as they are.
    """
    raise NotImplementedError("TODO: train_manual")


# %% [markdown]
# ### Train it on names
#
# The real thing, in about two seconds. Three letters of context; a dot stands for the beginning and the end.
# (`grade run u05` trains a larger one with your functions, and draws the curve.)
#
#     names = open("datasets/names.txt").read().split()
#     letters = ".abcdefghijklmnopqrstuvwxyz"
#     ids = np.array([letters.index(letter) for name in names for letter in f"...{name}."])
#     X, Y = np.stack([ids[:-3], ids[1:-2], ids[2:-1]], axis=1), ids[3:]
#     inside = (X[:, 2] > 0) | (Y > 0)  # a dot after a dot lies between two names
#     X, Y = X[inside], Y[inside]
#
#     rng = np.random.default_rng(1)
#     params = random_params(rng, vocab=27, block=3, embed=10, hidden=64)
#     running = {"mean": np.zeros((1, 64)), "var": np.ones((1, 64))}
#     batches = rng.integers(len(X), size=(6000, 64))
#     losses = train_manual(params, running, X, Y, batches, lambda step: 0.3 if step < 4500 else 0.03)
#     print(f"{np.mean(losses[:100]):.2f} {np.mean(losses[-500:]):.2f}")
#
# It prints `2.71 2.01`. Whoever sees three letters of these names can reach 1.57 nats at best: that is their entropy
# (`datasets/README.md`). With ten times the steps you get to 1.87. Now let it speak. A single name has no batch, so
# BatchNorm takes the running numbers:
#
#     def logits_of(context):
#         hprebn = params["C"][context].reshape(1, -1) @ params["W1"] + params["b1"]
#         bnraw = (hprebn - running["mean"]) / np.sqrt(running["var"] + EPS)
#         h = np.tanh(params["bngain"] * bnraw + params["bnbias"])
#         return (h @ params["W2"] + params["b2"])[0]
#
#     for _ in range(5):
#         context, name = [0, 0, 0], ""
#         while not name.endswith("."):
#             p = np.exp(logits_of(context))
#             letter = int(rng.choice(27, p=p / p.sum()))
#             context, name = [*context[1:], letter], name + letters[letter]
#         print(name)
#
# That was it: a network trained, and not one gradient that you could not derive again on a train. When autograd comes
# back in the next unit, you will know what it does for you, and what it cannot: it computes the gradient of what you
# wrote, not of what you meant.


# %%
# Try things here: `python exercises/u05_backprop_ninja.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
