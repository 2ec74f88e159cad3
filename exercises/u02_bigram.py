# %% [markdown]
# # bigram language model: counting, then learning
#
# A language model answers one question: *given what came so far, what comes next?* The smallest one that deserves the
# name looks back at a single character. After `q` there is a `u`, nearly always. After the beginning of a name there
# is an `a` more often than an `x`. That is all it knows, and it is enough to invent names that sound almost like names.
#
# You build it twice. First you *count*: how often does `u` come after `q`? Divide, and you have probabilities. Then
# you forget all counts, start from random numbers, and let gradient descent find the same probabilities. The second
# way seems like a detour. But counting ends here: with ten characters of context there is no table large enough. The
# network goes on, through every unit that follows, up to a GPT. What you write in this unit (a loss, a softmax, a
# training loop) is never thrown away again.
#
# **Shapes.** `V` characters in the vocabulary, 27 for the lecture's names. Counts `N`, probabilities `P` and weights
# `W` are all `(V, V)`. *The row is the character that you come from, the column the one that you go to.* When you are
# lost, say this sentence again.
#
# **The dot.** A name has a beginning and an end, and the model has to learn both. So every name is read as if it had
# a dot on each side: `emma` is `.emma.`, which has five pairs: `.e`, `em`, `mm`, `ma`, `a.`. The dot is token 0. (Other
# units have other customs: the names of u11 have their boundary token last, the texts of u08 have none.)
#
# **Tools.** torch. What you build here is off limits in its finished form: softmax, log_softmax, cross-entropy and NLL
# loss, as functions and as modules. `F.one_hot` is off limits only in the exercise that builds it: in the last one you
# may call it as the lecture does, or your own. Autograd waits for the last exercise.
#
# **Edges.** The lecture is in a hurry; a library is not. What goes beyond the lecture stands at the end of a contract,
# after the word *Edges*. An edge has its points, and an exercise is passed without it. One of them is everywhere, so it
# is said here, once: the tensors that you are given stay as they are.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u02`. Stuck?
# `grade hint` gives one nudge at a time. To try something out, write it at the end of this file, below a line
# `if __name__ == "__main__":`. Running the file runs it; grading does not.
#
# After the lecture "The spelled-out intro to language modeling: building makemore" by Andrej Karpathy. The sections say
# which of its minutes they belong to. Text, code and checks here are our own.

# %%
"""Unit 02: a character model that looks back at one character, by counting and by gradient descent."""

import math
from itertools import pairwise

import torch
from torch import Tensor

# %% [markdown]
# ## 1. Characters and numbers
#
# *Lecture: 0:12 to 0:24.*
#
# A tensor is indexed by numbers, so every character gets one. The lecture calls the two dictionaries `stoi` (string to
# integer) and `itos` (integer to string); each is the other one turned around.
#
# Which number a character gets does not matter to the model. That it gets the *same* number tomorrow does: a table of
# counts is worthless without the order in which it was made. A Python set of strings has no order that you can count
# on, it changes from one run to the next. So sort.


# %%
def build_vocab(words: list[str]) -> tuple[dict[str, int], dict[int, str]]:
    """Number the characters of some words.

    Args:
        words: without dots in them. The characters are taken as they are: `A` and `a` are two.

    Returns:
        stoi, from characters to numbers: "." is 0, and the characters that occur follow from 1 on, sorted as Python
        sorts them; and itos, from numbers to characters.

    Edges: any character of Unicode will do. No words give the dot alone. A word with a dot in it raises ValueError,
    since nobody could tell its dot from a boundary.
    """
    raise NotImplementedError("TODO: build_vocab")


# %% [markdown]
# Try it:
#
#     stoi, itos = build_vocab(["emma", "olivia"])
#     print(stoi)  # {'.': 0, 'a': 1, 'e': 2, 'i': 3, 'l': 4, 'm': 5, 'o': 6, 'v': 7}
#
# ## 2. Counting pairs
#
# *Lecture: 0:06 to 0:24.*
#
# Walk through every word, dots included, and look at two neighbours at a time. `zip` of a string with the same string
# moved by one gives just these pairs. Each pair is one more in the table: `N[i, j]` says how often character `j` came
# right after character `i`. (The lecture writes 27 where it makes the table. A table as large as `stoi` takes other
# alphabets as well: an edge.)
#
# A trap for those who want it fast: `N[rows, columns] += 1` with whole lists of indices reads all those places, adds
# one, and writes all of them back. A pair that occurs three times is written three times, as *one* more. One pair at a
# time is right, if slow.


# %%
def bigram_counts(words: list[str], stoi: dict[str, int]) -> Tensor:
    """Count how often each character follows each other one.

    Args:
        words: their characters are all in stoi. Each word begins and ends at ".", which is not written in it.
        stoi: the number of each character, "." among them.

    Returns:
        N of shape (V, V) with V = len(stoi): N[i, j] is how often j comes right after i. Row: from. Column: to.

    Edges: any number of characters, where the lecture's are 27. N is int64. An empty word is one pair, from "." to ".".
    No words give zeros. A character that stoi does not have raises KeyError.
    """
    raise NotImplementedError("TODO: bigram_counts")


# %% [markdown]
# Try it:
#
#     stoi, itos = build_vocab(["emma"])
#     print(stoi)                           # {'.': 0, 'a': 1, 'e': 2, 'm': 3}
#     print(bigram_counts(["emma"], stoi))  # five ones, and one of them at [3, 3]
#
# ## 3. From counts to probabilities
#
# *Lecture: 0:36 to 0:50, and 1:01 to 1:03.*
#
# A row of `N` says what came after one character. Divide it by its sum and it is a distribution: no entry below zero,
# and all of them together 1. Do it for all rows at once, and you meet the most famous bug of the lecture.
#
# `N.sum(1)` has shape `(V,)`. Divide `(V, V)` by `(V,)`, and torch lines the shapes up *from the right*: it reads
# `(V,)` as `(1, V)`, one row that is copied downwards. So entry `[i, j]` is divided by the sum of row `j`. No error, no
# warning, and numbers between 0 and 1. `keepdim=True` keeps the sum as a column, `(V, 1)`, which is copied to the
# right, as you meant it.
#
# **Fake counts.** A pair that never occurred gets the probability 0, and one name with such a pair is then *impossible*
# to the model. Nobody is that sure. So pretend that you have seen every pair `smoothing` times more than you have. The
# more fake counts, the flatter the rows.


# %%
def normalize_rows(N: Tensor, smoothing: float = 1.0) -> Tensor:
    """Turn counts into probabilities, row by row.

    Args:
        N: (V, V) counts, integers or floats.
        smoothing: how many fake counts are added to each entry of N, before anything is divided.

    Returns:
        P of shape (V, V), floats; P[i, j] is the probability that j follows i. Each row sums to 1.

    Edges: any smoothing from 0 on. Without smoothing a row that has no counts at all becomes uniform: that is where it
    tends to as smoothing goes to 0. A negative smoothing raises ValueError. P is float32 for integer counts, and N
    stays as it is.
    """
    raise NotImplementedError("TODO: normalize_rows")


# %% [markdown]
# Try it:
#
#     N = torch.tensor([[0, 3], [1, 1]])
#     print(normalize_rows(N, smoothing=0))  # [0, 1] and [0.5, 0.5]
#     print(normalize_rows(N))               # [0.2, 0.8] and [0.5, 0.5]
#
# ## 4. Let it speak
#
# *Lecture: 0:24 to 0:36.*
#
# You have a distribution for what follows each character. Begin at the dot, draw the next character from its row, go
# to *that* character's row, and so on. When the dot is drawn, the name is over. Then the next name begins at the dot
# again.
#
# *Draw* means: a likely character often, an unlikely one seldom. `torch.multinomial` does that. To take the largest
# probability each time would give one and the same name for ever.
#
# **Chance that can be repeated.** A `torch.Generator` with a seed gives the same numbers each time. It only helps if
# *all* random numbers come from it, so hand it on.
#
# The lecture prints the dot at the end of each name. Here the dot is a signal, not a letter, and a name does without
# it (that is an edge; names with the dot count as well, otherwise).


# %%
def sample_names(
    P: Tensor, itos: dict[int, str], n: int, generator: torch.Generator | None = None, max_len: int = 64
) -> list[str]:
    """Draw n names from a bigram model.

    Args:
        P: (V, V) probabilities; row i is what follows character i. Token 0 is the boundary.
        itos: the character of each number.
        n: how many names.
        generator: where all random numbers come from.
        max_len: see the edges.

    Returns:
        A list of n strings. Each name starts from row 0 and ends where 0 is drawn.

    Edges: the boundary is no part of a name, so where 0 is drawn at once, the name is "". A name ends when it has
    max_len characters, whatever P says. With a generator, torch's global one does not move; without one it is the
    global one that is used. Two calls with one generator give different names; two generators with one seed give the
    same. P stays as it is.
    """
    raise NotImplementedError("TODO: sample_names")


# %% [markdown]
# ## 5. How good is it?
#
# *Lecture: 0:50 to 1:01.*
#
# Give the model a name that somebody really has. How probable did it find each step? A good model is rarely surprised.
# All those probabilities multiplied are the *likelihood* of the data, a number too small for any computer. So take
# logarithms, and the product becomes a sum. Three more habits, and you have the loss of every language model there is:
#
# * *negative*: probabilities are below 1, their logs below 0, and a loss should be positive, with 0 as the best;
# * *mean*, over all predicted characters, the final dot among them, so that long and short texts can be compared;
# * *natural* logarithm: the unit is the nat. (In bits, base 2, the same loss is 1.44 times as large.)
#
# A model that knows nothing gives 1 / V to everything and has the loss log(V): 3.30 for 27 characters.
#
# **Perplexity** is the same number, told differently: exp of the loss. Perplexity 10 means: as unsure as if it had to
# choose among 10 equally likely characters.
#
# Where the model said 0 and it happened all the same, it was infinitely wrong, and the loss is infinite. Do not hide
# that with a small number added inside the log. It is what smoothing was for.


# %%
def mean_nll(words: list[str], P: Tensor, stoi: dict[str, int]) -> float:
    """Return the mean negative log-likelihood of some words, in nats for each predicted character.

    Args:
        words: at least one; each begins and ends at ".", which is not written in it.
        P: (V, V) probabilities, row: from, column: to.
        stoi: the number of each character.

    Returns:
        The mean of -log(P[from, to]) over all pairs of all words. A word of n characters has n + 1 pairs.

    Edges: the result is a Python float. A pair with probability 0 makes it inf. No words at all raise ValueError: there
    is no mean of nothing.
    """
    raise NotImplementedError("TODO: mean_nll")


def perplexity(nll: float) -> float:
    """Return the perplexity of a mean negative log-likelihood in nats: the number of equally likely choices.

    Edges: the loss inf has perplexity inf.
    """
    raise NotImplementedError("TODO: perplexity")


# %% [markdown]
# Try it, on real names. `datasets/names.txt` holds words that were drawn from a source with a known entropy: a model
# that sees one letter reaches 2.3346 nats at best (`datasets/README.md`). The lecture's own file gives 2.454.
#
#     words = open("datasets/names.txt").read().split()
#     stoi, itos = build_vocab(words)
#     P = normalize_rows(bigram_counts(words, stoi))
#     print(mean_nll(words, P, stoi))
#     print(sample_names(P, itos, 5, torch.Generator().manual_seed(1)))
#
# ## 6. A number as a vector
#
# *Lecture: 1:10 to 1:14.*
#
# Now the second way. A network multiplies its input by weights, and it makes no sense to multiply a weight by "token
# 17": token 18 is not a little more of the same. So the token becomes a vector of zeros with a single 1, at place 17.
#
# Multiply such a row by a matrix `W`, and all rows of `W` are multiplied by 0 but one. *What comes out is row 17 of
# `W`.* Keep that in mind: it is why the network can become the table of counts.


# %%
def one_hot(ix: Tensor, num_classes: int) -> Tensor:
    """Return a vector of zeros with a single 1 for each index.

    Args:
        ix: int64 indices from 0 to num_classes - 1, of any shape.
        num_classes: the length of the vectors, whatever indices occur.

    Returns:
        A tensor of shape (*ix.shape, num_classes).

    Edges: ix may have any number of axes, also none. The result is float32, because it is going to be multiplied by
    weights. (`F.one_hot` returns integers, so the lecture puts `.float()` behind it.) An index below 0, or above
    num_classes - 1, raises ValueError.
    """
    raise NotImplementedError("TODO: one_hot")


# %% [markdown]
# ## 7. From numbers to probabilities
#
# *Lecture: 1:18 to 1:26.*
#
# A network gives out any numbers it likes, below zero and above. They are called *logits*, and are to be read as logs
# of counts. So `exp` makes counts of them, all positive, and then you do what you did in section 3: divide by the sum.
# That is softmax. Nothing in it is new.
#
# **Large logits** (an edge). `exp(1000)` is infinite, and infinite by infinite is nan. But add the same number to all
# logits of a row and nothing changes, since it cancels. So take the row's largest logit off first: then the largest
# is 0, and its exp is 1. It has to be the maximum of *this row*. With the maximum of the whole tensor a row far below
# it becomes 0 / 0.


# %%
def softmax(logits: Tensor, dim: int = -1) -> Tensor:
    """Turn logits into probabilities along one axis.

    Args:
        logits: floats of any shape.
        dim: the axis along which the result sums to 1.

    Returns:
        exp(logits), divided by its sum along dim; shape and dtype as logits. Gradients flow through it.

    Edges: any dim, any number of axes. Logits as large as 10000, and rows of very different size beside each other.
    A logit of -inf has probability 0, where another one of its row is finite. In float64 the sums are 1 to 1e-12: there
    is no small number in the denominator. The argument stays as it is.
    """
    raise NotImplementedError("TODO: softmax")


# %% [markdown]
# Try it:
#
#     print(softmax(torch.tensor([[0.0, 0.0], [1.0, 3.0]])))  # [0.5, 0.5] and [0.1192, 0.8808]
#     print(softmax(torch.tensor([1000.0, 1000.0])))          # [0.5, 0.5], with the maximum taken off
#
# ## 8. The same model, learned
#
# *Lecture: 1:05 to 1:10, and 1:26 to 1:56.*
#
# One layer, no bias: `logits = one_hot(xs) @ W`. The dataset is two tensors of the same length, the lecture's `xs` and
# `ys`: the first and the second character of every pair, as numbers. A step of training:
#
# 1. *Forward.* One-hot, times `W`, softmax: row `r` of `probs` is what the model expects after `xs[r]`.
# 2. *Loss.* Of each row take the probability of what did come, `ys[r]`. Log, mean, minus: the loss of section 5. Then
#    the regulariser, `reg * (W ** 2).mean()`.
# 3. *Backward.* Forget the old gradient first. torch *adds* to `W.grad`, and nobody else clears it.
# 4. *Update.* A step of size `lr` against the gradient. Change the numbers inside `W` (through `W.data`, or under
#    `torch.no_grad()`). If you write `W = W - lr * W.grad`, the new `W` is a result, not a parameter any more.
#
# **The regulariser is smoothing.** It pulls all of `W` towards 0, and where all logits are 0, all characters are
# equally likely: the very thing that fake counts do. (The lecture takes the *mean* of the squares. With the sum it
# would be `V * V` times as strong.)
#
# A row of `W` that is ready holds logs of counts, up to a number that softmax takes off again. So `softmax(W)` is the
# table `P` of section 3, found without counting.


# %%
def train_neural_bigram(
    xs: Tensor,
    ys: Tensor,
    vocab_size: int,
    steps: int = 100,
    lr: float = 50.0,
    reg: float = 0.01,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, list[float]]:
    """Train one layer of weights to predict the next character, with all pairs in each step.

    Args:
        xs: (n,) int64, the characters that one comes from.
        ys: (n,) int64, the characters that one goes to.
        vocab_size: V.
        steps: how many updates.
        lr: the learning rate, the same in each step.
        reg: the weight of `(W ** 2).mean()` in the loss.
        generator: where the first weights come from: `torch.randn((V, V), generator=generator)`, and nothing else.

    Returns:
        W of shape (V, V) after the last update, float32: `softmax(W)[i]` is what follows i. And one loss a step, that
        *before* its update, the regulariser included.

    Edges: any vocab_size, where the lecture writes 27. Other values of lr and reg than those of the lecture; lr=0
    leaves the first weights as they are, and steps=0 does so with no losses. The losses are Python floats. Without a
    generator the weights come from torch's global one; with one, that does not move. xs and ys stay as they are.
    """
    raise NotImplementedError("TODO: train_neural_bigram")


# %% [markdown]
# ### Both models, side by side
#
# Counting takes a second, learning five or more. (`grade run u02` does both with your code, and draws the loss.)
#
#     words = open("datasets/names.txt").read().split()
#     stoi, itos = build_vocab(words)
#     P = normalize_rows(bigram_counts(words, stoi))
#
#     ids = [[stoi[char] for char in f".{word}."] for word in words]
#     xs = torch.tensor([ix for word in ids for ix in word[:-1]])
#     ys = torch.tensor([ix for word in ids for ix in word[1:]])
#     W, losses = train_neural_bigram(xs, ys, len(stoi), generator=torch.Generator().manual_seed(1))
#
#     print(f"{losses[0]:.3f} {losses[-1]:.3f}")
#     for model in (P, softmax(W)):
#         print(f"{mean_nll(words, model, stoi):.3f}")
#         print(sample_names(model, itos, 5, torch.Generator().manual_seed(1)))
#
# The losses go from 3.854 to 2.381, regulariser included. Without it the learned model has 2.363 and the counted one
# 2.338; more steps bring them closer (2.348 after 300). The source that these words come from has an entropy of 2.3346
# given one letter, so nobody who sees one letter gets far below that. And the same seed draws nearly the same names
# from both.
#
# Names like `fldel` are what one letter of memory is worth. Where would more letters go? Into the table: two of them
# make 729 rows, three make 19683, ten make 200 million million. Into the network: a few more inputs. That is the next
# unit.


# %%
# Try things here: `python exercises/u02_bigram.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
