# %% [markdown]
# # microgpt: a GPT of scalars
#
# The whole thing, and nothing else. A tokenizer, a gradient engine, a transformer, an optimizer, a training loop, a
# sampler: about two hundred lines of plain Python, and all of them yours. Everything that a large model has besides
# is speed. It computes with arrays where you compute with single numbers, and it has more of them. The algorithm is
# the one in this file.
#
# **Shapes.** There are no arrays. A vector of C numbers is a list of C Values. A matrix is a list of rows, `(out, in)`:
# one row for each output. `C` is the width of the model (`n_embd`), `V` the number of tokens (`vocab_size`), `H` the
# number of heads (`n_head`), and each head has `C / H` numbers.
#
# **Tools.** The standard library: `math` and `random`. No numpy, no torch, and no call of `sys.setrecursionlimit`:
# where a graph is deep, walk it with a stack of your own.
#
# **Conventions.** Weights are `(out, in)`, as in microgpt and torch; units 04 and 12 have `(in, out)`. BOS is the
# *last* token; in makemore (unit 02) the dot is token 0. There are no biases and no gains.
#
# **Edges.** What goes beyond the source stands at the end of a contract, under "Edges". An edge has its points, and an
# exercise is passed without it. One kind comes again and again, so it is said here, once: *manners*. A function leaves
# the lists alone that it is given, where its contract does not say otherwise.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u11`. Stuck? `grade
# hint` gives one nudge at a time. To try something out, write it at the end of this file, below a line `if __name__
# == "__main__":`. When all is done, `grade run u11` trains what you wrote, and it makes up names.
#
# After microgpt (`microgpt.py`, a gist of February 2026) by Andrej Karpathy. There is no lecture of its own for it:
# lecture 1 (micrograd) and lecture 7 (GPT) tell its two halves. Text, code and checks here are our own.

# %%
"""Unit 11: a GPT of single numbers in pure Python, from the gradient engine to the names that it makes up."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

# %% [markdown]
# ## 1. A number that remembers, and keeps its slopes
#
# (microgpt: class `Value`. Lecture 1 builds the same engine with functions; unit 01 is about that one.)
#
# A `Value` is a number that knows what it was made from. In unit 01 each result kept a small function that reports
# backwards. Here it keeps the *local slopes* themselves, one for each operand, as numbers, computed in the forward
# pass. Then the sweep is one line for all operations:
#
#     child.grad += local * node.grad
#
# `node` is the result, `child` an operand of it. That line is the chain rule: how the end moves with the node, times
# how the node moves with its operand. `+=`, because a number that is used twice gets a share from each use.
#
#     out               children     local slopes
#     a + b             a, b         1, 1
#     a * b             a, b         b, a
#     a ** n            a            n * a ** (n - 1)
#     exp(a)            a            exp(a)
#     log(a)            a            1 / a
#     relu(a)           a            1 where a > 0, else 0
#
# All others are made from these, and given: `a - b` is `a + b * -1`, and `a / b` is `a * b ** -1`.
#
# **The order.** A node may hand its gradient on when all results that use it have handed on theirs. So list all nodes
# with operands first (depth first: a node goes into the list after its operands), and walk the list from the end.
#
# **Twice.** What a second sweep means is a matter of contract. Here it is that of unit 01: *leaves* (made from nothing)
# add up, over sweeps and over graphs, until somebody sets them to 0. Nodes that were made from others start each sweep
# from 0, and the root is set to 1. The gist sweeps each graph once and needs no such rule.
#
# **Depth.** `sum` of a thousand terms is a chain of a thousand nodes. A walk that calls itself ends there with a
# RecursionError, since Python stops at about a thousand calls inside each other. One training step of the gist's model
# has 60,000 nodes in its graph, and stays below; two layers more, and it does not.

# %%
Number = Union["Value", float]


class Value:
    """One number of an expression, its gradient, and what it was made from.

    Edges: no Value has a `__dict__`. Whoever writes a class of their own keeps `__slots__`, in any names they like.
    """

    __slots__ = ("_children", "_local_grads", "data", "grad")  # no __dict__: half of the memory, for 60,000 nodes

    def __init__(  # GIVEN
        self, data: float, children: tuple["Value", ...] = (), local_grads: tuple[float, ...] = ()
    ) -> None:
        """data: the number. children: its operands. local_grads: its slope in each of them, numbers."""
        self.data = data
        self.grad = 0.0
        self._children = children
        self._local_grads = local_grads

    def __repr__(self) -> str:  # GIVEN
        return f"Value(data={self.data}, grad={self.grad})"

    def __add__(self, other: Number) -> "Value":
        """Return self + other, a new node; `other` may be a plain number.

        Edges: the operands keep their data and grad.
        """
        raise NotImplementedError("TODO: Value.__add__")

    def __mul__(self, other: Number) -> "Value":
        """Return self * other, a new node; `other` may be a plain number.

        Edges: the slopes are those of the numbers multiplied. A later change of an operand's data does not change them.
        """
        raise NotImplementedError("TODO: Value.__mul__")

    def __pow__(self, exponent: float) -> "Value":
        """Return self ** exponent, a new node, for a plain number as exponent.

        Edges: a later change of self.data does not change the slope.
        """
        raise NotImplementedError("TODO: Value.__pow__")

    def exp(self) -> "Value":
        """Return e to the power of self, a new node."""
        raise NotImplementedError("TODO: Value.exp")

    def log(self) -> "Value":
        """Return the natural logarithm of self, a new node."""
        raise NotImplementedError("TODO: Value.log")

    def relu(self) -> "Value":
        """Return self where it is positive, else 0; a new node. At exactly 0 the slope is 0."""
        raise NotImplementedError("TODO: Value.relu")

    def __neg__(self) -> "Value":  # GIVEN
        return self * -1

    def __radd__(self, other: float) -> "Value":  # GIVEN
        return self + other

    def __rmul__(self, other: float) -> "Value":  # GIVEN
        return self * other

    def __sub__(self, other: Number) -> "Value":  # GIVEN
        return self + (-other)

    def __rsub__(self, other: float) -> "Value":  # GIVEN
        return (-self) + other

    def __truediv__(self, other: Number) -> "Value":  # GIVEN
        return self * other**-1

    def __rtruediv__(self, other: float) -> "Value":  # GIVEN
        return self**-1 * other

    def backward(self) -> None:
        """Fill in the gradients of everything that self was made from: grad is d(self) / d(node).

        The gradients of leaves are added to what they hold. The root's becomes 1, whatever it was.

        Edges: nodes that were made from others start each sweep from 0, so a second sweep of the same graph adds the
        same to each leaf once more. No depth is too deep: a graph of 60,000 nodes in one chain is swept under the
        default recursion limit.
        """
        raise NotImplementedError("TODO: Value.backward")


# %% [markdown]
# ## 2. Names become numbers
#
# (microgpt: `uchars`, `BOS`, and the line with `tokens = ...`.)
#
# A *document* is a name. Its characters are numbered in sorted order, 0, 1, 2, ... One token more, BOS, has the number
# behind the last character. It stands in front of every document *and* behind it: "here a name begins" and "here it
# ends" are the same event, the border between two names. So the model learns from it how names begin, and says with
# it that a name is over.
#
#     docs      ["abba", "cab"]
#     chars     "abc"             0, 1, 2
#     BOS       3
#     encode    "cab" -> [3, 2, 0, 1, 3]


# %%
class NameTokenizer:
    """Characters as tokens, and one token more for the border of a name."""

    def __init__(self, docs: Sequence[str]) -> None:
        """Number the characters of docs in sorted order.

        Sets `BOS`, the id behind the last character, and `vocab_size`, the number of characters plus one.
        """
        raise NotImplementedError("TODO: NameTokenizer.__init__")

    def encode(self, doc: str) -> list[int]:
        """Return the ids of a document, with BOS in front and behind. An empty document is [BOS, BOS].

        Edges: a character that is not among those of the documents raises ValueError. It has no id.
        """
        raise NotImplementedError("TODO: NameTokenizer.encode")

    def decode(self, ids: Sequence[int]) -> str:
        """Return the characters of ids, joined. BOS is no character: it leaves nothing, wherever it stands."""
        raise NotImplementedError("TODO: NameTokenizer.decode")


# %% [markdown]
# ## 3. Three pieces
#
# (microgpt: `linear`, `softmax`, `rmsnorm`.)
#
# **linear** is a matrix times a vector: each output is the sum of all inputs, weighed by its own row.
#
# **softmax** makes probabilities from scores: all positive, with sum 1. `exp(710)` is past the largest float, so the
# largest score is taken away from all before `exp`. That changes no probability: whatever is taken away from all
# scores cancels. And since it cancels, it needs no gradient: take away a *plain number*. The sum below the line is
# another matter. It depends on every score, and stays in the graph.
#
# **rmsnorm** brings a vector to length one, so to speak: divided by the root of its mean square.
#
#     rmsnorm      x / sqrt(mean(x * x) + eps)
#     layernorm    (x - mean(x)) / sqrt(variance(x) + eps)
#
# microgpt has rmsnorm; GPT-2 has layernorm (unit 08), which takes the mean away first. Here both are without gain and
# bias. eps stands inside of the root, and the variance is the mean of the squares, as in torch. The divisor depends on
# every entry, so it is part of the graph.


# %%
def linear(x: list[Value], w: list[list[Value]]) -> list[Value]:
    """Return the matrix times the vector.

    Args:
        x: (in,), at least one.
        w: (out, in), a row for each output.

    Returns:
        (out,), the sum of x[i] * w[o][i] over i, for each o.

    Edges: a row that is longer or shorter than x raises ValueError. x and w stay as they are.
    """
    raise NotImplementedError("TODO: linear")


def softmax(logits: list[Value]) -> list[Value]:
    """Return probabilities, as many as logits. Scores of any size are fine, as long as they are finite.

    Edges: logits stay as they are.
    """
    raise NotImplementedError("TODO: softmax")


def rmsnorm(x: list[Value], eps: float = 1e-5) -> list[Value]:
    """Return x / sqrt(mean square of x + eps). x: (n,), n at least 1.

    Edges: x stays as it is.
    """
    raise NotImplementedError("TODO: rmsnorm")


def layernorm(x: list[Value], eps: float = 1e-5) -> list[Value]:
    """Return (x - mean of x) / sqrt(variance of x + eps); the variance is the mean square about the mean. x: (n,).

    Edges: x stays as it is.
    """
    raise NotImplementedError("TODO: layernorm")


# %% [markdown]
# ## 4. One token looks back
#
# (microgpt: the loop over heads in `gpt`. Lecture 7, the part "the crux of the video: version 4, self-attention"; there
# a whole sequence is computed at once, and a mask hides the future.)
#
# Here tokens come one at a time. Each leaves a *key* and a *value* behind, in two lists: the KV cache. The token that
# is read now has a query, and it looks through the lists. There is no mask, because nothing of the future is there
# yet. A token is allowed to look at itself, so *its own key and value are already in the lists* when it looks.
# (An explanation that goes round says that position `pos` sees `keys[:pos]`. That leaves the token itself out, and the
# first one has nothing to look at. It is `keys[:pos + 1]`.)
#
# Heads are slices: with C = 6 and H = 3, head 0 has the numbers 0 and 1 of query, keys and values, head 1 has 2 and 3,
# head 2 has 4 and 5. For each head, with D = C / H:
#
#     scores    (t,)    q . k  for each key, divided by sqrt(D)
#     weights   (t,)    softmax of the scores, over time
#     out       (D,)    the sum of weight * value over time
#
# and what the heads find is laid side by side. By the divisor the scores stay near 1 at the beginning. It is the root
# of the *head's* size, because that many products are summed.


# %%
def attention_step(q: list[Value], keys: list[list[Value]], values: list[list[Value]], n_head: int) -> list[Value]:
    """Return what one query finds among keys and values; the last of both belong to the token that asks.

    Args:
        q: (C,) the query.
        keys: t lists of (C,), t at least 1, the oldest first.
        values: as keys.
        n_head: the number of heads H; C is a multiple of it.

    Returns:
        (C,), head by head. Gradients flow to the query and to all keys and values.

    Edges: q, keys and values stay as they are.
    """
    raise NotImplementedError("TODO: attention_step")


# %% [markdown]
# ## 5. The model
#
# (microgpt: `gpt`.)
#
# One call reads one token and scores all possible next ones. The parameters are matrices in a dict, with the gist's
# names; `i` is the number of the layer, from 0.
#
#     wte              (V, C)           a row for each token
#     wpe              (block_size, C)  a row for each position
#     lm_head          (V, C)           scores from the last state
#     layer{i}.attn_wq (C, C)           query; attn_wk: key; attn_wv: value; attn_wo: what the heads found, mixed
#     layer{i}.mlp_fc1 (4 * C, C)       wider
#     layer{i}.mlp_fc2 (C, 4 * C)       and back
#
# The way of a token:
#
#     x  =  rmsnorm(wte[token_id] + wpe[pos_id])
#     for each layer:
#         h  =  rmsnorm(x)
#         q, k, v  =  linear(h, attn_wq), linear(h, attn_wk), linear(h, attn_wv)
#         keys[i] gets k, values[i] gets v                                     once for all heads
#         x  =  x + linear(attention_step(q, keys[i], values[i], H), attn_wo)
#         h  =  rmsnorm(x)
#         x  =  x + linear(relu(linear(h, mlp_fc1)), mlp_fc2)
#     logits  =  linear(x, lm_head)
#
# The x that is added is the raw one, not the normed one: a straight road from the scores down to the embeddings, on
# which gradients travel whole. GPT-2 has layernorm, GELU, biases, and one norm more in front of the head.
#
# **Caches.** `keys[i]` and `values[i]` belong to layer i. Each layer has lists of its own, since it looks at its own
# keys. `new_caches` is given. Beware of `[[]] * n_layer`: that is the same list, n_layer times.


# %%
@dataclass
class GPTConfig:  # GIVEN
    """The sizes of a model: V, the longest sequence, layers, heads H, width C."""

    vocab_size: int
    block_size: int = 16
    n_layer: int = 1
    n_head: int = 4
    n_embd: int = 16


StateDict = dict[str, list[list[Value]]]
Cache = list[list[list[Value]]]  # for each layer, for each token read so far, C Values


def new_caches(n_layer: int) -> tuple[Cache, Cache]:  # GIVEN
    """Return keys and values before the first token: an empty list for each layer."""
    return [[] for _ in range(n_layer)], [[] for _ in range(n_layer)]


def parameters(state_dict: StateDict) -> list[Value]:  # GIVEN
    """Return all parameters in one list: matrix by matrix, row by row."""
    return [p for matrix in state_dict.values() for row in matrix for p in row]


def gpt_step(
    token_id: int, pos_id: int, keys: Cache, values: Cache, state_dict: StateDict, cfg: GPTConfig
) -> list[Value]:
    """Read one token; return the scores (V,) of all possible next tokens.

    Args:
        token_id: 0 to V - 1.
        pos_id: its position, 0 to block_size - 1.
        keys: for each layer, the keys of the tokens before. Each layer's list grows by one key, a list of (C,).
        values: as keys.
        state_dict: the matrices of the text.
        cfg: the sizes.
    """
    raise NotImplementedError("TODO: gpt_step")


# %% [markdown]
# ## 6. The loss of one name
#
# (microgpt: the loop over `pos_id` in the training step.)
#
# The name "cab" is [BOS, c, a, b, BOS]: five tokens, four predictions. At each position the model reads a token, and
# the loss is `-log p` of the *next* one. The last token has no next one, so n = len(tokens) - 1. No position is beyond
# the block: n is at most block_size, and what is longer is cut. The loss of the name is the *mean* over the n
# predictions. With a sum, long names would have a larger step than short ones.


# %%
def sequence_loss(tokens: Sequence[int], state_dict: StateDict, cfg: GPTConfig) -> Value:
    """Return the mean of -log p(next token) over min(block_size, len(tokens) - 1) positions, a Value.

    tokens: at least two ids. Each call begins with empty caches.
    """
    raise NotImplementedError("TODO: sequence_loss")


# %% [markdown]
# ## 7. Adam
#
# (microgpt: the end of the training loop. Kingma and Ba, 2014. Clipping is not in the gist; unit 10 needs it.)
#
# Plain descent takes a step of `lr * grad`. Adam keeps two running means for each parameter: `m` of the gradient, `v`
# of its square. The step is `lr * m / sqrt(v)`: about lr, whatever the gradient's size, and smaller where the gradient
# changes its sign all the time.
#
#     m      =  beta1 * m + (1 - beta1) * g
#     v      =  beta2 * v + (1 - beta2) * g * g
#     mhat   =  m / (1 - beta1 ** (step + 1))
#     vhat   =  v / (1 - beta2 ** (step + 1))
#     p     -=  lr * mhat / (sqrt(vhat) + eps)
#
# Both means begin at 0, so in the beginning they are too small; the divisors mend that. `step` counts from 0, the
# formula of the paper from 1: hence `step + 1`. eps stands outside of the root, as in torch. The gist's betas are 0.85
# and 0.99, lower than usual: a run of a thousand steps has no time for a long memory.
#
# **linear_decay** lets the learning rate fall in a line: all of `lr` in the first step, `lr / num_steps` in the last.
#
# **clip_gradients** keeps one mad document from throwing the model over. All gradients together are one long vector; if
# its length is above `max_norm`, every gradient is multiplied by `max_norm / length`. One factor for all: the
# direction stays. (torch's `clip_grad_norm_` divides by length + 1e-6; both pass.)


# %%
def linear_decay(step: int, num_steps: int, lr: float) -> float:
    """Return the learning rate of a step, 0 to num_steps - 1: lr in the first one, lr / num_steps in the last one."""
    raise NotImplementedError("TODO: linear_decay")


def clip_gradients(params: Sequence[Value], max_norm: float) -> float:
    """Scale all gradients by one factor, in place, so that their common length is at most max_norm.

    Returns:
        The length before, the root of the sum of all squares. Gradients whose length is not above max_norm stay as
        they are.

    Edges: where all gradients are 0 they stay 0.
    """
    raise NotImplementedError("TODO: clip_gradients")


def adam_step(
    params: Sequence[Value],
    m: list[float],
    v: list[float],
    step: int,
    lr: float,
    beta1: float = 0.85,
    beta2: float = 0.99,
    eps: float = 1e-8,
) -> None:
    """Move each parameter's data by one step of Adam, in place, and set its gradient to 0.

    Args:
        params: the parameters, with their gradients.
        m: a number for each parameter, updated in place.
        v: as m.
        step: 0 for the first step.
        lr: the learning rate of this step.
        beta1: share of the old that m keeps.
        beta2: share of the old that v keeps.
        eps: added to the root.
    """
    raise NotImplementedError("TODO: adam_step")


# %% [markdown]
# ## 8. New names
#
# (microgpt: the last loop, "inference".)
#
# Begin with BOS, read it, draw the next token from the probabilities, read that, and so on, until BOS is drawn: the
# name is over. Three things to watch.
#
# *A prompt* ("mar": how does it go on?) has to be *read*, token by token, like in training: its keys and values must be
# in the caches before the first token is drawn. Whoever feeds only the last token of the prompt lets the model see one
# letter, at a position where it never was. (You may meet just that in a text about microgpt.)
#
# *Temperature* divides the *scores*, before the softmax. Below 1 the model keeps to what it is sure of, near 0 it
# always takes the best, above 1 it gambles. Dividing probabilities does nothing: `choices` only looks at their ratios.
#
# *Positions* count on, prompt included, and end with the block. BOS has position 0.
#
# For one seed to give one name the draws are fixed: exactly one call for each new token (BOS at the end, too), and none
# while a prompt is read:
#
#     rng.choices(range(cfg.vocab_size), weights=[p.data for p in probs])[0]


# %%
def generate(
    state_dict: StateDict,
    cfg: GPTConfig,
    tok: NameTokenizer,
    prompt: str = "",
    temperature: float = 0.8,
    rng: random.Random | None = None,
    max_len: int | None = None,
) -> str:
    """Write a name: the prompt, and what the model draws behind it.

    Args:
        state_dict: the parameters.
        cfg: the sizes.
        tok: gives ids and characters.
        prompt: how the name begins; its characters are known to tok. Shorter than block_size.
        temperature: above 0; divides the scores.
        rng: where draws come from, one `choices` a token. None is the global generator of `random`.
        max_len: the longest name, prompt included. None is block_size, and it is never more than that.

    Returns:
        The name, prompt included, without BOS. It ends where BOS is drawn, or where it is max_len characters long. Then
        nothing more is drawn.

    Edges: a temperature of 0 or below raises ValueError. No gradient is written anywhere.
    """
    raise NotImplementedError("TODO: generate")


# %% [markdown]
# ## 9. All of it
#
# (microgpt: the initialisation, and the training loop.)
#
# **First weights** are drawn from a normal distribution with standard deviation 0.08. That is small on purpose: scores
# near 0 make all tokens about equally likely, and the first loss is near ln V. For 27 tokens that is 3.3. A first loss
# of 9 tells you that the model begins by being sure of nonsense.
#
# **A step**: take the next document, in order, from the front again at the end. Loss, backward, learning rate, Adam.
# One document a step is all the batch there is.
#
# **One generator**, `random.Random(seed)`, is used for all: first it shuffles a copy of the documents, then it draws
# the weights. The gist does both in this order, with the global generator and the seed 42.


# %%
def init_state_dict(cfg: GPTConfig, rng: random.Random) -> StateDict:
    """Return fresh parameters, Values drawn by rng.gauss(0, 0.08).

    Matrices are made in this order: wte, wpe, lm_head, and for each layer attn_wq, attn_wk, attn_wv, attn_wo, mlp_fc1,
    mlp_fc2. Each is drawn row by row.
    """

    raise NotImplementedError("TODO: init_state_dict")


def train_microgpt(
    docs: Sequence[str], cfg: GPTConfig, num_steps: int, lr: float = 0.01, seed: int = 42
) -> tuple[StateDict, list[float]]:
    """Train a model on documents, one a step.

    Args:
        docs: names; a NameTokenizer of them has cfg.vocab_size tokens.
        cfg: the sizes.
        num_steps: how many steps.
        lr: the learning rate of the first step; it falls by linear_decay. Adam has its default betas and eps.
        seed: of the one random.Random that shuffles a copy of docs and then draws the parameters.

    Returns:
        The parameters after the last step, and the loss of each step, before its update, as plain floats.

    Edges: docs stays as it is. The global generator is not touched.
    """
    raise NotImplementedError("TODO: train_microgpt")


# %%
# Try things here: `python exercises/u11_microgpt.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
