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
    # BEGIN SOLUTION
    # HINT: Take a bias of shape (3,) under a batch of 5 rows. How many numbers of grad belong to the first entry of the
    #   bias, and what becomes of them?
    # HINT: Two kinds of axes to undo. How many axes were added on the left? grad.ndim - len(shape). Sum over those
    #   first; from then on grad and shape have equally many axes, so you can compare them one by one.
    # HINT: After the added axes are gone: collect the axes where shape has a 1 and sum over them with keepdims=True.
    #   An axis argument may be a tuple, even an empty one, which sums over nothing.
    grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return np.asarray(grad.sum(axis=stretched, keepdims=True))
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Two questions come before any number: is there something to compare with, and do the shapes agree?
    # HINT: Where the shapes differ you can answer at once: False, False, inf, inf, False. Below that nothing can be
    #   broadcast any more. For approximate, test the rule entry by entry and ask whether *all* hold; a comparison with
    #   nan is False by itself, which is what you want.
    # HINT: gap = np.abs(mine - theirs). For the relative one, divide only where there is a gap: np.divide takes
    #   out=np.zeros(...) and where=gap != 0, and with np.errstate(divide="ignore") a zero below the line gives inf
    #   in silence. Wrap results in bool(...) and float(...).
    if theirs is None:
        raise ValueError(f"{name}: there is no gradient to compare with")
    if mine.shape != theirs.shape:
        return GradCheck(name, False, False, float("inf"), float("inf"), False)
    gap = np.abs(mine.astype(np.float64) - theirs)
    size = np.abs(theirs).astype(np.float64)
    with np.errstate(divide="ignore"):
        relative = np.divide(gap, size, out=np.zeros_like(gap), where=gap != 0)
    exact = mine.dtype == theirs.dtype and np.array_equal(mine, theirs)
    near = bool(np.all(gap <= atol + rtol * size))
    return GradCheck(name, bool(exact), near, float(gap.max()), float(relative.max()), True)
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Take one row first: x is (I,), dout is (O,). Which numbers of dout does x[0] reach, and by which weights?
    # HINT: dx collects over the columns of the output, so W has to be turned. dW collects over rows, so x has to be.
    #   db collects over rows too. With more than two axes, first make one long list of rows out of the leading ones.
    # HINT: rows_of_x = x.reshape(-1, I) and rows_of_dout = dout.reshape(-1, O). Then dW is the transposed first one
    #   times the second, db the second summed over axis 0, and dx is dout times W transposed, which keeps all axes.
    rows, drows = x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1])
    return dout @ W.T, rows.T @ drows, drows.sum(axis=0)
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: What you get is the output, already squashed. Where is the curve flat, and what is the output there?
    # HINT: The local slope is one minus the square of the output. Multiply entry by entry, into a new array.
    # HINT: dout times (1 - out squared), with * and not with *=.
    return dout * (1 - out * out)
    # END SOLUTION


def relu_backward(dout: Array, out: Array) -> Array:
    """Return the gradient of x for `out = max(x, 0)`, given the output. All have one shape.

    The slope at exactly 0 is 0, as in torch. Edges: as for tanh.
    """
    # BEGIN SOLUTION
    # HINT: An entry that was cut off cannot move the loss. How do you recognise it in the output?
    # HINT: After a relu nothing is negative, so >= 0 is true everywhere. The gradient that comes back may have any
    #   sign and does not decide anything.
    # HINT: Multiply dout by the truth values of out > 0; NumPy takes them as 1 and 0 and keeps the dtype of dout.
    return dout * (out > 0)
    # END SOLUTION


def exp_backward(dout: Array, out: Array) -> Array:
    """Return the gradient of x for `out = exp(x)`, given the output. All have one shape. Edges: as for tanh."""
    # BEGIN SOLUTION
    # HINT: Which function is its own slope?
    # HINT: The slope is what you are given. It is still the chain rule: the gradient that came back is a factor.
    # HINT: The product of the two arguments.
    return dout * out
    # END SOLUTION


def log_backward(dout: Array, x: Array) -> Array:
    """Return the gradient of x for `out = log(x)`, given the *input*. All have one shape.

    Exact, also for inputs near 0: nothing is added below the line. Edges: as for tanh.
    """
    # BEGIN SOLUTION
    # HINT: At x = 10 the logarithm climbs gently, at x = 0.1 steeply.
    # HINT: One over the input. Add no small number to be safe: it would be wrong by as much as it is safe.
    # HINT: Divide the first argument by the second.
    return dout / x
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: If logprobs[0, 0] moves a little and nobody picked it, what happens to the loss?
    # HINT: Zero everywhere but at the picked entries, one a row. The mean of n numbers moves by 1/n of what one of them
    #   moves, and there is a minus in front.
    # HINT: Start from np.zeros_like(f["logprobs"]), index it as the forward pass does, with np.arange(n) and f["Yb"],
    #   and write minus one over n there.
    n = len(f["Yb"])
    out = np.zeros_like(f["logprobs"])
    out[np.arange(n), f["Yb"]] = -1.0 / n
    return out
    # END SOLUTION


def d_probs(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["probs"], (n, V)."""
    # BEGIN SOLUTION
    # HINT: One line uses probs. Which function does it apply, entry by entry?
    # HINT: The slope of the logarithm is one over its input. Times what came back, of course.
    # HINT: d["logprobs"] divided by the probs of the forward pass.
    return d["logprobs"] / f["probs"]
    # END SOLUTION


def d_counts_sum_inv(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["counts_sum_inv"], (n, 1)."""
    # BEGIN SOLUTION
    # HINT: probs = counts * counts_sum_inv has shapes (n, V) and (n, 1). What did NumPy do before it multiplied?
    # HINT: Two things in one line: a product, so the slope is the other factor, and a column that was copied V times.
    # HINT: The product of counts and d["probs"], summed over axis 1 with keepdims=True.
    return (f["counts"] * d["probs"]).sum(axis=1, keepdims=True)
    # END SOLUTION


def d_counts_sum(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["counts_sum"], (n, 1)."""
    # BEGIN SOLUTION
    # HINT: What is the slope of x ** -1?
    # HINT: "The exponent comes down, the power drops by one": from -1 to -2, with a minus in front.
    # HINT: Minus counts_sum to the power -2, times d["counts_sum_inv"].
    return -(f["counts_sum"] ** -2) * d["counts_sum_inv"]
    # END SOLUTION


def d_counts(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["counts"], (n, V)."""
    # BEGIN SOLUTION
    # HINT: Search the forward pass for every line that has counts on its right-hand side. How many are there?
    # HINT: Two paths. In the product the slope is the other factor. In the row sum every entry of a row counts once, so
    #   the gradient of the sum is handed to each of them.
    # HINT: counts_sum_inv times d["probs"], plus d["counts_sum"]; the second is (n, 1) and copies itself along the row.
    return f["counts_sum_inv"] * d["probs"] + d["counts_sum"]
    # END SOLUTION


def d_norm_logits(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["norm_logits"], (n, V)."""
    # BEGIN SOLUTION
    # HINT: counts = exp(norm_logits). You have written this one in section 4.
    # HINT: The slope of exp is its own output, and the output has a name here.
    # HINT: counts times d["counts"].
    return f["counts"] * d["counts"]
    # END SOLUTION


def d_logit_maxes(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["logit_maxes"], (n, 1)."""
    # BEGIN SOLUTION
    # HINT: norm_logits = logits - logit_maxes. What sign does the second one have, and how many columns did it go to?
    # HINT: A copied column: sum along the row. A subtracted one: minus.
    # HINT: Minus the sum of d["norm_logits"] over axis 1, keepdims=True.
    return -d["norm_logits"].sum(axis=1, keepdims=True)
    # END SOLUTION


def d_logits(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["logits"], (n, V). Where a row has its maximum several times, the first one counts."""
    # BEGIN SOLUTION
    # HINT: Two lines use logits. One is a subtraction. What does the other one, max, do with the entries that are not
    #   the largest?
    # HINT: The first path hands d["norm_logits"] on as it is. On the second, only the largest entry of each row decides
    #   the maximum, so the gradient of the maximum goes there alone. argmax names the first one of equals.
    # HINT: Copy d["norm_logits"], then add d["logit_maxes"][:, 0] at the places [np.arange(n), argmax of each row]. A
    #   copy, since += would change d otherwise.
    out = d["norm_logits"].copy()
    out[np.arange(len(out)), f["logits"].argmax(axis=1)] += d["logit_maxes"][:, 0]
    return out
    # END SOLUTION


# %% [markdown]
# ### The second linear layer and the tanh
#
# Old acquaintances, from sections 3 and 4. You may call what you wrote there or write the lines again.


# %%
def d_h(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["h"], (n, H)."""
    # BEGIN SOLUTION
    # HINT: logits = h @ W2 + b2. Each hidden number goes into all V logits of its row.
    # HINT: Collect over the V columns: a matrix product with W2, turned so that V meets V.
    # HINT: d["logits"] times the transpose of W2.
    return d["logits"] @ f["W2"].T
    # END SOLUTION


def d_W2(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["W2"], (H, V)."""
    # BEGIN SOLUTION
    # HINT: A weight is used once in every row. What multiplies it there?
    # HINT: The gradient of a weight matrix is its layer's input, turned, times the gradient of its layer's output.
    # HINT: The transpose of h times d["logits"].
    return f["h"].T @ d["logits"]
    # END SOLUTION


def d_b2(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["b2"], (V,)."""
    # BEGIN SOLUTION
    # HINT: The bias has shape (V,), the logits (n, V). Rule 3.
    # HINT: It was copied to every row; which axis counts the rows?
    # HINT: d["logits"] summed over axis 0. This time the axis goes away: b2 has one axis only.
    return d["logits"].sum(axis=0)
    # END SOLUTION


def d_hpreact(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["hpreact"], (n, H)."""
    # BEGIN SOLUTION
    # HINT: h = tanh(hpreact), and h is in f.
    # HINT: One minus the square of the output, times what came back.
    # HINT: Call tanh_backward with d["h"] and the h of the forward pass, or write the product.
    return (1.0 - f["h"] ** 2) * d["h"]
    # END SOLUTION


# %% [markdown]
# ### BatchNorm
#
# The heart of the exercise. Go slowly, one line at a time, and draw the arrows: `bndiff` is used twice, and so is
# `hprebn`. Watch the axes: here the batch is what is summed over, axis 0.


# %%
def d_bngain(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bngain"], (1, H)."""
    # BEGIN SOLUTION
    # HINT: hpreact = bngain * bnraw + bnbias, with bngain of shape (1, H). A product and a copy.
    # HINT: The other factor is bnraw. The copies ran over the rows.
    # HINT: bnraw times d["hpreact"], summed over axis 0 with keepdims=True.
    return (f["bnraw"] * d["hpreact"]).sum(axis=0, keepdims=True)
    # END SOLUTION


def d_bnbias(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnbias"], (1, H)."""
    # BEGIN SOLUTION
    # HINT: A bias, as b2. But look at its shape.
    # HINT: Sum over the rows, and let the axis stay with size 1.
    # HINT: d["hpreact"] summed over axis 0, keepdims=True.
    return d["hpreact"].sum(axis=0, keepdims=True)
    # END SOLUTION


def d_bnraw(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnraw"], (n, H)."""
    # BEGIN SOLUTION
    # HINT: What multiplies bnraw?
    # HINT: bnraw has the full shape, so nothing was copied and nothing is summed.
    # HINT: bngain times d["hpreact"].
    return f["bngain"] * d["hpreact"]
    # END SOLUTION


def d_bnvar_inv(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnvar_inv"], (1, H)."""
    # BEGIN SOLUTION
    # HINT: bnraw = bndiff * bnvar_inv: one factor has n rows, the other has one.
    # HINT: The slope is the other factor, bndiff; then undo the copying.
    # HINT: bndiff times d["bnraw"], summed over axis 0, keepdims=True.
    return (f["bndiff"] * d["bnraw"]).sum(axis=0, keepdims=True)
    # END SOLUTION


def d_bnvar(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnvar"], (1, H)."""
    # BEGIN SOLUTION
    # HINT: bnvar_inv = (bnvar + EPS) ** -0.5. The power rule once more.
    # HINT: The exponent comes down: -0.5. The power drops by one: -1.5. EPS stays inside.
    # HINT: -0.5 times (bnvar + EPS) to the power -1.5, times d["bnvar_inv"].
    return -0.5 * (f["bnvar"] + EPS) ** -1.5 * d["bnvar_inv"]
    # END SOLUTION


def d_bndiff2(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bndiff2"], (n, H)."""
    # BEGIN SOLUTION
    # HINT: A sum over the rows, forward. What is a sum, backward?
    # HINT: Each of the n rows gets a copy of the gradient of the sum, and the sum was divided by something: look what.
    # HINT: d["bnvar"] / (n - 1) has shape (1, H); make it (n, H) by multiplying with np.ones_like(f["bndiff2"]).
    return np.ones_like(f["bndiff2"]) * d["bnvar"] / (len(f["bndiff2"]) - 1)
    # END SOLUTION


def d_bndiff(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bndiff"], (n, H)."""
    # BEGIN SOLUTION
    # HINT: How many lines have bndiff on their right-hand side?
    # HINT: In bnraw it is multiplied by bnvar_inv. In bndiff2 it is squared, and the slope of a square is twice the
    #   number.
    # HINT: bnvar_inv times d["bnraw"], plus 2 times bndiff times d["bndiff2"].
    return f["bnvar_inv"] * d["bnraw"] + 2.0 * f["bndiff"] * d["bndiff2"]
    # END SOLUTION


def d_bnmeani(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["bnmeani"], (1, H)."""
    # BEGIN SOLUTION
    # HINT: bndiff = hprebn - bnmeani. Sign? Copies?
    # HINT: Minus, summed over the rows, and the shape of bnmeani is (1, H), not (H,).
    # HINT: Minus the sum of d["bndiff"] over axis 0, keepdims=True.
    return -d["bndiff"].sum(axis=0, keepdims=True)
    # END SOLUTION


def d_hprebn(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["hprebn"], (n, H)."""
    # BEGIN SOLUTION
    # HINT: hprebn goes into bndiff directly, and once more by way of the mean.
    # HINT: The direct path has slope 1. On the other one, each row is 1/n of the mean.
    # HINT: d["bndiff"] plus d["bnmeani"] / n; the second copies itself to every row.
    return d["bndiff"] + d["bnmeani"] / len(d["bndiff"])
    # END SOLUTION


# %% [markdown]
# ### The first linear layer and the embedding
#
# Indexing is copying, too: `C[Xb]` hands out row 5 of `C` as often as the token 5 occurs. So rule 3 once more.


# %%
def d_embcat(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["embcat"], (n, K * E)."""
    # BEGIN SOLUTION
    # HINT: The same question as for h.
    # HINT: The input of a linear layer gets the gradient of the output times the turned weights.
    # HINT: d["hprebn"] times the transpose of W1.
    return d["hprebn"] @ f["W1"].T
    # END SOLUTION


def d_W1(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["W1"], (K * E, H)."""
    # BEGIN SOLUTION
    # HINT: What is the input of this layer?
    # HINT: The layer's input, turned, times the gradient of the layer's output.
    # HINT: The transpose of embcat times d["hprebn"].
    return f["embcat"].T @ d["hprebn"]
    # END SOLUTION


def d_b1(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["b1"], (H,)."""
    # BEGIN SOLUTION
    # HINT: Which line adds b1, and what is the name of its result?
    # HINT: A bias gets the sum over the rows of the gradient of the line that adds it. In the real chain that sum is
    #   almost zero here; why?
    # HINT: d["hprebn"] summed over axis 0.
    return d["hprebn"].sum(axis=0)
    # END SOLUTION


def d_emb(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["emb"], (n, K, E)."""
    # BEGIN SOLUTION
    # HINT: reshape moves no number; it only counts them differently.
    # HINT: So backward the same numbers get their old shape back.
    # HINT: Reshape d["embcat"] to the shape of emb.
    return d["embcat"].reshape(f["emb"].shape)
    # END SOLUTION


def d_C(f: Values, d: dict[str, Array]) -> Array:
    """Return the gradient of f["C"], (V, E): rows of tokens that do not occur in the batch are zero."""
    # BEGIN SOLUTION
    # HINT: The letter a stands in many places of a batch, and each place has its own gradient. What does the one row of
    #   C that they all came from get?
    # HINT: Start from zeros and add d["emb"][r, k] to row Xb[r, k]. Beware of dC[Xb] += ...: where an index occurs
    #   twice, NumPy adds once.
    # HINT: np.add.at(array, indices, values) adds every time an index occurs. Or two plain loops; this one is not
    #   timed.
    out = np.zeros_like(f["C"])
    np.add.at(out, f["Xb"], d["emb"])
    return out
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Per row: what the model believes, minus what is true. What does "true" look like as a row of V numbers?
    # HINT: Softmax row by row (take off the row's maximum first), subtract 1 at the target of every row that counts,
    #   set ignored rows to zero, divide by how many rows count. That number is a mean's n, and it is not always len.
    # HINT: counted = targets != ignore_index, rows = np.flatnonzero(counted); p[rows, targets[rows]] gets 1 less, and
    #   p[~counted] becomes 0. Divide by int(counted.sum()): a NumPy integer would turn float32 into float64.
    counted = targets != ignore_index
    rows = np.flatnonzero(counted)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[rows, targets[rows]] -= 1
    p[~counted] = 0
    return p / len(rows)
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Three paths lead from x to out: directly, by way of the mean, by way of the variance. dgamma and dbeta are
    #   the easy part: compute them first, they turn up again in dx.
    # HINT: dx = gamma / sqrt(var + eps) times (dout, minus its mean over the batch, minus xhat times something). The
    #   something is one number a column: how much dout points along xhat.
    # HINT: With m = n - 1 or n, whichever the variance used: the something is the sum of dout * xhat over the batch,
    #   divided by m, and the sum is your dgamma. The mean before it is a plain one: dbeta / n.
    n = len(x)
    m = n - 1 if unbiased else n
    diff = x - x.mean(axis=0, keepdims=True)
    inv = ((diff**2).sum(axis=0, keepdims=True) / m + eps) ** -0.5
    xhat = diff * inv
    dbeta = dout.sum(axis=0, keepdims=True)
    dgamma = (dout * xhat).sum(axis=0, keepdims=True)
    dx = gamma * inv * (dout - dbeta / n - xhat * dgamma / m)
    return dx, dgamma, dbeta
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Which rows of demb belong to token 5? All those where X is 5. What becomes of them?
    # HINT: There is a function that adds again each time an index repeats: np.add.at. Another way: a table of zeros and
    #   ones, one row a place and one column a token, turned and multiplied with demb.
    # HINT: dC = zeros of shape (vocab_size, E) in demb's dtype; np.add.at takes dC, the indices X and the values demb,
    #   and changes dC.
    dC = np.zeros((vocab_size, demb.shape[-1]), dtype=demb.dtype)
    np.add.at(dC, X, demb)
    return dC
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Write the forward pass in a column, one line a layer. The backward pass is the same column from below.
    # HINT: cross-entropy, linear, tanh, BatchNorm, linear, reshape, embedding. Each backward function takes the
    #   gradient that the one before returned and the value that entered the layer on the way forward.
    # HINT: Begin with f = forward(params, Xb, Yb) and the gradient of f["logits"]. The second linear layer saw f["h"],
    #   the first one f["embcat"], BatchNorm f["hprebn"]. Before the embedding, reshape to the shape of f["emb"].
    f = forward(params, Xb, Yb)
    dlogits = cross_entropy_backward(f["logits"], Yb)
    dh, dW2, db2 = linear_backward(dlogits, f["h"], params["W2"])
    dhpreact = tanh_backward(dh, f["h"])
    dhprebn, dbngain, dbnbias = batchnorm_backward(dhpreact, f["hprebn"], params["bngain"], EPS)
    dembcat, dW1, db1 = linear_backward(dhprebn, f["embcat"], params["W1"])
    dC = embedding_backward(dembcat.reshape(f["emb"].shape), Xb, len(params["C"]))
    grads = {"C": dC, "W1": dW1, "b1": db1, "bngain": dbngain, "bnbias": dbnbias, "W2": dW2, "b2": db2}
    return float(f["loss"]), grads
    # END SOLUTION


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
    # BEGIN SOLUTION
    # HINT: Which of the things that belong to a step use the old parameters? All but one, and that one comes last.
    # HINT: A step: rows of the batch, loss and gradients from mlp_backward, mean and variance of the batch from
    #   forward, then the update of every parameter by minus the learning rate times its gradient.
    # HINT: Loop with enumerate(batches). For the averages, f = forward(...) of the same batch has "bnmeani" and
    #   "bnvar". Ask lr_fn(step) once, then go through the gradients by name and change params[name] in place.
    losses = []
    for step, rows in enumerate(batches):
        loss, grads = mlp_backward(params, X[rows], Y[rows])
        losses.append(loss)
        f = forward(params, X[rows], Y[rows])
        for name, new in (("mean", f["bnmeani"]), ("var", f["bnvar"])):
            running[name] = (1 - momentum) * running[name] + momentum * new
        lr = lr_fn(step)
        for name, grad in grads.items():
            params[name] -= lr * grad
    return losses
    # END SOLUTION


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
