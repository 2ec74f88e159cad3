# %% [markdown]
# # llm.c in NumPy: a whole transformer, forward and backward, by hand
#
# In 2024 Andrej Karpathy wrote GPT-2 once more, this time without a framework: `train_gpt2.c`, about a thousand lines
# of C that train the model, and nothing below them but a compiler. There is no autograd in it. For every function
# that goes forward there is one that comes back, and a long function at the end calls them in reverse. That is this
# unit, with NumPy in the place of the loops. When you are done, you have trained a transformer in which there is no
# line that you did not write, and ten of its steps are equal to torch's in eight digits.
#
# It is less than it sounds. A transformer has *six* kinds of layers. You write each of them twice, forward and
# backward, each for itself, on small arrays; then two functions put them together. The exercises say after each step
# whether it is right, so at the end nothing is left to search for.
#
# **The rule of a backward function.** It is given `dout`, the gradient of the loss in what the layer returned, and
# what the layer had seen. It returns the gradient of the loss in everything that went in. `dx` has the shape of `x`,
# always. What was used twice gets two contributions, and they *add up*.
#
# **The words for the sizes**, as in llm.c:
#
#     B   sequences in a batch          V    tokens in the vocabulary
#     T   tokens in a sequence          Vp   V, rounded up (padded)
#     C   numbers for a token           L    blocks (layers)
#     NH  heads                         hs   numbers a head has, C / NH
#     OC  outputs of a matrix product   maxT the longest sequence there can be
#
# **Where sources disagree**, this unit does as llm.c does:
#
# * A weight has the shape (out, in), and a layer is `x @ w.T + b`. So has torch's `nn.Linear`; units 04 and 12 have
#   (in, out).
# * GELU is the tanh approximation (`approximate="tanh"` in torch), as in GPT-2. The other one is made with erf.
# * LayerNorm divides the variance by C, and eps stands inside the root.
# * The head is *tied*: the table that turns tokens into vectors turns vectors into scores for tokens, too. The GPT of
#   unit 08 has a head of its own.
# * Weight decay acts on *every* tensor. nanoGPT leaves out biases and LayerNorms.
# * llm.c's functions add into gradients that somebody has set to zero. Here the small ones return new arrays, since
#   that is easier to test; two of them add in place and say so.
#
# **Tools.** NumPy. Nothing here differentiates for you.
#
# **Edges.** Some promises go beyond llm.c. A docstring names them after the word *Edges*; they have points and stop
# nobody. Two come back everywhere: arguments stay as they are, and float32 stays float32.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u13`. Before you
# write a backward function, write down the forward one for a *single* row, and ask where each of its inputs went.
# Stuck? `grade hint` gives one nudge at a time.
#
# After llm.c by Andrej Karpathy: `train_gpt2.c`, `test_gpt2.c`, and `doc/layernorm/layernorm.md`, which derives one
# layer in full. Text, code and checks here are our own.

# %%
"""Unit 13: GPT-2 in NumPy after llm.c, its backward pass by hand, and ten steps of AdamW that agree with torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Tensors = dict[str, Any]  # arrays by their names in llm.c

# %% [markdown]
# ## 1. The encoder
#
# The first layer reads no numbers but *ids*. Each token fetches a row of `wte`, each position a row of `wpe`, and the
# two are added. That is all a transformer ever learns of the order of words.
#
# Forward, rows are copied: a token that stands at three places is copied three times. So backward its row receives
# *three* gradients, and their sum is right. Here lies the trap of NumPy: `dwte[inp] += dout` reads all rows, adds, and
# writes all rows. A row that was read three times is written three times, and only the last one counts.
#
# And one more thing. `wte` will be used at the other end of the model again, as its head. By the time the encoder's
# gradient arrives there are numbers in `dwte` already. They have to stay. So `encoder_backward` *adds* to the arrays
# that it is given, as all of llm.c does.


# %%
def encoder_forward(inp: Array, wte: Array, wpe: Array) -> Array:
    """Return token vectors plus position vectors (llm.c: `encoder_forward`).

    Args:
        inp: (B, T) integers, token ids.
        wte: (Vp, C), a row a token.
        wpe: (maxT, C), a row a position; T is at most maxT.

    Returns:
        (B, T, C). Position t of every sequence gets row t of wpe.

    Edges: a new array; the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: What is the vector of the token 5 at position 2? Two rows, one of each table.
    # HINT: An array of ids as an index fetches all rows at once, whatever the shape of the ids.
    # HINT: Index wte with the whole of inp: (B, T, C). Of wpe you need the first T rows: (T, C), and NumPy copies them
    #   to all sequences when you add.
    return wte[inp] + wpe[: inp.shape[1]]
    # END SOLUTION


# %%
def encoder_backward(dout: Array, inp: Array, dwte: Array, dwpe: Array) -> None:
    """Add the gradients of both tables to dwte and dwpe, in place.

    Args:
        dout: (B, T, C), the gradient of what encoder_forward returned.
        inp: (B, T) token ids, with repeats.
        dwte: (Vp, C); what is in there stays, and the new gradient is added.
        dwpe: (maxT, C), likewise; rows from T on receive nothing.

    Edges: dout and inp stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Position 0 of wpe was copied to B sequences, token 5 to every place where it stands. What does each receive?
    # HINT: For the positions a sum over the batch is enough. For the tokens you need something that adds again where an
    #   index repeats.
    # HINT: numpy.add.at takes the table, the ids and what is to be added. For wpe, sum dout over axis 0 and add it to
    #   the first T rows.
    np.add.at(dwte, inp, dout)
    dwpe[: inp.shape[1]] += dout.sum(axis=0)
    # END SOLUTION


# %% [markdown]
# ## 2. LayerNorm
#
# Every vector of C numbers is moved to mean 0 and stretched to variance 1, on its own, and then gets a learned size
# and a learned shift:
#
#     mean = average of x over C                  (B, T)
#     var  = average of (x - mean) ** 2 over C    (B, T), divided by C, not by C - 1
#     rstd = 1 / sqrt(var + eps)                  (B, T), "reciprocal standard deviation"
#     norm = (x - mean) * rstd                    (B, T, C)
#     out  = norm * w + b                         (B, T, C)
#
# The way back needs mean and rstd, so the forward function hands them out. `norm` could be kept, too, but it is as
# large as x and takes one line to compute again: llm.c keeps two numbers a row instead of C. The same bargain, at
# large, is called gradient checkpointing.
#
# **Backward.** `w` and `b` were copied to all B * T rows: sums over these. For x, go step by step. `dnorm = dout *
# w`. If mean and rstd were constants, `dx = dnorm * rstd`, and that would be it. But each of the C numbers moves the
# mean of its row and the variance of its row, and so all of its neighbours. Two corrections:
#
#     dx = rstd * (dnorm  -  average of dnorm  -  norm * average of (dnorm * norm))
#
# with averages over C, one a row. There is a way to see that it must be so. Shift a row by a constant: the output
# does not move at all, so the entries of dx must add up to 0 in each row. Stretch a row: the output (nearly) does not
# move, so dx must have nothing in the direction of `norm`. What the formula does is take these two parts out of
# `dnorm`. `layernorm.md` in llm.c has the page of algebra.


# %%
def layernorm_forward(x: Array, w: Array, b: Array, eps: float = 1e-5) -> tuple[Array, Array, Array]:
    """Return LayerNorm over the last axis, and what the way back needs (llm.c: `layernorm_forward`).

    Args:
        x: (B, T, C).
        w: (C,), the size.
        b: (C,), the shift.
        eps: stands inside the root.

    Returns:
        out (B, T, C), mean (B, T), rstd (B, T), where rstd is 1 / sqrt(var + eps).

    Edges: another eps. The arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Which numbers share a mean? Those of one token; another token of the same sequence has its own.
    # HINT: Averages over the last axis. Keep that axis while you compute with them, so that they fit x, and drop it
    #   from what you return.
    # HINT: mean with keepdims=True, (B, T, 1); the variance is the mean of the squared differences; rstd from it with
    #   eps inside the root. Return mean[..., 0] and rstd[..., 0].
    mean = x.mean(axis=-1, keepdims=True)
    rstd = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt(rstd + eps)
    return (x - mean) * rstd * w + b, mean[..., 0], rstd[..., 0]
    # END SOLUTION


# %%
def layernorm_backward(dout: Array, x: Array, w: Array, mean: Array, rstd: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of LayerNorm.

    Args:
        dout: (B, T, C), the gradient of out.
        x: (B, T, C), what went in.
        w: (C,).
        mean: (B, T), as layernorm_forward returned it.
        rstd: (B, T), likewise.

    Returns:
        dx (B, T, C), dw (C,), db (C,).

    Edges: the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Begin with what the forward pass did not keep: norm. With it, dw and db are one line each. Then three paths
    #   lead from x to out: directly, by the mean, by the variance.
    # HINT: dnorm is dout times w. Take from it its own average over C, and norm times the average of dnorm * norm;
    #   both averages are one number a row. rstd multiplies all three terms, once.
    # HINT: Give mean and rstd a last axis of size 1. dw sums dout * norm over B and T, db sums dout. For dx use mean
    #   over axis -1 with keepdims=True, twice.
    norm = (x - mean[..., None]) * rstd[..., None]
    dnorm = dout * w
    both = dnorm.mean(axis=-1, keepdims=True) + norm * (dnorm * norm).mean(axis=-1, keepdims=True)
    return (dnorm - both) * rstd[..., None], (dout * norm).sum(axis=(0, 1)), dout.sum(axis=(0, 1))
    # END SOLUTION


# %% [markdown]
# ## 3. The matrix product
#
# Nearly all of the time and nearly all of the parameters of a transformer are here. A weight has the shape (OC, C):
# row o holds what output o takes from each of the C inputs. So
#
#     out[b, t, o] = sum over c of x[b, t, c] * w[o, c]   + b[o]
#
# Read the backward pass off this line. `x[b, t, c]` was used for every o; `w[o, c]` for every b and t; `b[o]`, too.
# Whatever an input was used for, that is summed over. If you forget which matrix to transpose: the shapes tell you,
# unless C and OC are equal. So do not guess on square ones.


# %%
def matmul_forward(x: Array, w: Array, b: Array | None) -> Array:
    """Return x @ w.T + b (llm.c: `matmul_forward`).

    Args:
        x: (B, T, C).
        w: (OC, C), a row an output.
        b: (OC,), or None for no bias.

    Returns:
        (B, T, OC).

    Edges: the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Which axis of x and which axis of w are multiplied and summed? Both have C numbers.
    # HINT: NumPy's @ sums over the last axis of the left and the first axis of a right matrix. Yours is stored the
    #   other way round.
    # HINT: Turn w over with .T; add b where it is not None.
    out = x @ w.T
    return out if b is None else out + b
    # END SOLUTION


# %%
def matmul_backward(dout: Array, x: Array, w: Array) -> tuple[Array, Array, Array]:
    """Return the gradients of x, w and b.

    Args:
        dout: (B, T, OC), the gradient of the output.
        x: (B, T, C), what went in.
        w: (OC, C).

    Returns:
        dx (B, T, C), dw (OC, C), db (OC,). Where there was no bias, nobody looks at db.

    Edges: the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Write out[b,t,o] = sum over c of x[b,t,c] * w[o,c] + b[o] on paper. For each of x, w and b: which letters
    #   does it not have? Over those you sum.
    # HINT: dx sums over o: dout times w as it is stored. dw sums over b and t, db too. dw has the shape of w, (OC, C).
    # HINT: For dw lay the batch out flat, one row a token: dout as (B*T, OC), turned over, times x as (B*T, C). Or
    #   numpy.einsum with "bto,btc->oc".
    rows = dout.reshape(-1, dout.shape[-1])
    return dout @ w, rows.T @ x.reshape(-1, x.shape[-1]), rows.sum(axis=0)
    # END SOLUTION


# %% [markdown]
# ## 4. Attention
#
# The one layer in which tokens see each other. What comes in has 3C numbers a token: its query, its key and its
# value, side by side in this order, made by one matrix product before. Each is split into NH heads of hs = C / NH
# numbers, and each head works for itself:
#
#     preatt[t, u] = q[t] . k[u] / sqrt(hs)        for u <= t only: nobody sees the future
#     att[t]       = softmax of preatt[t] over u <= t; 0 for u > t
#     out[t]       = sum over u of att[t, u] * v[u]
#
# Four dimensions, and the way to hold them is (B, NH, T, hs): then `@` does the right thing for all sequences and all
# heads at once. From (B, T, 3C) one comes there by a reshape to (B, T, 3, NH, hs) and a *transpose*. A reshape alone
# would mix tokens with heads, and no shape would tell.
#
# **Backward**, line by line, from below:
#
#     datt = dout @ v^T          dv = att^T @ dout
#     dpreatt = att * (datt - sum over u of att * datt)
#     dq = dpreatt @ k / sqrt(hs)         dk = dpreatt^T @ q / sqrt(hs)
#
# Look at the two transposes: a *query* row t collects what it asked of earlier tokens; a *key* at u collects from all
# *later* tokens that looked at it. The middle line is the softmax. All weights of a row add up to 1, so when one
# rises the others fall; that is the sum that is taken off. Where the mask was, att is 0, and so dpreatt is 0 by
# itself.
#
# llm.c looks for the largest score of a row starting from -10000. Scores that are all below that come out as zeros. You
# can start from the row itself.


# %%
def attention_forward(inp: Array, NH: int) -> tuple[Array, Array, Array]:
    """Return causal multi-head attention (llm.c: `attention_forward`).

    Args:
        inp: (B, T, 3C): in the last axis first all queries, then all keys, then all values. Within each of them, head
            0 has the first hs numbers, head 1 the next, and so on.
        NH: how many heads; divides C.

    Returns:
        out (B, T, C), the heads side by side again; preatt (B, NH, T, T), the scaled scores, of which only those with
        u <= t count (what stands above the diagonal is up to you); att (B, NH, T, T), each row a distribution over u
        <= t, exactly 0 above the diagonal.

    Scores of 1000 and of -1000 are no problem. Edges: scores of a row may all be below -10000. inp stays as it is, and
    float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Draw the T x T table of one head of one sequence. Which entries exist, and what do the entries of a row add
    #   up to?
    # HINT: Split the last axis into 3, NH and hs, and bring the axes into the order 3, B, NH, T, hs. Then scores, mask,
    #   softmax and the weighted sum of v are a line each. At the end the heads go back beside each other.
    # HINT: Fill what is above the diagonal (numpy.triu with k=1, or a comparison of two aranges) with -inf, take off
    #   the row's maximum, exp, divide by the row's sum. out is att @ v, its axes 1 and 2 exchanged, then reshaped to
    #   (B, T, C).
    B, T, C3 = inp.shape
    q, k, v = inp.reshape(B, T, 3, NH, C3 // (3 * NH)).transpose(2, 0, 3, 1, 4)
    preatt = q @ k.swapaxes(2, 3) / q.shape[-1] ** 0.5
    seen = np.where(np.tri(T) > 0, preatt, -np.inf)
    att = np.exp(seen - seen.max(axis=-1, keepdims=True))
    att /= att.sum(axis=-1, keepdims=True)
    return (att @ v).swapaxes(1, 2).reshape(B, T, C3 // 3), preatt, att
    # END SOLUTION


# %%
def attention_backward(dout: Array, inp: Array, att: Array, NH: int) -> Array:
    """Return the gradient of attention in its input.

    Args:
        dout: (B, T, C), the gradient of out.
        inp: (B, T, 3C), what went in: queries, keys, values.
        att: (B, NH, T, T), as attention_forward returned it.
        NH: how many heads.

    Returns:
        dinp (B, T, 3C), laid out like inp.

    Edges: the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Bring dout into the layout that the heads had, (B, NH, T, hs). Then walk the forward lines from the last one
    #   to the first: weighted sum, softmax, scores.
    # HINT: From out = att @ v you get datt and dv. From the softmax of a row: att times (datt minus the sum of
    #   att * datt over the row). From the scores: dq and dk, both with the scale; dk needs the table turned over.
    # HINT: Put dq, dk and dv into an array of the layout (B, T, 3, NH, hs): stack them in front, give the axes the
    #   inverse of the order that you used for splitting, and reshape to the shape of inp.
    B, T, C3 = inp.shape
    split = (B, T, 3, NH, C3 // (3 * NH))
    q, k, v = inp.reshape(split).transpose(2, 0, 3, 1, 4)
    dheads = dout.reshape(B, T, NH, split[-1]).swapaxes(1, 2)
    datt = dheads @ v.swapaxes(2, 3)
    dpreatt = att * (datt - (att * datt).sum(axis=-1, keepdims=True)) / split[-1] ** 0.5
    parts = np.stack([dpreatt @ k, dpreatt.swapaxes(2, 3) @ q, att.swapaxes(2, 3) @ dheads])
    return parts.transpose(1, 3, 0, 2, 4).reshape(inp.shape)
    # END SOLUTION


# %% [markdown]
# ## 5. GELU, and the residual stream
#
# GELU lets large numbers through, stops very negative ones, and is smooth in between. GPT-2 has the approximation
#
#     u   = sqrt(2 / pi) * (x + 0.044715 * x**3)
#     out = 0.5 * x * (1 + tanh(u))
#
# x occurs twice, in front and inside of tanh: a product, so the slope has two terms. The slope of tanh can be written
# in two ways, `1 / cosh(u)**2` as in llm.c, and `1 - tanh(u)**2`. They are equal on paper. In a computer, cosh of a
# large number is infinite, and NumPy warns. (llm.c has a remark of its own there: a compiler that reorders
# floating-point arithmetic turned this very function into nan.)
#
# **The residual stream.** Between the layers runs a vector for each token, and every layer only *adds* to it:
# `out = stream + layer(stream)`. An addition hands its gradient to both summands, whole, not halves. This is the
# motorway that lets gradients reach the first block of a deep model. In code mind one thing: both get the same
# *numbers*, but if both get the same *array*, whoever adds to the one in place changes the other.


# %%
def gelu_forward(x: Array) -> Array:
    """Return GELU with tanh of each entry (llm.c: `gelu_forward`).

    Args:
        x: any shape.

    Returns:
        An array of this shape.

    Edges: x stays as it is, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: What is the output at 0, far out on the right, and far out on the left?
    # HINT: First what goes into tanh, the cube included; then half of x times one plus the tanh.
    # HINT: Write the two lines of the text above. For the constant take a Python number, (2 / pi) ** 0.5; and x * x * x
    #   is many times faster than x**3.
    u = (2 / np.pi) ** 0.5 * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + np.tanh(u))
    # END SOLUTION


# %%
def gelu_backward(x: Array, dout: Array) -> Array:
    """Return the gradient of GELU in its input (llm.c: `gelu_backward`).

    Args:
        x: any shape, what went in.
        dout: of the same shape, the gradient of what came out.

    Returns:
        An array of this shape.

    Edges: x of 50 or -50 gives no warning: nothing overflows on the way. The arguments stay as they are, and float32
    stays float32.
    """
    # BEGIN SOLUTION
    # HINT: out is a product of two functions of x. What is the rule for the slope of a product?
    # HINT: One term is half of (1 + tanh(u)). The other is half of x, times the slope of tanh at u, times the slope
    #   of u.
    # HINT: With t = tanh(u): the slope of tanh is 1 - t * t, which cannot overflow. The slope of u is
    #   sqrt(2/pi) times (1 + 3 * 0.044715 * x squared). Multiply the sum of both terms with dout.
    scale = (2 / np.pi) ** 0.5
    t = np.tanh(scale * (x + 0.044715 * x * x * x))
    slope = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * scale * (1 + 3 * 0.044715 * x * x)
    return dout * slope
    # END SOLUTION


# %%
def residual_backward(dout: Array) -> tuple[Array, Array]:
    """Return the gradients of both summands of an addition (llm.c: `residual_backward`).

    Args:
        dout: any shape, the gradient of the sum.

    Returns:
        Two arrays of this shape.

    Edges: adding to one of them in place changes neither the other nor dout.
    """
    # BEGIN SOLUTION
    # HINT: Move one summand by 0.1. By how much does the sum move?
    # HINT: The slope of a + b in a is 1, and in b it is 1 as well.
    # HINT: Both get all of dout: as copies, so that nobody writes into somebody else's array.
    return dout.copy(), dout.copy()
    # END SOLUTION


# %% [markdown]
# ## 6. Softmax and cross-entropy, with a padded vocabulary
#
# GPT-2 has 50257 tokens. That number is nearly prime to everything a processor likes, so llm.c rounds it up to 50304,
# a multiple of 128, and calls it Vp. The 47 columns more belong to no token. They exist in memory and nowhere else:
# their probability is 0 whatever stands in their logits, and their gradient is 0. A softmax over all Vp columns looks
# almost right, and steals a little probability from everybody.
#
# Cross-entropy is `-log` of the probability of the right token, one number a place. The way back through both
# together is short, since nearly everything cancels: probability, minus 1 at the right token, times the gradient of
# that place's loss. If the loss is a mean over B * T places, each place's `dlosses` is 1 / (B * T). It comes in from
# outside, so it must not be divided by once more here.


# %%
def softmax_forward(logits: Array, V: int) -> Array:
    """Return the softmax over the first V columns (llm.c: `softmax_forward`).

    Args:
        logits: (B, T, Vp); what stands in the columns from V on may be anything.
        V: how many tokens there are, at most Vp.

    Returns:
        (B, T, Vp): each row adds up to 1 over the first V columns; the columns from V on are exactly 0.

    Logits of 1000 are no problem. Edges: logits of a row may all be below -10000. The argument stays as it is, and
    float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: What may the padded columns have a part in: the maximum, the sum, the result?
    # HINT: None of it. Compute the softmax of the first V columns, and put it into an array of zeros.
    # HINT: zeros_like(logits); cut the logits at V, take off each row's maximum, exp, divide by each row's sum, and
    #   write the result into the first V columns.
    probs = np.zeros_like(logits)
    real = logits[..., :V]
    counts = np.exp(real - real.max(axis=-1, keepdims=True))
    probs[..., :V] = counts / counts.sum(axis=-1, keepdims=True)
    return probs
    # END SOLUTION


# %%
def crossentropy_forward(probs: Array, targets: Array) -> Array:
    """Return the loss of each place (llm.c: `crossentropy_forward`).

    Args:
        probs: (B, T, Vp).
        targets: (B, T) integers, the right token of each place.

    Returns:
        (B, T): minus the logarithm of the right token's probability.

    Edges: the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: How many of the Vp probabilities of a place have a part in its loss?
    # HINT: One, and targets says which. The result has an axis less.
    # HINT: numpy.take_along_axis with targets[..., None] along the last axis, then drop that axis, then the logarithm.
    return -np.log(np.take_along_axis(probs, targets[..., None], axis=-1)[..., 0])
    # END SOLUTION


# %%
def crossentropy_softmax_backward(dlosses: Array, probs: Array, targets: Array, V: int) -> Array:
    """Return the gradient in the logits, back through loss and softmax (llm.c: the function of this name).

    Args:
        dlosses: (B, T), the gradient in the loss of each place; 1 / (B * T) where the loss is a mean.
        probs: (B, T, Vp), as softmax_forward returned it.
        targets: (B, T) integers below V.
        V: how many tokens there are.

    Returns:
        dlogits (B, T, Vp); the columns from V on are 0.

    Edges: the arguments stay as they are, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: One place: what the model believes, minus what is true. What is true, as a row of V numbers?
    # HINT: A copy of probs, 1 less at the target of each place, and each place times its own dlosses. The padding
    #   stays 0 if it was 0.
    # HINT: Copy, lay it out flat as (B*T, Vp), index with arange and the flat targets, subtract. Multiply with
    #   dlosses[..., None] at the end.
    dlogits = probs.copy()
    flat = dlogits.reshape(-1, probs.shape[-1])
    flat[np.arange(len(flat)), targets.ravel()] -= 1
    return dlogits * dlosses[..., None]
    # END SOLUTION


# %% [markdown]
# ## 7. The whole model, forward
#
# All parameters of GPT-2 are **sixteen tensors**. Those of the blocks are stacked, layer first, so that sixteen is
# enough for any depth: `params["fcw"][l]` is the matrix of block l.
#
#     wte  (Vp, C)    wpe  (maxT, C)
#     ln1w (L, C)     ln1b (L, C)         qkvw (L, 3C, C)     qkvb (L, 3C)
#                                         attprojw (L, C, C)  attprojb (L, C)
#     ln2w (L, C)     ln2b (L, C)         fcw (L, 4C, C)      fcb (L, 4C)
#                                         fcprojw (L, C, 4C)  fcprojb (L, C)
#     lnfw (C,)       lnfb (C,)
#
# With L = 12, C = 768, NH = 12, maxT = 1024 and Vp = 50304 these are 124,475,904 numbers: GPT-2, the small one.
#
# The forward pass, with llm.c's names for everything that it computes:
#
#     encoded   = encoder(inp, wte, wpe)
#     for each block, with residual = encoded for the first, residual3 of the block before for the others:
#         ln1, ln1_mean, ln1_rstd = layernorm(residual, ln1w, ln1b)
#         qkv       = matmul(ln1, qkvw, qkvb)
#         atty, preatt, att = attention(qkv)
#         attproj   = matmul(atty, attprojw, attprojb)
#         residual2 = residual + attproj
#         ln2, ln2_mean, ln2_rstd = layernorm(residual2, ln2w, ln2b)
#         fch       = matmul(ln2, fcw, fcb)
#         fch_gelu  = gelu(fch)
#         fcproj    = matmul(fch_gelu, fcprojw, fcprojb)
#         residual3 = residual2 + fcproj
#     lnf, lnf_mean, lnf_rstd = layernorm(the last residual3, lnfw, lnfb)
#     logits    = matmul(lnf, wte, no bias)
#     probs     = softmax(logits),   losses = crossentropy(probs, targets)
#
# The backward pass needs nearly all of these, *for every block*. So they are kept, by name: `acts["fch"][l]` is what
# block l computed. (That is why training takes so much more memory than using a model.)


# %%
@dataclass(frozen=True)
class GPT2Config:  # GIVEN
    """The sizes of a model, with llm.c's names."""

    max_seq_len: int  # maxT
    vocab_size: int  # V
    padded_vocab_size: int  # Vp
    num_layers: int  # L
    num_heads: int  # NH
    channels: int  # C


BLOCK = (  # GIVEN: the twelve tensors that belong to blocks
    *("ln1w", "ln1b", "qkvw", "qkvb", "attprojw", "attprojb"),
    *("ln2w", "ln2b", "fcw", "fcb", "fcprojw", "fcprojb"),
)


def random_params(cfg: GPT2Config, rng: np.random.Generator) -> Tensors:  # GIVEN
    """Return the sixteen tensors as GPT-2 begins: weights of size 0.02, less where a block adds to the stream."""
    L, C = cfg.num_layers, cfg.channels
    shapes = {
        "wte": (cfg.padded_vocab_size, C),
        "wpe": (cfg.max_seq_len, C),
        "ln1w": (L, C),
        "ln1b": (L, C),
        "qkvw": (L, 3 * C, C),
        "qkvb": (L, 3 * C),
        "attprojw": (L, C, C),
        "attprojb": (L, C),
        "ln2w": (L, C),
        "ln2b": (L, C),
        "fcw": (L, 4 * C, C),
        "fcb": (L, 4 * C),
        "fcprojw": (L, C, 4 * C),
        "fcprojb": (L, C),
        "lnfw": (C,),
        "lnfb": (C,),
    }
    params: Tensors = {}
    for name, shape in shapes.items():
        if name.endswith("b"):
            params[name] = np.zeros(shape)
        elif name.startswith("ln"):
            params[name] = np.ones(shape)
        else:
            size = 0.02 / (2 * L) ** 0.5 if name in ("attprojw", "fcprojw") else 0.02
            params[name] = rng.normal(size=shape) * size
    return params


# %%
def gpt2_forward(params: Tensors, inp: Array, targets: Array, cfg: GPT2Config) -> tuple[float, Tensors]:
    """Return the mean loss and everything that was computed on the way (llm.c: `gpt2_forward`).

    Args:
        params: the sixteen tensors, by the names above.
        inp: (B, T) token ids; T is at most maxT.
        targets: (B, T) integers, the right next token of each place.
        cfg: the sizes. Only its six fields are read; whatever has them will do.

    Returns:
        The mean of the losses of all places, as a float, and acts: a dict with the 23 names above (encoded, ln1,
        ln1_mean, ln1_rstd, qkv, atty, preatt, att, attproj, residual2, ln2, ln2_mean, ln2_rstd, fch, fch_gelu, fcproj,
        residual3, lnf, lnf_mean, lnf_rstd, logits, probs, losses). Those of the blocks are indexed by the block
        first: an array (L, ...), or a list of L arrays. More names are allowed.

    Edges: params, inp and targets stay as they are; with float32 parameters all of acts is float32.
    """
    # BEGIN SOLUTION
    # HINT: Everything is there; it only has to be called in the right order. What does block l read, and what does the
    #   block after it read?
    # HINT: Keep a variable for the stream. Begin with a list for each name of a block, and append in each block; then
    #   acts["fch"][l] is what block l computed, and no block overwrites another one's.
    # HINT: Go down the list in the text, one line a call, params[name][l] for what belongs to a block. The head is a
    #   matrix product of lnf with wte itself. The loss is the mean of losses, as a Python float.
    acts: Tensors = {"encoded": encoder_forward(inp, params["wte"], params["wpe"])}
    residual = acts["encoded"]
    for layer in range(cfg.num_layers):
        p = {name: params[name][layer] for name in BLOCK}
        ln1, ln1_mean, ln1_rstd = layernorm_forward(residual, p["ln1w"], p["ln1b"])
        qkv = matmul_forward(ln1, p["qkvw"], p["qkvb"])
        atty, preatt, att = attention_forward(qkv, cfg.num_heads)
        attproj = matmul_forward(atty, p["attprojw"], p["attprojb"])
        residual2 = residual + attproj
        ln2, ln2_mean, ln2_rstd = layernorm_forward(residual2, p["ln2w"], p["ln2b"])
        fch = matmul_forward(ln2, p["fcw"], p["fcb"])
        fch_gelu = gelu_forward(fch)
        fcproj = matmul_forward(fch_gelu, p["fcprojw"], p["fcprojb"])
        residual = residual2 + fcproj
        found = {"ln1": ln1, "ln1_mean": ln1_mean, "ln1_rstd": ln1_rstd, "qkv": qkv, "atty": atty, "preatt": preatt}
        found |= {"att": att, "attproj": attproj, "residual2": residual2, "ln2": ln2, "ln2_mean": ln2_mean}
        found |= {"ln2_rstd": ln2_rstd, "fch": fch, "fch_gelu": fch_gelu, "fcproj": fcproj, "residual3": residual}
        for name, value in found.items():
            acts.setdefault(name, []).append(value)
    acts["lnf"], acts["lnf_mean"], acts["lnf_rstd"] = layernorm_forward(residual, params["lnfw"], params["lnfb"])
    acts["logits"] = matmul_forward(acts["lnf"], params["wte"], None)
    acts["probs"] = softmax_forward(acts["logits"], cfg.vocab_size)
    acts["losses"] = crossentropy_forward(acts["probs"], targets)
    return float(acts["losses"].mean()), acts
    # END SOLUTION


# %% [markdown]
# ## 8. The whole model, backward
#
# Read your forward function from its last line to its first, and write down the partner of each line. There are four
# places at which people fall:
#
# * **The stream forks.** `residual2` goes into ln2 *and* into `residual3`. Its gradient is the sum of what comes back
#   from both. The same holds for the input of each block.
# * **The last block first.** What comes back out of block l is what goes into block l - 1.
# * **ln_f read the last `residual3`**, nothing else of that block.
# * **wte was used twice**, by the head and by the encoder. Both gradients go into the same array.
#
# **One slip, one tensor.** A slip high up makes everything below it wrong, and then sixteen red marks say no more
# than one. So the grader hands you, in `dacts`, gradients of activations that are known to be right. When it asks for
# `fcw`, these are all but the two between the tensors above and this one, `fch_gelu` and `fch`; when it asks for `fcb`,
# all of them. Send each of your own gradients of an activation through `known`: the right one goes on from there, and a
# wrong one costs the one tensor behind it. Whoever ignores `dacts` is judged by the same numbers: who is right
# everywhere needs no help. (In use it is None.)
#
# **A second opinion.** `measured_gradient` nudges an entry and looks at the loss. It is slow, it knows no calculus,
# and it cannot share your mistakes.


# %%
def known(dacts: Tensors | None, name: str, mine: Array, layer: int | None = None) -> Array:  # GIVEN
    """Return the gradient of an activation to go on with: the one in dacts, where there is one, else mine.

    name: of the activation, as in acts; layer: the block that it belongs to, None for encoded, lnf and logits.
    """
    if dacts is None or name not in dacts:
        return mine
    return dacts[name] if layer is None else dacts[name][layer]


def measured_gradient(loss: Callable[[], float], x: Array, h: float = 1e-5) -> Array:  # GIVEN
    """Measure how `loss()` moves with each entry of x, by a central difference; x is put back as it was."""
    grad = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + h
        up = loss()
        x[place] = kept - h
        grad[place], x[place] = (up - loss()) / (2 * h), kept
    return grad


# %%
def gpt2_backward(
    params: Tensors,
    acts: Tensors,
    inp: Array,
    targets: Array,
    cfg: GPT2Config,
    grads: Tensors | None = None,
    dacts: Tensors | None = None,
) -> Tensors:
    """Return the gradient of the mean loss in all sixteen tensors (llm.c: `gpt2_backward`).

    Args:
        params: the sixteen tensors.
        acts: what gpt2_forward returned for these params and this batch.
        inp: (B, T) token ids.
        targets: (B, T) integers.
        cfg: the sizes.
        grads: see the edges.
        dacts: None, or right gradients of some activations by name, as text and `known` say: encoded, qkv, atty,
            attproj, residual2, ln1, ln2, fch, fch_gelu, fcproj, residual3 (those of the blocks stacked, layer first),
            lnf, logits. You may use them or ignore them.

    Returns:
        A dict with the names of params; each gradient has the shape of its tensor. A call depends on its arguments
        alone.

    Edges: grads holds arrays of the sixteen shapes, as from an earlier call: the new gradients are added to these, in
    place, and grads itself comes back (llm.c's way to accumulate over micro batches). params and acts stay as they are;
    float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: Write your forward function in a column on paper, and beside each line its backward partner with what it
    #   needs. Where does an activation occur in two lines? There, two gradients are added.
    # HINT: Zeros in the sixteen shapes; dlosses of 1/(B*T) everywhere; then logits, lnf, and the gradient of the
    #   stream. For the blocks from the last to the first: fcproj, gelu, fc, ln2 and back into the stream, then
    #   attproj, attention, qkv, ln1 and back into the stream. At the end the encoder, which adds to wte and wpe.
    # HINT: Each matmul_backward gives three things: the gradient that goes on, and those that are added to
    #   grads[name][l]. Each layernorm_backward gives the part that is added to the stream. Its inputs are what the
    #   layer saw on the way forward: residual2 for ln2; for ln1 encoded, or residual3 of the block before. Put
    #   known(dacts, name, ..., l) around each gradient of an activation.
    if grads is None:
        grads = {name: np.zeros_like(value) for name, value in params.items()}

    def linear(dout: Array, x: Array, name: str, layer: int) -> Array:
        dx, dw, db = matmul_backward(dout, x, params[f"{name}w"][layer])
        grads[f"{name}w"][layer] += dw
        grads[f"{name}b"][layer] += db
        return dx

    def norm(dout: Array, x: Array, name: str, layer: int) -> Array:
        dx, dw, db = layernorm_backward(
            dout, x, params[f"{name}w"][layer], acts[f"{name}_mean"][layer], acts[f"{name}_rstd"][layer]
        )
        grads[f"{name}w"][layer] += dw
        grads[f"{name}b"][layer] += db
        return dx

    dlosses = np.full(inp.shape, 1 / inp.size, dtype=acts["losses"].dtype)
    dlogits = crossentropy_softmax_backward(dlosses, acts["probs"], targets, cfg.vocab_size)
    dlnf, dwte, _ = matmul_backward(known(dacts, "logits", dlogits), acts["lnf"], params["wte"])
    grads["wte"] += dwte
    last = acts["residual3"][cfg.num_layers - 1]
    dx, dw, db = layernorm_backward(known(dacts, "lnf", dlnf), last, params["lnfw"], acts["lnf_mean"], acts["lnf_rstd"])
    grads["lnfw"] += dw
    grads["lnfb"] += db
    for layer in reversed(range(cfg.num_layers)):
        below = acts["residual3"][layer - 1] if layer else acts["encoded"]
        dresidual = known(dacts, "residual3", dx, layer)
        dskip, dfcproj = residual_backward(dresidual)
        dfch_gelu = linear(known(dacts, "fcproj", dfcproj, layer), acts["fch_gelu"][layer], "fcproj", layer)
        dfch = gelu_backward(acts["fch"][layer], known(dacts, "fch_gelu", dfch_gelu, layer))
        dln2 = linear(known(dacts, "fch", dfch, layer), acts["ln2"][layer], "fc", layer)
        dskip += norm(known(dacts, "ln2", dln2, layer), acts["residual2"][layer], "ln2", layer)
        dskip, dattproj = residual_backward(known(dacts, "residual2", dskip, layer))
        datty = linear(known(dacts, "attproj", dattproj, layer), acts["atty"][layer], "attproj", layer)
        dqkv = attention_backward(
            known(dacts, "atty", datty, layer), acts["qkv"][layer], acts["att"][layer], cfg.num_heads
        )
        dln1 = linear(known(dacts, "qkv", dqkv, layer), acts["ln1"][layer], "qkv", layer)
        dx = dskip + norm(known(dacts, "ln1", dln1, layer), below, "ln1", layer)
    encoder_backward(known(dacts, "encoded", dx), inp, grads["wte"], grads["wpe"])
    return grads
    # END SOLUTION


# %% [markdown]
# Hold it against measured gradients, on a model small enough for that:
#
#     rng = np.random.default_rng(1)
#     cfg = GPT2Config(max_seq_len=5, vocab_size=7, padded_vocab_size=8, num_layers=2, num_heads=2, channels=4)
#     params = {name: rng.normal(size=p.shape) for name, p in random_params(cfg, rng).items()}  # nothing is 0 or 1
#     inp, targets = rng.integers(7, size=(2, 2, 4))
#     loss, acts = gpt2_forward(params, inp, targets, cfg)
#     grads = gpt2_backward(params, acts, inp, targets, cfg)
#     for name, p in params.items():
#         theirs = measured_gradient(lambda: gpt2_forward(params, inp, targets, cfg)[0], p)
#         print(f"{name:9} {np.abs(grads[name] - theirs).max():.1e}")
#
# Every row should show something like 1e-11. llm.c's own test allows 2e-2, since it compares float32 with float32; a
# small term may hide in that.
#
# ## 9. Ten steps
#
# AdamW, as llm.c has it. Each number of each tensor has two companions: m, a slowly moving average of its gradient, and
# v, one of its square:
#
#     m = beta1 * m + (1 - beta1) * grad
#     v = beta2 * v + (1 - beta2) * grad**2
#     m_hat = m / (1 - beta1**t)                 t counts from 1: both begin at zero, and
#     v_hat = v / (1 - beta2**t)                 early on this makes up for it
#     p = p - lr * (m_hat / (sqrt(v_hat) + eps) + weight_decay * p)
#
# The decay is *inside* of the step, so it sees the parameter before the step. Decaying afterwards differs by lr
# squared: nothing to see in a loss, and plainly to see in its eighth digit.
#
# A step of training: forward, gradients from zero, update. llm.c's test takes ten steps on one batch and compares ten
# losses with torch's. So do we, but to eight digits instead of two.


# %%
def gpt2_update(
    params: Tensors,
    grads: Tensors,
    m: Tensors,
    v: Tensors,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    t: int,
) -> None:
    """Take one step of AdamW, with decay on every tensor (llm.c: `gpt2_update`).

    Args:
        params: arrays by name. After the call the dict holds the new ones.
        grads: arrays by the same names.
        m: likewise, zeros before the first step. After the call the dict holds the new averages.
        v: likewise.
        lr: the size of a step.
        beta1: how much of m stays.
        beta2: how much of v stays.
        eps: is added to the root of v_hat.
        weight_decay: how much of p goes into the step.
        t: the number of the step, 1 for the first.

    Edges: grads stays as it is, and float32 stays float32.
    """
    # BEGIN SOLUTION
    # HINT: The five lines of the text are for one number. What changes when p is an array?
    # HINT: Nothing. Go through the names, and put the new m, v and p back under their names.
    # HINT: For each name: the two averages, both divided by 1 minus beta to the power t, the root of the second plus
    #   eps below the first; add the decay of the old p, multiply with lr, and subtract.
    for name, grad in grads.items():
        m[name] = beta1 * m[name] + (1 - beta1) * grad
        v[name] = beta2 * v[name] + (1 - beta2) * grad**2
        m_hat, v_hat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
        step = m_hat / (np.sqrt(v_hat) + eps) + weight_decay * params[name]
        params[name] = params[name] - lr * step
    # END SOLUTION


# %%
def train(
    params: Tensors,
    batches: Sequence[tuple[Array, Array]],
    cfg: GPT2Config,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> list[float]:
    """Train with AdamW, a step a batch.

    Args:
        params: the sixteen tensors. After the call the dict holds the trained ones.
        batches: pairs (inp, targets), each (B, T); B and T may differ from pair to pair. The same pair may come again.
        cfg: the sizes.
        lr: of gpt2_update, where m and v begin at zero.
        beta1: of gpt2_update.
        beta2: of gpt2_update.
        eps: of gpt2_update.
        weight_decay: of gpt2_update.

    Returns:
        One loss a step: that of the step's batch *before* the parameters move.

    Edges: no batch gives no loss, and nothing moves. The batches stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: What lasts from one step to the next? The parameters, m and v, and the number of the step. The gradients
    #   do not.
    # HINT: Zeros for m and v before the loop. In the loop: forward, keep the loss, backward into fresh gradients,
    #   update.
    # HINT: enumerate(batches, start=1) gives t and the pair. gpt2_backward without grads begins from zero by itself.
    m = {name: np.zeros_like(value) for name, value in params.items()}
    v = {name: np.zeros_like(value) for name, value in params.items()}
    losses = []
    for t, (inp, targets) in enumerate(batches, start=1):
        loss, acts = gpt2_forward(params, inp, targets, cfg)
        losses.append(loss)
        grads = gpt2_backward(params, acts, inp, targets, cfg)
        gpt2_update(params, grads, m, v, lr, beta1, beta2, eps, weight_decay, t)
    return losses
    # END SOLUTION


# %% [markdown]
# ### Overfit one batch
#
# The oldest test of a training loop: a model that cannot learn one batch by heart will learn nothing.
#
#     rng = np.random.default_rng(1)
#     cfg = GPT2Config(max_seq_len=16, vocab_size=27, padded_vocab_size=32, num_layers=2, num_heads=4, channels=32)
#     params = random_params(cfg, rng)
#     batch = tuple(rng.integers(27, size=(2, 4, 16)))
#     losses = train(params, [batch] * 100, cfg, lr=1e-2)
#     print(f"{losses[0]:.2f} {losses[9]:.2f} {losses[99]:.2f}")
#
# It prints `3.28 1.68 0.00`. It begins near log(27) = 3.30: the model knows nothing and says so. The batch is noise,
# and in a hundred steps it is learned by heart. `grade run u13` lets your transformer read a text, writes one of its
# own, and holds the time of one of your steps against torch's on the same sizes.
#
# **What is missing to llm.c?** Speed, and nothing else. The same functions, in C with loops, then in CUDA with one
# kernel each, then fused and in bfloat16, reproduce GPT-2. You know now what each of these kernels computes, and you
# have what their authors have: a slow version that is right, to compare with.
