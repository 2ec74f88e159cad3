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
    raise NotImplementedError("TODO: encoder_forward")


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
    raise NotImplementedError("TODO: encoder_backward")


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
    raise NotImplementedError("TODO: layernorm_forward")


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
    raise NotImplementedError("TODO: layernorm_backward")


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
    raise NotImplementedError("TODO: matmul_forward")


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
    raise NotImplementedError("TODO: matmul_backward")


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
    raise NotImplementedError("TODO: attention_forward")


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
    raise NotImplementedError("TODO: attention_backward")


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
    raise NotImplementedError("TODO: gelu_forward")


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
    raise NotImplementedError("TODO: gelu_backward")


# %%
def residual_backward(dout: Array) -> tuple[Array, Array]:
    """Return the gradients of both summands of an addition (llm.c: `residual_backward`).

    Args:
        dout: any shape, the gradient of the sum.

    Returns:
        Two arrays of this shape.

    Edges: adding to one of them in place changes neither the other nor dout.
    """
    raise NotImplementedError("TODO: residual_backward")


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
    raise NotImplementedError("TODO: softmax_forward")


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
    raise NotImplementedError("TODO: crossentropy_forward")


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
    raise NotImplementedError("TODO: crossentropy_softmax_backward")


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
    raise NotImplementedError("TODO: gpt2_forward")


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
    raise NotImplementedError("TODO: gpt2_backward")


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
    raise NotImplementedError("TODO: gpt2_update")


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
    raise NotImplementedError("TODO: train")


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


# %%
# Try things here: `python exercises/u13_llmc.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
