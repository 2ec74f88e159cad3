# %% [markdown]
# # attention: a GPT from its parts
#
# Here is what a language model has to do: read what came so far, and say what may come next. A model that looks at the
# last three characters forgets the fourth. A model that squeezes the whole past into one vector has to decide what to
# keep before it knows what it will be asked. Attention does neither. The past stays where it is, and every token looks
# back at it and asks: *which of you matters to me, now?*
#
# That is a weighted average, and the weights are computed from the tokens themselves. Everything else in this unit is
# there to make it work well: a mask so that nobody looks ahead, several heads so that a token can ask several things at
# once, layers that keep the numbers in a good range. At the end the parts fit together into a GPT, and you will have
# written every line that matters. Its parts are GPT-2's, only smaller, with one difference: GPT-2 uses one table both
# to read tokens and to score them (`lm_head` is tied to `wte`); here the two are separate.
#
# **Shapes.** `B` sequences in a batch, `T` tokens in a sequence, `C` numbers (channels) for each token, `V` tokens in
# the vocabulary, `H` heads with `hs = C / H` channels each. Nearly every tensor here is `(B, T, C)`. When you are lost,
# write the shape at the end of the line; most bugs in attention are a right formula along a wrong axis.
#
# **Tools.** torch, and autograd does the gradients. `nn.Linear`, `nn.Embedding`, `softmax` and friends are yours to
# use. What the unit is about is off limits in its finished form: `F.scaled_dot_product_attention`,
# `nn.MultiheadAttention`, `nn.Transformer...` and gelu of torch. torch's dropout and layer_norm are off limits only in
# the exercise that builds them: in the others you may type `nn.Dropout(dropout)` and `nn.LayerNorm(C)`, as the lecture
# does. Where it calls `F.cross_entropy`, call `cross_entropy`, which is given.
#
# **What is asked everywhere.** Results have the dtype of what came in, and modules work in the dtype of their weights,
# float32 or float64; for the averages of section 2 float32 will do. The *names* of layers in the contracts (`key`,
# `c_attn`, `ln_1`) are part of the task: checks copy weights into your modules by name. All else, how many helpers,
# which methods, loops or one big `einsum`, is up to you.
#
# **Edges.** The lecture is in a hurry; a library is not. What goes beyond the lecture stands at the end of a contract,
# under "Edges". An edge has its points, and an exercise is passed without it. Three kinds of edges are everywhere, so
# they are said here, once:
#
# * *Precision.* What comes in float64 is computed in float64, every step of it.
# * *Manners.* Arguments stay as they are. No tensor is made on the CPU when the data are elsewhere.
# * *Randomness.* Where there is a `generator`, all random numbers come from it, and torch's global generator does not
#   move. Without one, the global generator it is.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u08`. Exercises come
# in order and lean on the ones before. Stuck? `grade hint` gives one nudge at a time. To try something out, write it
# at the end of this file, below a line `if __name__ == "__main__":`. Running the file runs it; grading does not.
#
# After the lecture "Let's build GPT: from scratch, in code, spelled out" by Andrej Karpathy. Text, code and checks here
# are our own.

# %%
"""Unit 08: attention, its parts, and a GPT made of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

IGNORE = -1  # a target that does not count

# %% [markdown]
# ## 1. Batches
#
# A text becomes a row of numbers, one for each character. `CharTokenizer` does that, and it is given.
#
# Training data are windows of this row. A window of `T` tokens holds `T` examples at once: given the first token,
# predict the second; given the first two, predict the third; and so on. So for the inputs
#
#     x = data[i], data[i + 1], ..., data[i + T - 1]
#
# the targets are the same window, one place later:
#
#     y = data[i + 1], data[i + 2], ..., data[i + T]
#
# `y[t]` is what follows `x[t]`. The last target lies one token beyond the window, which decides where the last window
# can start.


# %%
class CharTokenizer:  # GIVEN
    """Numbers the characters of a text, in the order of the alphabet."""

    def __init__(self, text: str) -> None:
        self.chars = sorted(set(text))
        self.ids = {char: number for number, char in enumerate(self.chars)}

    def encode(self, text: str) -> list[int]:
        """Return one id for each character. Raises KeyError for a character that is not in the alphabet."""
        return [self.ids[char] for char in text]

    def decode(self, ids: list[int]) -> str:
        """Return the text of some ids."""
        return "".join(self.chars[number] for number in ids)


def get_batch(
    data: Tensor, block_size: int, batch_size: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Cut windows out of the data at random places.

    Args:
        data: (N,) int64, the ids of a text.
        block_size: T, tokens in a window.
        batch_size: B, how many windows.
        generator: where the random starts come from.

    Returns:
        x and y, each (B, T) int64: `y[b, t]` is what follows `x[b, t]` in the data. Each row has a start of its own,
        and all starts from 0 to N - T - 1 are equally likely. Each call draws anew.

    Edges: where N <= T there is no window with all its targets; that raises ValueError. x and y are new tensors:
    writing into one changes neither the other nor the data.
    """
    # BEGIN SOLUTION
    # HINT: Take N = 5 and T = 3 and write down all windows with their targets. How many are there?
    # HINT: Draw B starts below N - T. From a start, x and y are two slices of the same length, one place apart.
    #   Mind the difference between moving along the data and adding 1 to an id.
    # HINT: Raise ValueError where N <= T. starts = torch.randint of N - T, size (batch_size,), with the generator. Then
    #   torch.stack a list of slices of T tokens for x, and again, beginning one later, for y.
    if len(data) <= block_size:
        raise ValueError(f"no window of {block_size} tokens and its targets in {len(data)} tokens")
    starts = torch.randint(len(data) - block_size, (batch_size,), generator=generator).tolist()
    x = torch.stack([data[start : start + block_size] for start in starts])
    y = torch.stack([data[start + 1 : start + block_size + 1] for start in starts])
    return x, y
    # END SOLUTION


# %% [markdown]
# ## 2. Averaging the past
#
# Before tokens choose whom to listen to, let them listen to everybody: each token becomes the plain average of itself
# and all tokens before it. A poor model, but it has the mechanics of attention in it. Write it three times; the third
# way is the one that attention needs.
#
# **With a loop.** Token `t` of a sequence: the mean of `x[0]` to `x[t]`, itself included. Shape in, shape out.
#
# **As a matrix product.** An average is a weighted sum, and all `T` of them together are one matrix product. For
# `T = 3` the weights are
#
#     1    0    0
#     1/2  1/2  0        (T, T) @ (B, T, C)  ->  (B, T, C)
#     1/3  1/3  1/3
#
# Row `t` says how much token `t` takes from each token. Everything above the diagonal is the future, and it is zero.
# `torch.tril` makes the triangle; then each row has to sum to one.
#
# **With a softmax.** Give every pair of tokens a score, 0 for all of them for now. Forbid the future by a score of
# minus infinity. Then softmax each row: `exp(-inf)` is 0, equal scores become equal weights, and each row sums to one
# by itself. Same matrix; but now there is a place, the scores, where tokens can say what they prefer. Attention is
# this, with better scores.
#
# Why minus infinity and not 0? Because `exp(0)` is 1. And why before the softmax? Because what softmax hands out sums
# to one; what you take away later is missing.


# %%
def causal_average_loop(x: Tensor) -> Tensor:
    """Return, for each place t of x (B, T, C), the mean of the places 0 to t; shape of x, float32.

    Gradients flow through it. T is at least 1.

    Edges: float64 stays float64. x stays as it is.
    """
    # BEGIN SOLUTION
    # HINT: What does the third token of a sequence see? How many tokens is that?
    # HINT: x[:, : t + 1] is everything up to place t, t included. The mean is over the axis of time, and channels and
    #   sequences stay apart.
    # HINT: Make a list with one (B, C) mean for each t in range(T), then torch.stack it along the axis where time
    #   belongs, dim=1.
    return torch.stack([x[:, : t + 1].mean(dim=1) for t in range(x.shape[1])], dim=1)
    # END SOLUTION


def causal_average_matmul(x: Tensor) -> Tensor:
    """The same as `causal_average_loop`, as one product of a (T, T) matrix of weights with x.

    Edges: those of `causal_average_loop`.
    """
    # BEGIN SOLUTION
    # HINT: Write down the weights for T = 3. What do all rows have in common?
    # HINT: torch.tril of a matrix of ones has ones on and below the diagonal. Make it in the dtype and on the device
    #   of x, or the product will complain.
    # HINT: x.new_ones(T, T).tril(), divided by its own row sums with keepdim=True, then @ x. The product works on the
    #   last two axes and repeats over the batch.
    weights = x.new_ones(x.shape[1], x.shape[1]).tril()
    return (weights / weights.sum(dim=1, keepdim=True)) @ x
    # END SOLUTION


def causal_average_softmax(x: Tensor) -> Tensor:
    """The same as `causal_average_loop`, with weights that are the softmax of masked scores.

    Edges: those of `causal_average_loop`.
    """
    # BEGIN SOLUTION
    # HINT: Which scores give equal weights? And which score gives no weight at all?
    # HINT: Scores of 0 everywhere, minus infinity above the diagonal, softmax along each row. The row belongs to the
    #   token that looks; the columns are the tokens it looks at.
    # HINT: scores = x.new_zeros(T, T); the future is where x.new_ones(T, T).tril() is 0; masked_fill there with
    #   float("-inf"); softmax(dim=-1); @ x.
    past = x.new_ones(x.shape[1], x.shape[1]).tril() == 1
    scores = x.new_zeros(past.shape).masked_fill(~past, float("-inf"))
    return scores.softmax(dim=-1) @ x
    # END SOLUTION


# %% [markdown]
# ## 3. Attention
#
# Now the scores. Every token makes three vectors out of what it knows:
#
#     query   what am I looking for?        q  (T, d)
#     key     what do I have?               k  (S, d)
#     value   what do I say if asked?       v  (S, dv)
#
# The score of a pair is the dot product of one token's query with the other token's key: large where they point the
# same way. All scores at once are `q @ k^T`, a `(T, S)` table, one row for each token that looks. Softmax along the row
# makes weights, and the weights average the values:
#
#     attention(q, k, v)  =  softmax( q @ k^T / sqrt(d) ) @ v
#
# In this unit queries and keys come from the same tokens, so `T` and `S` are equal. The function does not care, and it
# does not care either how many axes stand in front: batches, heads, whatever.
#
# **Why the root.** Let the entries of q and k have variance 1. Their dot product is a sum of `d` products, so it has
# variance `d` and a typical size of `sqrt(d)`. With `d = 64` scores of 8 and -8 are common, softmax turns them into
# "this one, nobody else", and hardly any gradient flows. Dividing by `sqrt(d)` brings the scores back to size 1. `d`
# is the size of *these* queries and keys, the last axis of q, not the width of the whole model.
#
# **The mask.** `mask[t, s]` is True where query t **may** attend to key s. (This is the convention of
# `F.scaled_dot_product_attention`. `nn.MultiheadAttention` means the opposite: its True is "forbidden". Every year it
# costs somebody a night.) A key that is forbidden must get a weight of exactly 0, whatever the scores are. A true score
# may be -20,000, so a "very negative" -10,000 in place of minus infinity is not negative enough, and in float16 -1e9
# does not even exist. Use minus infinity, or `torch.finfo(dtype).min`, the lowest number there is.
#
# **A row where nothing is allowed** has no average. Plain softmax makes it `0 / 0`, and the nan spreads through every
# gradient. The contract here: such a row gives zeros, and no gradient is nan.


# %%
def scaled_dot_product_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
    is_causal: bool = False,
    dropout: Callable[[Tensor], Tensor] | None = None,
) -> Tensor:
    """Average the values, with the softmax of scaled query-key products as weights.

    Args:
        q: (..., T, d) queries. In front stand (B,) or (B, H).
        k: (..., S, d) keys.
        v: (..., S, dv) values.
        mask: bool, (T, S) or (..., T, S). True means: this query may attend to this key. None: no key is forbidden.
        is_causal: if True, query t may attend to key s only where s <= t.
        dropout: if given, the weights (..., T, S) go through this function before they meet the values.

    Returns:
        (..., T, dv), of q's dtype.

    Edges: a query that may attend to no key gets zeros, and sends no nan into any gradient. A forbidden key gets
    nothing however low or high the other scores are, and scores of 10,000 give no inf. A mask and is_causal go
    together: both must allow it. A mask broadcasts to (..., T, S). T and S may differ with is_causal, too. Any number
    of axes may stand in front, also none. dropout is used. float64 is computed in float64, and bfloat16 and float16
    work as well.
    """
    # BEGIN SOLUTION
    # HINT: Five steps: scores, scale, mask, softmax, average. Write the shape after each.
    # HINT: k.transpose(-2, -1) swaps the last two axes whatever stands in front. For is_causal, make a (T, S) triangle
    #   of bool on q's device and join it to the mask with &. Fill the scores where ~mask, then softmax along the keys.
    # HINT: For rows where all is forbidden: fill with torch.finfo(scores.dtype).min instead of -inf. Then softmax
    #   gives such a row equal weights, not nan. Afterwards set the weights to 0 where ~mask: in all other rows they
    #   are 0 there anyway. Last, dropout(weights) if there is one, and @ v.
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., T, S)
    if is_causal:
        past = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
        mask = past if mask is None else mask & past
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(dim=-1)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    if dropout is not None:
        weights = dropout(weights)
    return weights @ v  # (..., T, dv)
    # END SOLUTION


# %% [markdown]
# ## 4. Dropout
#
# A detour, since all modules from here on have one. In training, dropout sets a random part of the numbers to zero, new
# ones in each call. So no channel can count on another one being there, and the model has to spread what it knows.
#
# Two rules. The numbers that stay are scaled up by `1 / (1 - p)`, so that sums stay as large *on average* as without
# dropout: with half of the numbers gone, the others count double. And once training is over dropout does nothing at
# all; because of the scaling nothing has to be made up for. A module knows which of the two it is in from
# `self.training`, which `train()` and `eval()` set for the whole model.
#
# **p is the fraction that is dropped.** Some papers write p for what is kept. torch, and this unit, do not.


# %%
class Dropout(nn.Module):
    """Sets random entries to zero in training, and scales up the others."""

    def __init__(self, p: float, generator: torch.Generator | None = None) -> None:
        """p: the probability that an entry is dropped. generator: where the random numbers come from.

        Edges: a p below 0 or above 1 raises ValueError.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: What does forward need to know later?
        # HINT: Both arguments, kept on self. But a probability of 50 is somebody's percentage: refuse it here, where
        #   the mistake is, not in some later call.
        # HINT: Raise ValueError unless 0 <= p <= 1; then two assignments.
        if not 0 <= p <= 1:
            raise ValueError(f"p is a probability, from 0 to 1: not {p}")
        self.p = p
        self.generator = generator
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return x with entries dropped, each on its own, and the others divided by 1 - p; outside training x's values.

        x: any shape, floating point. Each call drops others. p = 0 gives x's values. An entry that was dropped gets no
        gradient, the others get theirs times 1 / (1 - p).

        Edges: p = 1 gives zeros: no nan, not in the gradient either. bfloat16 stays bfloat16.
        """
        # BEGIN SOLUTION
        # HINT: Three cases: not training, p = 1 (what would 1 / (1 - p) be?), and all the rest.
        # HINT: One random number for each entry of x, uniform between 0 and 1. Which fraction of them is below p?
        #   The mask decides what stays; the scale is the same for all that stay.
        # HINT: kept = torch.rand(x.shape, generator=..., device=x.device) >= self.p; then multiply x by kept and divide
        #   by 1 - p. For p = 1 return x times 0.
        if not self.training or self.p == 0:
            return x
        if self.p == 1:
            return x * 0.0
        kept = torch.rand(x.shape, generator=self.generator, device=x.device) >= self.p
        return x * kept / (1 - self.p)
        # END SOLUTION


# %% [markdown]
# ## 5. One head
#
# A head owns three linear layers, without bias, that make queries, keys and values out of the `C` numbers of a token.
# Then comes your attention, causal: token t sees the tokens 0 to t. `hs`, the head size, is usually smaller than `C`.
#
#     x (B, T, C)  ->  q, k, v (B, T, hs)  ->  weights (B, T, T)  ->  out (B, T, hs)
#
# **The leak.** This is the most tempting bug of the whole unit. Let the mask be off by one, so that token t sees token
# t + 1. But token t + 1 is the target of place t! The model reads the answer off the page. Training loss drops far
# below anything that is possible, and it *looks* like a triumph. Then it generates rubbish, since there is no page to
# read from. A loss that is too good is a bug report. The checks here know how good a model can possibly be on their
# data, and they complain on both sides.
#
# `block_size` is the longest sequence the head will see. Shorter ones are fine, also a single token. If you store a
# mask of the full size, cut it to T before use, and store it with `register_buffer`: a buffer moves along with the
# model to another device, but no optimizer trains it.


# %%
class Head(nn.Module):
    """One head of causal self-attention. Layers, by name: `key`, `query`, `value`."""

    def __init__(self, n_embd: int, head_size: int, block_size: int, dropout: float = 0.0) -> None:
        """key, query, value: `nn.Linear` from n_embd to head_size without bias; these three are all that is trained.

        block_size: longest sequence. dropout: which part of the attention weights is dropped in training.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: What does a head own? Three layers, and what it must remember.
        # HINT: bias=False for all three. The causal mask is no parameter: a buffer, or nothing at all if your
        #   attention makes it on the fly.
        # HINT: self.key, self.query, self.value = nn.Linear(n_embd, head_size, bias=False) each; self.block_size; and
        #   self.dropout, a Dropout of yours.
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.block_size = block_size
        self.dropout = Dropout(dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return what each token of x (B, T, C) gathers from itself and the tokens before it: (B, T, head_size).

        T is block_size at most, and may change from call to call.

        Edges: in training, dropout is applied to the weights after the softmax. A T larger than block_size raises
        ValueError.
        """
        # BEGIN SOLUTION
        # HINT: You have written all of it; what is left is to make q, k and v.
        # HINT: The three layers work on the last axis, so they take (B, T, C) as it is. Then your attention with the
        #   causal mask and the dropout. Refuse a long x first.
        # HINT: Return scaled_dot_product_attention of self.query(x), self.key(x), self.value(x) with is_causal=True and
        #   dropout=self.dropout.
        if x.shape[1] > self.block_size:
            raise ValueError(f"{x.shape[1]} tokens, but block_size is {self.block_size}")
        q, k, v = self.query(x), self.key(x), self.value(x)  # (B, T, hs)
        return scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.dropout)
        # END SOLUTION


# %% [markdown]
# ## 6. Several heads
#
# One head asks one question. A token may want to know several things: which vowel came last? Where did this word
# begin? So run `H` heads side by side, each with its own three layers, each on `C / H` channels, and put their results
# side by side again, along the channels:
#
#     H times (B, T, hs)  ->  (B, T, H * hs)  =  (B, T, C)
#
# Then one more linear layer, `proj`, lets the heads' results mix. Without it channel 0 would only ever hear from head
# 0. Heads that are as wide as the model would cost `H` times the parameters; sharing the width keeps the price the
# same for any number of heads, and so it must divide evenly.


# %%
class MultiHeadAttention(nn.Module):
    """Heads side by side. Layers, by name: `heads`, `proj`."""

    def __init__(self, n_embd: int, n_head: int, block_size: int, dropout: float = 0.0) -> None:
        """heads: an `nn.ModuleList` of n_head Heads of size n_embd / n_head. proj: `nn.Linear` from n_embd to n_embd.

        proj has a bias. dropout: for the weights inside the heads, and for the output.

        Edges: an n_head that does not divide n_embd raises ValueError.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: How wide is a head, so that all of them together are as wide as the model?
        # HINT: Layers in a plain Python list are invisible to torch: no parameters, no optimizer, no move to another
        #   device. nn.ModuleList is a list that torch can see into.
        # HINT: Refuse n_embd % n_head first. Then self.heads = nn.ModuleList of n_head times Head(n_embd, n_embd //
        #   n_head, block_size, dropout), self.proj = nn.Linear(n_embd, n_embd), and a Dropout.
        if n_embd % n_head:
            raise ValueError(f"{n_head} heads cannot share {n_embd} channels evenly")
        self.heads = nn.ModuleList(Head(n_embd, n_embd // n_head, block_size, dropout) for _ in range(n_head))
        self.proj = nn.Linear(n_embd, n_embd)
        self.dropout = Dropout(dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return dropout(proj(the heads' outputs, side by side in order)), (B, T, C), for x (B, T, C).

        Edges: in training, both dropouts are there.
        """
        # BEGIN SOLUTION
        # HINT: Each head turns (B, T, C) into (B, T, hs). Which axis grows when they stand side by side?
        # HINT: torch.cat along the last axis, in the order of self.heads. Adding them up would lose which head said
        #   what.
        # HINT: torch.cat([head(x) for head in self.heads], dim=-1), then self.proj, then self.dropout.
        side_by_side = torch.cat([head(x) for head in self.heads], dim=-1)  # (B, T, H * hs)
        return self.dropout(self.proj(side_by_side))
        # END SOLUTION


# %% [markdown]
# ## 7. All heads at once
#
# The loop over heads does `3 * H` small matrix products. A GPU would rather do one large one. So, in GPT-2 and here:
#
# * `c_attn` is one linear layer from `C` to `3 * C`. Its output holds, for each token, all queries, then all keys, then
#   all values.
# * The `C` queries are those of head 0, then those of head 1, and so on, `hs` each. Heads become an axis of their own:
#
#       (B, T, C)  --view-->  (B, T, H, hs)  --transpose(1, 2)-->  (B, H, T, hs)
#
#   Now attention works on the last two axes, for all heads at once; you wrote it so that it does not care what stands
#   in front.
# * Afterwards the way back: `(B, H, T, hs)`, transpose, `(B, T, H, hs)`, and the last two axes melt into `C`.
# * `c_proj` is what `proj` was.
#
# The two transposes are where it goes wrong. `view(B, H, T, hs)` has the right shape, too, and it cuts each sequence
# into pieces of time and calls them heads. No error, a model that trains, badly. A `view` never moves a number: it only
# says where rows end. The axis you split must be the channel axis.
#
# And `.view` refuses a tensor whose numbers do not lie in order in memory, as after a transpose; `.reshape` copies
# where it has to.


# %%
@dataclass
class GPTConfig:  # GIVEN
    """The sizes of a model. act: see FeedForward. bias: whether Linear and LayerNorm layers have one."""

    vocab_size: int
    block_size: int
    n_layer: int = 2
    n_head: int = 2
    n_embd: int = 32
    dropout: float = 0.0
    bias: bool = True
    act: Literal["relu", "gelu_tanh"] = "gelu_tanh"


class CausalSelfAttention(nn.Module):
    """Multi-head attention in one piece. Layers, by name: `c_attn`, `c_proj`."""

    def __init__(self, config: GPTConfig) -> None:
        """c_attn: `nn.Linear` from C to 3 * C. c_proj: `nn.Linear` from C to C. config.bias says whether with bias.

        C is config.n_embd. The rows of c_attn's weight make the queries, then the keys, then the values; in each third,
        head 0 comes first. config.dropout: for the weights, and for the output.

        Edges: config.bias=False. A config.n_head that does not divide config.n_embd raises ValueError.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: Two layers in place of 3 * H + 1. How many numbers for each token come out of the first one?
        # HINT: C to 3 * C and C to C. Remember the number of heads and the block size, and refuse what cannot be
        #   divided.
        # HINT: self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias), self.c_proj alike; keep
        #   config.n_head and config.block_size; one Dropout for the weights and one for the output.
        if config.n_embd % config.n_head:
            raise ValueError(f"{config.n_head} heads cannot share {config.n_embd} channels evenly")
        self.n_head, self.block_size = config.n_head, config.block_size
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.attn_dropout = Dropout(config.dropout)
        self.resid_dropout = Dropout(config.dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return for x (B, T, C) what MultiHeadAttention with the same weights returns, (B, T, C).

        Edges: in training, both dropouts are there. A T larger than config.block_size raises ValueError.
        """
        # BEGIN SOLUTION
        # HINT: Write down every shape between (B, T, C) and (B, T, C). There are six.
        # HINT: Split the last axis of c_attn(x) into three times C. Each becomes (B, T, H, hs), then (B, H, T, hs).
        #   After attention undo both steps, the last one first.
        # HINT: q, k, v = self.c_attn(x).split(C, dim=-1); each .view(B, T, H, C // H).transpose(1, 2); attention with
        #   is_causal=True; then .transpose(1, 2).reshape(B, T, C), self.c_proj, dropout.
        if x.shape[1] > self.block_size:
            raise ValueError(f"{x.shape[1]} tokens, but block_size is {self.block_size}")
        B, T, C = x.shape
        heads = [part.view(B, T, self.n_head, -1).transpose(1, 2) for part in self.c_attn(x).split(C, dim=-1)]
        q, k, v = heads  # (B, H, T, hs)
        out = scaled_dot_product_attention(q, k, v, is_causal=True, dropout=self.attn_dropout)
        out = out.transpose(1, 2).reshape(B, T, C)
        return self.resid_dropout(self.c_proj(out))
        # END SOLUTION


# %% [markdown]
# ## 8. LayerNorm
#
# Deep networks train well while the numbers inside them stay in a good range. BatchNorm gets them there by looking
# across the batch, which couples the examples and needs running averages. LayerNorm looks at **one token** and
# nothing else: it takes the `C` numbers of that token, subtracts their mean, divides by their standard deviation, and
# then lets the model choose a gain and a shift for each channel:
#
#     y  =  (x - mean) / sqrt(var + eps) * weight + bias          all over the last axis
#
# The same in training and in use; no batch, no running averages, no buffers.
#
# Three conventions, all torch's. The variance divides by `C`, not by `C - 1` (`torch.var` does the latter unless told
# otherwise, and so does the norm that the lecture types first). `eps` is *inside* the root. And mean and variance keep
# their axis: without `keepdim=True` a `(B, T)` does not broadcast against `(B, T, C)`, or, worse, sometimes does, along
# the wrong axis.
#
# And one trap: the variance as `mean of x^2 - mean^2` is right on paper, but where the mean is large it is the small
# difference of two large numbers, and float32 has no digits left for it. Subtract the mean first, then square.


# %%
class LayerNorm(nn.Module):
    """Normalises each token over its channels. Parameters, by name: `weight`, `bias`."""

    def __init__(self, ndim: int, eps: float = 1e-5, bias: bool = True) -> None:
        """weight: (ndim,) parameter, ones at first. bias: (ndim,) parameter, zeros at first; None if not wanted.

        eps: what is added to the variance, under the root.

        Edges: another eps, and bias=False.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: Which of these should an optimizer change?
        # HINT: nn.Parameter makes a tensor that model.parameters() finds. With bias=False there is none to find.
        # HINT: self.weight = nn.Parameter(torch.ones(ndim)); self.bias = a parameter of zeros, or None; self.eps.
        self.weight = nn.Parameter(torch.ones(ndim))
        self.bias = nn.Parameter(torch.zeros(ndim)) if bias else None
        self.eps = eps
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return x (B, T, ndim), each token normalised on its own, then times weight plus bias.

        Edges: any number of axes in front, also none. In float32, a mean of 100 times the spread costs no more digits
        than it must; in float64, one of 10,000. A token whose channels are all equal becomes the bias, and its gradient
        is no nan.
        """
        # BEGIN SOLUTION
        # HINT: Over which axis? A token must not know that there are others.
        # HINT: Mean over dim=-1 with keepdim=True. The variance is the mean of the squared distances from it, again
        #   over dim=-1 with keepdim. A standard deviation that is 0 has no slope: add eps before you take the root.
        # HINT: centred = x - mean; variance = the mean of centred squared; then centred / sqrt(variance + eps) times
        #   self.weight; plus self.bias where there is one.
        centred = x - x.mean(dim=-1, keepdim=True)
        variance = (centred * centred).mean(dim=-1, keepdim=True)
        out = centred / torch.sqrt(variance + self.eps) * self.weight
        return out if self.bias is None else out + self.bias
        # END SOLUTION


# %% [markdown]
# ## 9. Time to think
#
# Attention lets tokens talk. Then each token needs a moment to think about what it heard, on its own: a small network
# of two linear layers, the same for every token, four times as wide in the middle.
#
#     (B, T, C)  ->  (B, T, 4C)  ->  activation  ->  (B, T, C)
#
# No token looks at another one here. The activation stands *between* the two layers; the last thing is linear, so that
# the result can be negative as well and take away from what it will be added to.
#
# GPT-2's activation is **gelu**, a smooth relu: x times the probability that a standard normal number is below x. GPT-2
# uses an approximation from a time when that was slow to compute, and since its weights grew up with it, so do we:
#
#     gelu_tanh(x)  =  x / 2 * (1 + tanh( sqrt(2 / pi) * (x + 0.044715 * x^3) ))


# %%
class FeedForward(nn.Module):
    """Two layers with an activation between, for each token on its own. Layers, by name: `c_fc`, `c_proj`."""

    def __init__(
        self,
        n_embd: int,
        dropout: float = 0.0,
        act: Literal["relu", "gelu_tanh"] = "gelu_tanh",
        bias: bool = True,
    ) -> None:
        """c_fc: `nn.Linear` from n_embd to 4 * n_embd. c_proj: `nn.Linear` back. bias: whether they have one.

        dropout: for the output. act: which activation.

        Edges: act is looked at, and gelu_tanh is what it is by default; with the lecture's relu alone the exercise is
        passed. bias=False. Any other word for act raises ValueError.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: How wide is the middle?
        # HINT: Two linear layers, a Dropout, and the name of the activation. A misspelt name should be refused here,
        #   not quietly taken for one of the two.
        # HINT: if act not in ("relu", "gelu_tanh"): raise ValueError; self.c_fc = nn.Linear(n_embd, 4 * n_embd,
        #   bias=bias), self.c_proj the other way round.
        if act not in ("relu", "gelu_tanh"):
            raise ValueError(f"act is 'relu' or 'gelu_tanh', not {act!r}")
        self.act = act
        self.c_fc = nn.Linear(n_embd, 4 * n_embd, bias=bias)
        self.c_proj = nn.Linear(4 * n_embd, n_embd, bias=bias)
        self.dropout = Dropout(dropout)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return dropout(c_proj(activation(c_fc(x)))), of x's shape (B, T, C).

        Edges: in training, the dropout is there.
        """
        # BEGIN SOLUTION
        # HINT: Three steps and the dropout, in the order in which they are named.
        # HINT: A linear layer takes (B, T, C) as it is and works on the last axis: each token on its own, for free.
        #   Type the formula of gelu_tanh term by term; torch.tanh, math.sqrt, math.pi.
        # HINT: hidden = self.c_fc(x); hidden = relu of it, or hidden / 2 * (1 + torch.tanh(...)); then self.c_proj,
        #   then self.dropout.
        hidden = self.c_fc(x)
        if self.act == "relu":
            hidden = hidden.relu()
        else:
            inner = math.sqrt(2 / math.pi) * (hidden + 0.044715 * hidden**3)
            hidden = hidden / 2 * (1 + torch.tanh(inner))
        return self.dropout(self.c_proj(hidden))
        # END SOLUTION


# %% [markdown]
# ## 10. A block
#
# Talk, then think: attention, then feed-forward. That is one block, and a GPT is a stack of them.
#
# How they are joined matters more than it seems. Neither part replaces x; each *adds* to it:
#
#     x = x + attn(ln_1(x))
#     x = x + mlp(ln_2(x))
#
# Think of x as a stream that runs from the bottom of the model to the top. Each part reads from it, through its own
# LayerNorm, and writes a correction back into it. Going backward, a sum passes its gradient on to both sides
# unchanged. So the gradient runs down the stream as on a motorway, through 24 blocks, and arrives as large as it
# started. Without the sums it would have to squeeze through every part on the way.
#
# The LayerNorm stands *before* each part, on the branch ("pre-norm"). In the first transformers it stood on the stream
# itself, after the sum, so the stream was rescaled in every block; deep models were hard to train that way.


# %%
class Block(nn.Module):
    """Attention and feed-forward, each added to the stream. Parts, by name: `ln_1`, `attn`, `ln_2`, `mlp`."""

    def __init__(self, config: GPTConfig) -> None:
        """ln_1, ln_2: LayerNorms of their own. attn: a CausalSelfAttention. mlp: a FeedForward. All as config says.

        Edges: what config says about bias, act and dropout, other than the defaults.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: Four parts, all of which you have written.
        # HINT: Every one of them has a bias or not, as config.bias says; the feed-forward takes config.act and
        #   config.dropout as well. The two LayerNorms share nothing.
        # HINT: Twice LayerNorm(config.n_embd, bias=config.bias), CausalSelfAttention(config), and FeedForward with
        #   config.n_embd, config.dropout, config.act and config.bias.
        self.ln_1 = LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = FeedForward(config.n_embd, config.dropout, config.act, config.bias)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return x + attn(ln_1(x)), plus the mlp of its ln_2: shape (B, T, C) in and out."""
        # BEGIN SOLUTION
        # HINT: The text has the two lines.
        # HINT: The second line reads the x that the first one made.
        # HINT: What is added to x is the part's output; what the part reads is normalised, x itself is not.
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))
        # END SOLUTION


# %% [markdown]
# ## 11. GPT
#
# Now the whole thing, from ids to scores:
#
#     idx (B, T)  ->  wte(idx) + wpe(0 ... T-1)  ->  dropout  ->  blocks  ->  ln_f  ->  lm_head  ->  logits (B, T, V)
#
# **Positions.** Attention is an average, and an average does not know in which order things came. So a second table,
# `wpe`, has a vector for each *place* (0 for the first token of the window, whatever it is), and what enters the stream
# is the sum of the two.
#
# **The loss.** With targets, the model also says how surprised it was: the cross-entropy, averaged over all `B * T`
# predictions. `cross_entropy` is given and takes a flat list of them: `(N, V)` scores and `(N,)` targets. `get_batch`
# has shifted the targets already; here nothing is shifted again. Targets of -1 do not count.
#
# **The start.** Before training, all tokens should be about equally likely: a loss near `ln V`. A start that is surer
# of itself spends its first steps unlearning that. `init_weights` is given: weights normal with standard deviation
# 0.02, biases zero. `self.apply(init_weights)` runs it on every part of the model.


# %%
def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = IGNORE) -> Tensor:  # GIVEN
    """Return the mean of -log p(target), a scalar. logits: (N, V). targets: (N,) int64; those ignored do not count."""
    if logits.ndim != 2 or targets.ndim != 1 or len(logits) != len(targets):
        shapes = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"cross_entropy takes (N, V) logits and (N,) targets, not {shapes}")
    kept = targets != ignore_index
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -log_p[kept].gather(1, targets[kept].unsqueeze(1)).mean()


def init_weights(module: nn.Module) -> None:  # GIVEN
    """Draw the weights of a Linear or Embedding layer from N(0, 0.02), set its bias to zero; else do nothing."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


class GPT(nn.Module):
    """The model. Parts, by name: `wte`, `wpe`, `blocks`, `ln_f`, `lm_head`; and `config`."""

    def __init__(self, config: GPTConfig) -> None:
        """Make the parts, and draw their weights with `init_weights`.

        wte: `nn.Embedding` of V tokens. wpe: `nn.Embedding` of block_size places. blocks: an `nn.ModuleList` of n_layer
        Blocks. ln_f: a LayerNorm, its bias as in config. lm_head: `nn.Linear` from C to V, never with a bias, with a
        weight of its own. config: kept as `self.config`. config.dropout: also for the sum of the embeddings.

        Edges: the weights that a fresh model has, and a first loss within 0.05 of ln V. No bias in lm_head. What config
        says about bias, act and dropout, other than the defaults.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: Follow the line in the text from left to right; each name there is a part.
        # HINT: An embedding is a table: how many rows do the two have, and how wide are they? When all parts are there,
        #   draw the weights.
        # HINT: self.wte = nn.Embedding(config.vocab_size, config.n_embd); self.wpe has config.block_size rows;
        #   self.blocks = nn.ModuleList of Block(config); self.ln_f, self.lm_head; last self.apply(init_weights).
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.dropout = Dropout(config.dropout)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.ln_f = LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.apply(init_weights)
        # END SOLUTION

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Score all possible next tokens at each place.

        Args:
            idx: (B, T) int64 ids; T may be anything from 1 to block_size.
            targets: (B, T) int64, what follows each token of idx; IGNORE where it does not count.

        Returns:
            logits (B, T, V), and the mean cross-entropy as a scalar tensor, or None where there are no targets.

        Edges: an idx that is not int64 raises TypeError, a T larger than block_size ValueError.
        """
        # BEGIN SOLUTION
        # HINT: From ids to vectors, through the stack, to scores. And what does each place need besides its token?
        # HINT: The places are 0 to T-1, on idx's device, the same for all sequences. For the loss, melt B and T into
        #   one axis, in the logits and in the targets. Refuse a wrong idx before all that.
        # HINT: x = self.dropout(self.wte(idx) + self.wpe(torch.arange(T, device=idx.device))); each block in turn;
        #   logits = self.lm_head(self.ln_f(x)); loss = cross_entropy(logits.flatten(0, 1), targets.flatten()).
        if idx.dtype != torch.int64:
            raise TypeError(f"ids are int64, not {idx.dtype}")
        if idx.shape[1] > self.config.block_size:
            raise ValueError(f"{idx.shape[1]} tokens, but block_size is {self.config.block_size}")
        places = torch.arange(idx.shape[1], device=idx.device)
        x = self.dropout(self.wte(idx) + self.wpe(places))
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, cross_entropy(logits.flatten(0, 1), targets.flatten())
        # END SOLUTION


# %% [markdown]
# ## 12. From scores to a token
#
# The model gives scores. To write with it you have to pick one token, and how you pick changes what you read.
#
# **Temperature** divides the scores before the softmax. Below 1 the favourite gets even more; above 1 the chances even
# out. At temperature 0, in the limit, the favourite gets everything.
#
# **Top-k** lets only the k best tokens take part. The long tail of thousands of unlikely tokens has, taken together,
# quite some probability, and one bad pick derails the text. What is left has to be a distribution again: rows sum to
# one. Where several tokens share the k-th best score, all of them stay; there is no fair way to choose.


# %%
def sampling_probs(logits: Tensor, temperature: float = 1.0, top_k: int | None = None) -> Tensor:
    """Return the probability with which each token is to be drawn.

    Args:
        logits: (B, V) floating point, one row for each sequence; -inf for what is impossible.
        temperature: what the logits are divided by.
        top_k: tokens with a logit below the row's k-th largest get probability 0. None: all stay.

    Returns:
        (B, V), of the logits' dtype; each row sums to 1.

    Edges: temperature 0 stands for the limit, all on one token with the largest logit. A top_k larger than V: all stay.
    Tokens that tie with the k-th best stay. A logit of -inf stays impossible. A negative temperature, and a top_k below
    1, raise ValueError.
    """
    # BEGIN SOLUTION
    # HINT: Refuse what has no meaning. Filter, divide, softmax. And what is special about dividing by 0?
    # HINT: The k-th largest value of each row is a threshold: what lies below it is set to -inf, in a new tensor. Equal
    #   to the threshold is not below it. torch.topk refuses a k larger than V.
    # HINT: threshold = logits.topk(min(top_k, V)).values[:, -1:]; logits = logits.masked_fill(logits < threshold,
    #   float("-inf")). For temperature 0: zeros, with a 1 scattered to argmax(dim=-1, keepdim=True).
    if temperature < 0:
        raise ValueError(f"temperature is 0 or more, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k is at least 1, not {top_k}")
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(dim=-1, keepdim=True), 1.0)
    if top_k is not None:
        threshold = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
        logits = logits.masked_fill(logits < threshold, float("-inf"))
    return (logits / temperature).softmax(dim=-1)
    # END SOLUTION


def sample_logits(
    logits: Tensor,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Draw one token for each row of logits (B, V), with `sampling_probs`; returns ids (B, 1) int64.

    generator: where the random numbers come from.

    Edges: those of `sampling_probs`.
    """
    # BEGIN SOLUTION
    # HINT: A row of probabilities and a random number: which token is it?
    # HINT: torch.multinomial draws from each row of a (B, V) tensor. How many from each?
    # HINT: torch.multinomial of the probabilities, one sample a row, generator=generator.
    return torch.multinomial(sampling_probs(logits, temperature, top_k), 1, generator=generator)
    # END SOLUTION


# %% [markdown]
# ## 13. Writing and measuring
#
# **Writing** is a loop: feed the text, take the scores at the *last* place (they are about what comes next), draw a
# token, append it, again. The text grows, the model's window does not: from `block_size` tokens on, feed it the *last*
# `block_size` of them.
#
# **Measuring**: the loss of a single batch is a noisy number. `estimate_loss` averages several.
#
# Both are guests in the middle of a training run, and a good guest leaves no trace. Dropout has to be off while you
# measure (`model.eval()`), and afterwards the model must train again: one that stays in eval mode trains on without
# dropout, and nothing ever tells you. So much every program should do.
#
# The perfect guest (these are edges) does so in `generate`, too. It puts the model back into the *same* mode in which
# it was found, also when something raised an error on the way. And it keeps no graph: these results are never
# differentiated.


# %%
def generate(
    model: GPT,
    idx: Tensor,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Continue each sequence, token by token, by drawing from the model's predictions.

    Args:
        model: a GPT, or any module that is used like one: `model(ids)` with (B, t) int64 ids, t at most
            `model.config.block_size`, gives (logits, loss) with logits (B, t, V).
        idx: (B, T0) int64, the beginnings, T0 at least 1; may be longer than block_size. Stays as it is.
        max_new_tokens: how many tokens to add to each; 0 adds none.
        temperature: as for `sample_logits`.
        top_k: as for `sample_logits`.
        generator: where the random numbers come from.

    Returns:
        (B, T0 + max_new_tokens) int64: the beginnings, then what was drawn.

    Edges: temperature and top_k, the same at each token. The model is asked once for each token. It is in eval mode
    while it is asked, without gradients, and after that in the mode it came in, even where it raised an error.
    """
    # BEGIN SOLUTION
    # HINT: One round: what goes into the model, which of its scores do you need, and what happens with the token?
    # HINT: Slice the last block_size tokens for the model, not for the result. The scores at the last place are about
    #   the next token. For the mode: remember model.training, and put it back in a `finally`.
    # HINT: In a loop: logits, _ = model(idx[:, -block_size:]); token = sample_logits(logits[:, -1], ...); idx =
    #   torch.cat of idx and token along dim=1. All of it under torch.no_grad(), after model.eval(); and in `finally`
    #   model.train(was_training).
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for _ in range(max_new_tokens):
                logits, _ = model(idx[:, -model.config.block_size :])
                token = sample_logits(logits[:, -1], temperature, top_k, generator)
                idx = torch.cat([idx, token], dim=1)
        return idx
    finally:
        model.train(was_training)
    # END SOLUTION


def estimate_loss(model: GPT, get_batch_fn: Callable[[], tuple[Tensor, Tensor]], iters: int) -> float:
    """Return the mean of the model's loss over `iters` batches.

    model: called as `model(x, y)`, gives (logits, loss) with loss a scalar tensor. get_batch_fn: gives the next batch,
    `x, y = get_batch_fn()`; called `iters` times, iters at least 1. The model is in eval mode while it is asked; if it
    was training, it is back in training mode afterwards.

    Edges: a float, no tensor, right to its last digits. Mode and gradients as for `generate`.
    """
    # BEGIN SOLUTION
    # HINT: What must be off while you measure, and how does the next training step find the model?
    # HINT: A new batch for every round. loss.item() is a plain number that keeps no graph alive. Add up, divide once.
    # HINT: The frame of generate: remember model.training, model.eval(), try with torch.no_grad(), finally
    #   model.train(...). Inside: a total of model(x, y)[1].item() over all rounds, divided by iters.
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return sum(float(model(*get_batch_fn())[1]) for _ in range(iters)) / iters
    finally:
        model.train(was_training)
    # END SOLUTION


# %% [markdown]
# ## 14. What attention is good at
#
# A sequence whose second half repeats its first half:
#
#     7 2 9 4 | 7 2 9 4
#
# The first half is noise, and no model can predict it. The second half is known for certain, to a model that can look
# back and *copy*. A recurrent network has to carry all of the first half in its state. For attention it is a matter of
# looking at the right place, and a single layer learns it in a few hundred steps.
#
# So as not to drown the effect in noise, targets count only where the next token can be known: those in the second
# half. All others are IGNORE.
#
#     x    7   2   9   4   7   2   9   4
#     y    .   .   .   7   2   9   4   .         (. is IGNORE)
#
# And then *look*: `attention_pattern` pulls the weights out of a trained model. Print them, or show them as an image.
# In row t there is a bright spot in the column of the token that should be copied. It is one of the few moments in this
# business where you can see what a network has learned.


# %%
def make_copy_batch(
    batch_size: int, length: int, vocab_size: int, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Make sequences whose second half repeats the first.

    Args:
        batch_size: B.
        length: T, an even number.
        vocab_size: each token of the first half is any of 0 to V-1, equally likely and independent of all others.
        generator: where the random tokens come from.

    Returns:
        x and y, each (B, T) int64. x[b] is a random half, twice. y[b, t] is x[b, t + 1] where that token is in the
        second half, and IGNORE everywhere else: at all places before T/2 - 1, and at the last one. Each call draws
        anew.

    Edges: an odd length raises ValueError.
    """
    # BEGIN SOLUTION
    # HINT: Write x and y for T = 6 on paper. At which place does the first target that counts stand?
    # HINT: One random half, and torch.cat of it with itself. y starts out as IGNORE everywhere; then fill in the
    #   places whose next token is in the second half.
    # HINT: Refuse an odd length. half = torch.randint(vocab_size, (batch_size, length // 2), generator=generator); y =
    #   torch.full_like(x, IGNORE); y from T/2 - 1 up to, but without, the last place gets x from T/2 on.
    if length % 2:
        raise ValueError(f"a length of {length} has no two halves")
    half = torch.randint(vocab_size, (batch_size, length // 2), generator=generator)
    x = torch.cat([half, half], dim=1)
    y = torch.full_like(x, IGNORE)
    y[:, length // 2 - 1 : -1] = half
    return x, y
    # END SOLUTION


def attention_pattern(model: GPT, idx: Tensor, layer: int, head: int) -> Tensor:
    """Return who looks at whom: the attention weights of one head.

    Args:
        model: a GPT of yours.
        idx: (B, T) int64 ids.
        layer: which block, from 0.
        head: which of its heads, from 0.

    Returns:
        (B, T, T) weights after the softmax, of a model without dropout: entry [b, t, s] is how much of token s goes
        into token t.

    Edges: no dropout in the pattern, and no gradient on it. The model is left in the mode it came in.
    """
    # BEGIN SOLUTION
    # HINT: The weights are computed in the middle of the model and thrown away. Where does the attention of this layer
    #   get its input from?
    # HINT: Walk up the model by hand: embeddings, the blocks below, then ln_1 and c_attn of this one. Queries and keys
    #   of one head are hs columns of it. With an identity matrix as values, attention gives its weights themselves.
    # HINT: In eval mode and without gradients: x = wte + wpe; for block in model.blocks[:layer]: x = block(x); then
    #   q, k, _ = attn.c_attn(ln_1(x)).split(C, dim=-1); take the columns head * hs to (head + 1) * hs of q and k, and
    #   the (T, T) identity for v, in your attention with is_causal=True.
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            x = model.wte(idx) + model.wpe(torch.arange(idx.shape[1], device=idx.device))
            *below, block = list[Any](model.blocks)[: layer + 1]
            for lower in below:
                x = lower(x)
            q, k, _ = block.attn.c_attn(block.ln_1(x)).split(model.config.n_embd, dim=-1)
            size = model.config.n_embd // model.config.n_head
            columns = slice(head * size, (head + 1) * size)
            identity = torch.eye(idx.shape[1], dtype=x.dtype, device=x.device)
            return scaled_dot_product_attention(q[..., columns], k[..., columns], identity, is_causal=True)
    finally:
        model.train(was_training)
    # END SOLUTION


# %% [markdown]
# ## Train it
#
# All parts are there. Take any text, a few hundred kilobytes are plenty, and let it run:
#
#     text = open("input.txt", encoding="utf-8").read()
#     tokenizer = CharTokenizer(text)
#     data = torch.tensor(tokenizer.encode(text))
#     model = GPT(GPTConfig(vocab_size=len(tokenizer.chars), block_size=64, n_layer=4, n_head=4, n_embd=64))
#     train(model, lambda: get_batch(data, 64, 32), steps=2000)
#     start = torch.zeros(1, 1, dtype=torch.int64)
#     print(tokenizer.decode(generate(model, start, 500)[0].tolist()))
#
# That takes minutes: a step is 2,048 predictions, and a processor needs 50 to 100 milliseconds for it. `grade run u08`
# does the same with your code, shows the curve, and can be stopped and go on.
#
# The copying task takes a second or two. Here you can watch the loss fall off a cliff at the moment the head finds out
# where to look. It comes early, between steps 20 and 40, so print the losses around there:
#
#     torch.manual_seed(0)
#     model = GPT(GPTConfig(vocab_size=16, block_size=20, n_layer=1, n_head=1))
#     losses = train(model, lambda: make_copy_batch(32, 20, 16), steps=400, lr=1e-2)
#     print([round(loss, 2) for loss in losses[15:45:3]])
#     # [2.42, 2.19, 1.69, 1.15, 0.78, 0.47, 0.27, 0.14, 0.07, 0.04], or nearly
#     x, _ = make_copy_batch(1, 20, 16)
#     print(attention_pattern(model, x, layer=0, head=0)[0, 9:19, :10].mul(100).round().int())
#
# The last line shows rows 9 to 18, from which something is to be copied: 99 or 100 on the diagonal, 0 or 1 beside it.
#
# Keep an eye on the loss, from both sides. It should start near `ln V`. It should fall. And it should *not* fall below
# what the data allow: if it does, you have not built a genius. You have built a leak.


# %%
def train(  # GIVEN
    model: GPT, get_batch_fn: Callable[[], tuple[Tensor, Tensor]], steps: int, lr: float = 3e-3
) -> list[float]:
    """Train a model in place with AdamW; print the loss now and then; return the loss of each step."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses = []
    for step in range(steps):
        loss = model(*get_batch_fn())[1]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step:5}   loss {losses[-1]:.4f}")  # noqa: T201 (training is watched)
    return losses
