# %% [markdown]
# # WaveNet: a tree over the past
#
# The MLP of unit 03 takes all letters of the context and squeezes them into one hidden layer, in a single step. With
# three letters that is fine. With eight it is rough: whatever is to be known of eight letters has to be known at once.
#
# Go slower. First join neighbours: two letters become a pair. Then join pairs: four letters. Then join those: eight.
# Every step is small, each has a layer of its own, and what is learned of pairs serves all four pairs of the context.
# The picture is a tree. This is the plan of WaveNet (van den Oord and others, 2016), which made sound that way, one
# sample after the other.
#
#     . . . . e m m a     8 letters
#      \/  \/  \/  \/
#      o   o   o   o      4 pairs
#       \ /     \ /
#        o       o        2 fours
#         \     /
#            o            1 eight  ->  what comes next?
#
# In the second half of the unit the same tree is run along a whole sequence at once. Then it has another name: a
# causal convolution, and the gaps between the letters that a layer joins are its dilation.
#
# **Shapes.** `B` examples in a batch, `T` places in a sequence, `C` numbers (channels) for each place, `V` letters.
# Nearly every tensor here is `(B, T, C)`, channels last. torch's own convolution and BatchNorm have the channels in
# the middle, `(B, C, T)`; when you read elsewhere, look which one is meant.
#
# **Tools.** torch, and autograd does the gradients. `F.cross_entropy` is yours to use. What you build here is off
# limits in its finished form: convolutions, `unfold`, and BatchNorm of torch.
#
# **Given.** Units stand alone. `Linear`, `Tanh`, `Embedding` and `Sequential` are here, in the lecture's manner: plain
# classes with `__call__` and `parameters()`. The weights of a `Linear` are `(in, out)`. You may put your own in their
# place.
#
# **Edges.** What goes beyond the lecture stands at the end of a contract, under "Edges". An edge has its points, and
# an exercise is passed without it. Three kinds of edges come again and again, so they are said here, once:
#
# * *Precision.* What comes in float64 is computed in float64, every step of it.
# * *Manners.* Arguments stay as they are.
# * *Randomness.* Where there is a `generator`, all random numbers come from it, and torch's global generator does not
#   move. Without one, the global generator it is.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u06`. Stuck?
# `grade hint` gives one nudge at a time. To try something out, write it at the end of this file, below a line
# `if __name__ == "__main__":`. Running the file runs it; grading does not.
#
# After the lecture "Building makemore Part 5: Building a WaveNet" by Andrej Karpathy; sections name the minutes that
# they belong to. Text, code and checks here are our own.

# %%
"""Unit 06: a hierarchical model of names, and causal dilated convolution."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

# %% [markdown]
# ## 0. What you have already
#
# (Lecture: 9 to 17 min.)
#
# Layers that you know from units 03 and 04, given. A layer is called with a tensor and returns one, and
# `parameters()` lists what is trained. `Sequential` calls one layer after the other; they stand in `model.layers`.
#
# `Linear` and `Tanh` do not care how many axes stand in front: `(B, T, C) @ (C, D)` is `(B, T, D)`. So they work on
# each place of a sequence, on all alike. Without that the tree would need a loop.


# %%
class Linear:  # GIVEN
    """x @ weight + bias, on the last axis. weight is (fan_in, fan_out)."""

    def __init__(self, fan_in: int, fan_out: int, bias: bool = True, generator: torch.Generator | None = None) -> None:
        self.weight = torch.randn(fan_in, fan_out, generator=generator) / math.sqrt(fan_in)
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x: Tensor) -> Tensor:
        """X (..., fan_in). Returns (..., fan_out)."""
        out = x @ self.weight
        return out if self.bias is None else out + self.bias

    def parameters(self) -> list[Tensor]:
        """Return weight, and bias if there is one."""
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class Tanh:  # GIVEN
    """tanh of each number."""

    def __call__(self, x: Tensor) -> Tensor:
        """x: any shape. Returns that shape."""
        return torch.tanh(x)

    def parameters(self) -> list[Tensor]:
        """Return an empty list."""
        return []


class Embedding:  # GIVEN
    """The row of a table for each id. weight, the lecture's C, is (num_embeddings, embedding_dim)."""

    def __init__(self, num_embeddings: int, embedding_dim: int, generator: torch.Generator | None = None) -> None:
        self.weight = torch.randn(num_embeddings, embedding_dim, generator=generator)

    def __call__(self, ids: Tensor) -> Tensor:
        """ids: int64, any shape. Returns (..., embedding_dim)."""
        return self.weight[ids]

    def parameters(self) -> list[Tensor]:
        """Return the table."""
        return [self.weight]


class Sequential:  # GIVEN
    """One layer after the other."""

    def __init__(self, layers: Sequence[Any]) -> None:
        self.layers = list(layers)

    def __call__(self, x: Tensor) -> Tensor:
        """Send x through all layers."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Tensor]:
        """Return the parameters of all layers, in the order of the layers."""
        return [p for layer in self.layers for p in layer.parameters()]


# %% [markdown]
# ## 1. Neighbours side by side
#
# (Lecture: 21 to 37 min.)
#
# To join neighbours, lay their channels side by side. With `n = 2`:
#
#     x[b] =  p0  p1  p2  p3        T = 4 places of C channels
#     out[b] = (p0 p1)  (p2 p3)     2 places of 2 C channels
#
# A `Linear` behind it then sees pairs, and nothing but pairs. No number has to move for that. In memory the channels
# of `p0` are followed by those of `p1`; only the borders between places are drawn anew.
#
# Where one place is left, its axis is of no use any more: `(B, 1, D)` becomes `(B, D)`, which is what a last layer
# and the loss want. Only *that* axis goes. A batch of one example is still a batch.


# %%
class FlattenConsecutive:
    """Joins n neighbouring places: their channels stand side by side."""

    def __init__(self, n: int) -> None:
        """n: how many places become one, at least 1."""
        # BEGIN SOLUTION
        # HINT: What does a call need to know later?
        # HINT: Only n. There is nothing to train here.
        # HINT: One assignment: keep n on self, under the same name.
        self.n = n
        # END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        """Return x (B, T, C) with groups of n places joined: (B, T // n, n * C), or (B, n * C) if one place is left.

        Place t of the result holds places n t, n t + 1, ... of x, in this order. Gradients flow through it.

        Edges: a T that n does not divide raises ValueError. x may lie in memory in any order, for instance after a
        transpose.
        """
        # BEGIN SOLUTION
        # HINT: Write the six channels of one example with T = 3 and C = 2 in a row. Where are the borders for n = 3?
        # HINT: view or reshape x to (B, T // n, n * C). Then look at axis 1, and at no other one.
        # HINT: B, T, C = x.shape; raise ValueError if T % self.n; x = x.reshape(B, T // self.n, C * self.n);
        #   squeeze(1) takes axis 1 away where its size is 1, and nothing else.
        B, T, C = x.shape
        if T % self.n:
            raise ValueError(f"{T} places do not make groups of {self.n}")
        x = x.reshape(B, T // self.n, self.n * C)
        return x.squeeze(1)  # only where its size is 1
        # END SOLUTION

    def parameters(self) -> list[Tensor]:
        """Return an empty list: nothing is trained."""
        # BEGIN SOLUTION
        # HINT: How many numbers does this layer learn?
        # HINT: Sequential adds up the lists of all layers, so this must be a list, too.
        # HINT: Return a list with nothing in it.
        return []
        # END SOLUTION


# %% [markdown]
# ## 2. BatchNorm where there is a time
#
# (Lecture: 38 to 46 min.)
#
# BatchNorm makes each channel mean 0 and variance 1 over the batch, then scales and shifts it with `gamma` and `beta`
# (`bngain` and `bnbias` in earlier lectures). In eval mode it uses running statistics, so that one example can be
# asked alone.
#
#     training:  y = (x - mean) / sqrt(var + eps) * gamma + beta
#     eval:      the same with running_mean and running_var
#
# With `(N, C)` the mean is over axis 0. With `(B, T, C)` there are `B * T` places that all go through the same layer,
# and a channel is a channel at every place. So the mean is over axes 0 *and* 1. Forget the 1, and everything still
# runs: shapes broadcast, the loss goes down. But each place has a mean of its own now, made from `T` times fewer
# numbers. That is the bug that the lecture finds in its own code. No error told of it; somebody had looked at the shape
# of `running_mean`.
#
# **The rules here** are torch's. In training, divide by the *biased* variance (by `n`). Into the running variance goes
# the *unbiased* one (by `n - 1`). `n` is the number of values that were averaged: `N`, or `B * T`. The lecture
# uses `x.var`, the unbiased one, in both places. That passes here; the biased one is an edge. `momentum` is the
# weight of the new value:
#
#     running  <-  (1 - momentum) * running + momentum * new


# %%
class BatchNorm1d:
    """Normalises each channel over everything else. Channels are the last axis.

    Attributes, by name: gamma (dim,), beta (dim,), running_mean, running_var, and training, True at first. Whoever
    uses the layer sets training; a call reads it.
    """

    def __init__(self, dim: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        """dim: C, the channels. gamma and running_var begin as ones, beta and running_mean as zeros, all (dim,)."""
        # BEGIN SOLUTION
        # HINT: Which numbers are trained, which are only kept, and which three are settings?
        # HINT: gamma and beta are what parameters() lists. The running ones belong to no optimizer.
        # HINT: self.eps, self.momentum, self.training = True; torch.ones(dim) for gamma and running_var,
        #   torch.zeros(dim) for beta and running_mean.
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)
        # END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        """Return x, normalised: (N, C) or (B, T, C) as it came. In training, the running statistics take part of it.

        Mean and variance are over all axes but the last one, and gradients flow through them. In eval mode a batch of
        one works, and the running statistics stay.

        Edges: the variance that x is divided by is the biased one, also for a small n. running_mean and running_var
        keep the shape (dim,), and they drag no graph along. In training, a single value a channel has no variance:
        ValueError. So has x with any other number of axes than 2 or 3.
        """
        # BEGIN SOLUTION
        # HINT: B = 32 and T = 4: how many numbers go into the mean of one channel?
        # HINT: The axes to average over are 0, or (0, 1). mean and var take several axes at once. var has unbiased=True
        #   unless told otherwise. Update the running statistics under torch.no_grad().
        # HINT: dims = (0,) if x.ndim == 2 else (0, 1); mean = x.mean(dims); var = x.var(dims, unbiased=False), both
        #   (C,). Running: (1 - momentum) * old + momentum * new, with x.var(dims). In eval take the running ones.
        #   Refuse other ndim, and x.shape[:-1].numel() == 1 in training, with ValueError.
        if x.ndim not in (2, 3):
            raise ValueError(f"x has {x.ndim} axes, not (N, C) or (B, T, C)")
        if self.training:
            dims = (0,) if x.ndim == 2 else (0, 1)
            if x.shape[:-1].numel() == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean(dims), x.var(dims, unbiased=False)
            with torch.no_grad():
                keep, new = 1 - self.momentum, self.momentum
                self.running_mean = keep * self.running_mean + new * mean
                self.running_var = keep * self.running_var + new * x.var(dims)
        else:
            mean, var = self.running_mean, self.running_var
        return (x - mean) / torch.sqrt(var + self.eps) * self.gamma + self.beta
        # END SOLUTION

    def parameters(self) -> list[Tensor]:
        """Return [gamma, beta]."""
        # BEGIN SOLUTION
        # HINT: What does gradient descent change?
        # HINT: The running statistics are not among them: they follow the data by themselves.
        # HINT: A list of two: gamma first, then beta.
        return [self.gamma, self.beta]
        # END SOLUTION


# %% [markdown]
# ## 3. The tree
#
# (Lecture: 21 to 37 min, and 46 min.)
#
# One level of the tree is four layers: join pairs, mix them, keep the numbers in range, bend them.
#
#     FlattenConsecutive(2)   Linear(2 * before, n_hidden, bias=False)   BatchNorm1d(n_hidden)   Tanh()
#
# A context of 8 needs three levels, one of 4 two. In front stands an `Embedding`, behind the last level a `Linear` that
# makes one score for each letter. With `V = 27`, 10 channels a letter and 68 hidden ones:
#
#     ids (B, 8)  ->  (B, 8, 10)  ->  (B, 4, 68)  ->  (B, 2, 68)  ->  (B, 68)  ->  logits (B, 27)
#
# and 22,397 parameters. That is about as many as the flat MLP of the lecture has; the tree does more with them.
#
# Two details. A `Linear` in front of BatchNorm needs no bias: the mean is taken away again, bias included. It would
# get a gradient of zero for ever. And the last `Linear` starts with a tenth of its weights, so that the first scores
# are near zero: a fresh model should not be sure of anything, and its first loss is ln V.


# %%
def build_wavenet(
    vocab_size: int, n_embd: int, n_hidden: int, block_size: int = 8, generator: torch.Generator | None = None
) -> Sequential:
    """Make a hierarchical model of the next letter, fresh.

    Args:
        vocab_size: V.
        n_embd: channels of a letter.
        n_hidden: channels of every level.
        block_size: letters of context: 2, 4, 8, ... It decides how many levels there are.
        generator: where the random weights come from.

    Returns:
        A Sequential: Embedding; for each level FlattenConsecutive(2), Linear without bias, BatchNorm1d, Tanh; and a
        last Linear with bias, whose weights are a tenth of what Linear draws and whose bias is 0. It takes ids
        (B, block_size) and returns logits (B, V). Whoever trains it sets requires_grad on its parameters, as the
        lecture does.

    Edges: a block_size other than the lecture's 8. One that is no power of two, or 1, raises ValueError. The generator
    decides.
    """
    # BEGIN SOLUTION
    # HINT: How often can you halve 8 until 1 is left? How many channels come into the first Linear, how many into the
    #   second?
    # HINT: A list of layers that starts with the Embedding. A loop over the levels adds four layers each; the channels
    #   that come in are 2 * n_embd at first and 2 * n_hidden later. Then the last Linear, scaled down under no_grad.
    # HINT: channels = n_embd; while block_size > 1: layers += [FlattenConsecutive(2), Linear(2 * channels, n_hidden,
    #   bias=False, generator=generator), BatchNorm1d(n_hidden), Tanh()]; channels = n_hidden; block_size //= 2. Before:
    #   ValueError if block_size < 2 or block_size & (block_size - 1). After: last = Linear(channels, vocab_size,
    #   generator=generator), and last.weight *= 0.1.
    if block_size < 2 or block_size & (block_size - 1):
        raise ValueError(f"block_size is 2, 4, 8, ...: not {block_size}")
    layers: list[Any] = [Embedding(vocab_size, n_embd, generator=generator)]
    channels = n_embd
    while block_size > 1:
        mix = Linear(2 * channels, n_hidden, bias=False, generator=generator)
        layers += [FlattenConsecutive(2), mix, BatchNorm1d(n_hidden), Tanh()]
        channels = n_hidden
        block_size //= 2
    last = Linear(channels, vocab_size, generator=generator)
    last.weight *= 0.1
    return Sequential([*layers, last])
    # END SOLUTION


# %% [markdown]
# ## 4. The same tree, everywhere: causal convolution
#
# (Lecture: 47 to 51 min, where it is told and not typed.)
#
# The tree says what comes after 8 letters. For a word of 20 letters you would put it over the letters 0 to 7, then over
# 1 to 8, and so on, and much of it would be computed again and again: the pair (5, 6) stands in several of these trees.
#
# A convolution is that loop, done once. Take one level of the tree: a `Linear` that sees two places. Let it slide over
# the *whole* sequence and keep all it says. Layer by layer nothing is computed twice. In numbers, with a *kernel* of
# `K` places:
#
#     out[t]  =  x[t] @ w[K-1]  +  x[t - d] @ w[K-2]  +  ...  +  x[t - (K-1) d] @ w[0]  +  b
#
# **Causal.** `out[t]` reads `x[t]` and earlier ones, never a later one: those are what the model has to guess. Where
# there is nothing earlier, there are zeros. So pad on the left, and only there; the sequence stays as long as it was.
#
# **Dilation.** `d` is the distance between the places that are joined. In the tree, the second level joins two
# pairs, and their ends are 2 places apart; the third joins fours, 4 places apart. So the levels are convolutions with
# `K = 2` and `d = 1, 2, 4`.
#
# **Which end is w[0]?** In deep learning the kernel lies along the sequence as it is: `w[K-1]` meets the newest sample.
# In signal processing, and in `np.convolve`, it is turned round first. Here it is not.


# %%
def causal_conv1d(x: Tensor, w: Tensor, b: Tensor | None = None, dilation: int = 1) -> Tensor:
    """Slide a linear layer over a sequence; each place sees itself and places before it.

    Args:
        x: (B, T, Cin).
        w: (K, Cin, Cout): w[K-1] meets x[:, t], w[K-2] meets x[:, t - dilation], and so on.
        b: (Cout,), or None.
        dilation: the distance between the places that one output joins, at least 1.

    Returns:
        (B, T, Cout), of x's dtype. What lies before the sequence counts as zero. Gradients flow to x, w and b.

    Edges: T may be smaller than the reach of the kernel, and may be 1. float64 is computed in float64. No argument
    changes. A later place cannot be felt at all: even with nan or inf in x[:, t], all places before t stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: K = 2 and dilation = 3: which two places does out[:, 4] read? And out[:, 1]?
    # HINT: Put (K - 1) * dilation zeros in front of x. Then out is a sum of K products: each is a slice of T places of
    #   the padded x, times one w[k]. Where does the slice for k begin?
    # HINT: padded = torch.cat([x.new_zeros(B, (K - 1) * dilation, Cin), x], dim=1); out = sum of
    #   padded[:, k * dilation : k * dilation + T] @ w[k] for k in range(K); add b unless it is None.
    B, T, Cin = x.shape
    K = w.shape[0]
    padded = torch.cat([x.new_zeros(B, (K - 1) * dilation, Cin), x], dim=1)
    out = padded[:, :T] @ w[0]
    for k in range(1, K):
        out = out + padded[:, k * dilation : k * dilation + T] @ w[k]
    return out if b is None else out + b
    # END SOLUTION


# %% [markdown]
# ## 5. How far back, and WaveNet's block
#
# (Beyond the lecture: the paper, sections 2.1 to 2.4.)
#
# **The receptive field** is how many places of the input can change one output. One place is itself. A causal
# convolution with kernel `K` and dilation `d` reaches `(K - 1) * d` places further back. Layers on top of each other
# add up their reaches. With `K = 2` and dilations 1, 2, 4, 8 that is 1 + 15 = 16: four layers, sixteen letters. Without
# dilation it would be five.
#
# **The block.** WaveNet does not use tanh alone. It has two convolutions: a *filter* that says something, and a
# *gate* that says how much of it may pass.
#
#     z  =  tanh(conv(x; wf, bf))  *  sigmoid(conv(x; wg, bg))          (B, T, D)
#
# From `z` two things are made, each by a linear layer on each place:
#
#     residual  =  x  +  z @ wr + br      (B, T, C)    goes on to the next block
#     skip      =       z @ ws + bs       (B, T, S)    goes straight to the end, where all skips are added up
#
# The residual is the short cut that you will meet again in unit 08: a block adds to what is there.


# %%
def receptive_field(kernel: int, dilations: Sequence[int]) -> int:
    """Return how many places of the input one output of a stack of causal convolutions depends on, itself included.

    kernel: K of all layers. dilations: one for each layer.

    Edges: no layers see one place: 1.
    """
    # BEGIN SOLUTION
    # HINT: One layer with K = 3 and d = 2: write down the places that out[t] reads. How far is the first from the last?
    # HINT: A layer adds its reach, whatever is below it. Sum the reaches, and do not forget the place itself.
    # HINT: Sum up the dilations, multiply the sum by kernel - 1, add 1.
    return 1 + (kernel - 1) * sum(dilations)
    # END SOLUTION


def gated_block(x: Tensor, params: dict[str, Tensor], dilation: int) -> tuple[Tensor, Tensor]:
    """Run one block of WaveNet.

    Args:
        x: (B, T, C).
        params: wf and wg (K, C, D), bf and bg (D,): filter and gate. wr (D, C), br (C,): what goes into the residual.
            ws (D, S), bs (S,): what goes into the skip.
        dilation: that of both convolutions.

    Returns:
        residual (B, T, C) and skip (B, T, S). Gradients flow to x and all of params.

    Edges: T may be 1. float64 is computed in float64. No argument changes.
    """
    # BEGIN SOLUTION
    # HINT: Which of the two branches may be negative? Which of the two results holds x?
    # HINT: Two calls of causal_conv1d with the same dilation, one through tanh, the other one through sigmoid, and
    #   their product is z. Then two products with z.
    # HINT: z = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation)) * torch.sigmoid(the same with "wg"
    #   and "bg"); return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"].
    filtered = torch.tanh(causal_conv1d(x, params["wf"], params["bf"], dilation))
    gate = torch.sigmoid(causal_conv1d(x, params["wg"], params["bg"], dilation))
    z = filtered * gate  # (B, T, D)
    return x + z @ params["wr"] + params["br"], z @ params["ws"] + params["bs"]
    # END SOLUTION


# %% [markdown]
# ## 6. A curve that can be read
#
# (Lecture: 7 to 9 min.)
#
# The losses of single batches jump so much that their curve is a thick hedge. Average them in blocks: 1,000 losses that
# follow each other become one point.
#
#     lossi:  l0 l1 l2 | l3 l4 l5 | l6 l7        window 3
#     curve:     m0    |    m1    |  (rest)      2 points
#
# The lecture does it with one `view` and one `mean(1)`. That works while the number of losses is a multiple of the
# window.


# %%
def smooth_losses(losses: Sequence[float], window: int = 1000) -> Tensor:
    """Return the mean of each block of `window` losses that follow each other: a tensor (len(losses) // window,).

    Edges: losses that do not fill a block at the end are left out; fewer losses than a block give shape (0,). A nan is
    not hidden: its block is nan, the others are not. losses stays as it is.
    """
    # BEGIN SOLUTION
    # HINT: Six losses, window 3: which of them make the first point?
    # HINT: As a table with one block in each row, the points are the means of the rows. Cut the rest off first.
    # HINT: n = len(losses) // window; torch.tensor(losses[: n * window]).view(n, window).mean(1).
    n = len(losses) // window
    return torch.tensor(losses[: n * window]).view(n, window).mean(1)
    # END SOLUTION


# %% [markdown]
# ## 7. Try it
#
# The pieces around it are given: a data set with a longer context (unit 03), a training loop, names. (`grade run u06`
# trains your model with more channels, and draws its loss.)
#
#     words = open("datasets/names.txt").read().split()
#     letters = [".", *sorted(set("".join(words)))]
#     X, Y = build_dataset(words, letters, 8)
#     g = torch.Generator().manual_seed(1)
#     model = build_wavenet(len(letters), 10, 68, 8, g)
#     lossi = train_wavenet(model, X, Y, 4000, 64, g)
#     print(smooth_losses(lossi, 500))
#     set_training(model, False)
#     print(*(sample_name(model, letters, 8, g) for _ in range(8)))
#
# These names come from a source that looks at three letters, so no honest loss goes below 1.57 nats
# (`datasets/README.md`). On the lecture's own names (`grade data fetch names`) there is no such floor; there the
# lecture arrives at a dev loss of about 2.02 with this size, and at 1.99 with 24 channels a letter and 128 hidden ones.
#
# It takes some seconds. The curve goes from 2.51 down to 2.00, still falling, and the names are of this kind:
#
#     ali mandia gessacoraina virgie netar dona
#
# Leave out `set_training(model, False)` once, and see what a batch of one does to BatchNorm.


# %%
def build_dataset(words: Sequence[str], letters: Sequence[str], block_size: int) -> tuple[Tensor, Tensor]:  # GIVEN
    """Return contexts X (N, block_size) and targets Y (N,); letters[0] is the dot, before and after a word."""
    stoi = {letter: i for i, letter in enumerate(letters)}
    X, Y = [], []
    for word in words:
        context = [0] * block_size
        for letter in [*word, letters[0]]:
            X.append(context)
            Y.append(stoi[letter])
            context = [*context[1:], stoi[letter]]
    return torch.tensor(X), torch.tensor(Y)


def set_training(model: Sequential, training: bool) -> None:  # GIVEN
    """Put all layers into training or eval mode, as the lecture does."""
    for layer in model.layers:
        layer.training = training


def train_wavenet(  # GIVEN
    model: Sequential, X: Tensor, Y: Tensor, steps: int, batch_size: int, generator: torch.Generator | None = None
) -> list[float]:
    """Train by gradient descent, with a rate of 0.1 and 0.01 for the last quarter. Return the loss of each step."""
    parameters = model.parameters()
    for p in parameters:
        p.requires_grad = True
    lossi = []
    for step in range(steps):
        ix = torch.randint(len(X), (batch_size,), generator=generator)
        loss = functional.cross_entropy(model(X[ix]), Y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in parameters:
                if p.grad is not None:
                    p -= (0.1 if step < 0.75 * steps else 0.01) * p.grad
        lossi.append(loss.item())
    return lossi


@torch.no_grad()
def sample_name(  # GIVEN
    model: Sequential, letters: Sequence[str], block_size: int, generator: torch.Generator | None = None
) -> str:
    """Draw a name, letter by letter; the model should be in eval mode."""
    ids = [0] * block_size
    while len(ids) < 40 + block_size:
        p = torch.softmax(model(torch.tensor([ids[-block_size:]])), dim=1)
        ids.append(int(torch.multinomial(p[0], 1, generator=generator)))
        if ids[-1] == 0:
            break
    return "".join(letters[i] for i in ids[block_size:]).rstrip(letters[0])
