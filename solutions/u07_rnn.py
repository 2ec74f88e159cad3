# %% [markdown]
# # RNN, GRU, LSTM: a state that is carried along
#
# The models so far look through a window: three letters, eight letters, never more. What slid out of the window is
# gone. A *recurrent* network has no window. It reads one token after the other, and all it keeps is a *state*, a row
# of numbers that it rewrites at every step:
#
#     h[t]  =  cell(x[t], h[t - 1])
#
# The same cell with the same weights at every step. What the model knows of the past is what the cell has put into
# `h`. In principle that reaches back for ever. In practice the gradient has to make the way back, step by step,
# through the very same matrix, and on the way it fades or it explodes. The whole story of this unit is in that
# sentence: a plain cell that suffers from it (RNN), two cells with gates that suffer less (GRU, LSTM), the way back
# written out by hand, and in the end a measurement of how much of a gradient arrives.
#
# **Shapes.** `B` sequences in a batch, `T` steps, `V` tokens in the alphabet, `E` numbers for each token, `H` numbers
# in the state. `xt` is the input of one step, (B, E). `hprev` is the state before it, (B, H). Weights are (E + H,
# ...): the first E rows belong to the input, the last H rows to the state. Vectors stand in rows, so it is `x @ W +
# b`.
#
# **Tools.** torch in sections 1 to 4 and 7. Sections 5 and 6 are NumPy, and their gradients are found by hand. What
# you build is off limits in its finished form: `nn.RNN`, `nn.GRU`, `nn.LSTM`, their cells, and the functions below
# them.
#
# **Conventions.** Sources disagree about recurrent cells, so the text says in each place what holds here, and what
# makemore, char-rnn and torch do.
#
# **Edges.** What goes beyond the sources stands at the end of a contract, under "Edges". An edge has its points, and
# an exercise is passed without it. Two kinds of edges come again and again, so they are said here, once:
#
# * *Precision.* What comes in float64 is computed in float64, what comes in float32 gives float32.
# * *Manners.* Arguments stay as they are. The old state is still needed by whoever goes back through time.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u07`. Stuck? `grade
# hint` gives one nudge at a time. To try something out, write it at the end of this file, below a line `if __name__
# == "__main__":`. Running the file runs it; grading does not.
#
# After makemore (`makemore.py`: RNNCell, GRUCell, RNN), char-rnn, and the essay "The Unreasonable Effectiveness of
# Recurrent Neural Networks", all by Andrej Karpathy. The series of lectures names these models and has no video of
# its own for them; lecture 10 of CS231n (winter 2016) is the nearest. Text, code and checks here are our own.

# %%
"""Unit 07: recurrent cells, a language model of them, their backward passes by hand, and the fading of gradients."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[Any]
Cache = dict[str, Array]  # what a forward pass keeps for the backward pass, by name

# %% [markdown]
# ## 1. The plain cell
#
# (makemore: `RNNCell`. char-rnn: `RNN.lua`, and the gist of a hundred lines with `Wxh`, `Whh`, `bh`.)
#
# Lay input and old state side by side, multiply, add a bias, squash:
#
#     xh     (B, E + H)    xt and hprev, side by side
#     ht     (B, H)        tanh(xh @ W + b)
#
# Others write it with two matrices, `tanh(xt @ Wxh + hprev @ Whh + bh)`. It is the same: `Wxh` is the first E rows of
# `W`, `Whh` the last H rows. makemore's `xh_to_h` is a Linear layer, so its weight is our `W`, transposed. torch's
# `nn.RNNCell` has two matrices, both transposed, and two biases, which are added up.
#
# Why the tanh? Without it T steps in a row are nothing but T matrices in a row, and those are one matrix.


# %%
def rnn_cell(xt: Tensor, hprev: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """Return the next state of a plain recurrent cell.

    Args:
        xt: (B, E) the input of this step.
        hprev: (B, H) the state before it.
        W: (E + H, H). The first E rows belong to xt, the last H rows to hprev.
        b: (H,).

    Returns:
        ht (B, H) = tanh([xt, hprev] @ W + b). Gradients flow to all four.

    Edges: float64 is computed in float64. The arguments stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: What are the shapes of the two things that W is multiplied with, and in which order do its rows want them?
    # HINT: torch.cat lays tensors side by side along an axis. Which axis stays (B), and which one becomes E + H?
    # HINT: xh = torch.cat([xt, hprev], dim=1); return torch.tanh(xh @ W + b).
    xh = torch.cat([xt, hprev], dim=1)  # (B, E + H)
    return torch.tanh(xh @ W + b)
    # END SOLUTION


# %% [markdown]
# ## 2. GRU: a cell that may leave things as they are
#
# (makemore: `GRUCell`. The cell is of Cho et al., 2014.)
#
# The plain cell rewrites its whole state at every step. To keep one number for twenty steps it has to copy it twenty
# times through a tanh. A *gate* makes keeping easy: a number between 0 and 1 for each entry of the state, from a
# sigmoid, which says how much gets through. The GRU has two.
#
#     r     reset    how much of the old state the proposal gets to see
#     z     update   how much of the state is replaced by the proposal
#
#     z     =  sigmoid([xt, hprev] @ Wz + bz)
#     r     =  sigmoid([xt, hprev] @ Wr + br)
#     hbar  =  tanh([xt, r * hprev] @ Wh + bh)         the proposal
#     ht    =  (1 - z) * hprev + z * hbar
#
# Where `z` is 0 the state stays, number for number, and so does a gradient on its way back.
#
# **Two conventions.** Here, as in makemore, `z` is the amount of the *new*. In the paper of Cho et al. and in torch's
# `nn.GRU` it is the amount of the *old*: `(1 - z) * hbar + z * hprev`. Both learn equally well, since a sigmoid can
# be turned round by its weights. And here, as in the paper, `r` acts on the state *before* the product with `Wh`;
# torch multiplies first, and lets `r` act on the result. Those two are different functions.


# %%
def gru_cell(
    xt: Tensor,
    hprev: Tensor,
    Wz: Tensor,
    bz: Tensor,
    Wr: Tensor,
    br: Tensor,
    Wh: Tensor,
    bh: Tensor,
) -> Tensor:
    """Return the next state of a gated recurrent unit; z is the amount of the new, as in makemore.

    Args:
        xt: (B, E) the input of this step.
        hprev: (B, H) the state before it.
        Wz: (E + H, H). The first E rows belong to xt, the last H rows to the state.
        bz: (H,).
        Wr: as Wz.
        br: (H,).
        Wh: as Wz.
        bh: (H,).

    Returns:
        ht (B, H) = (1 - z) * hprev + z * hbar, with the gates z and r and the proposal hbar of the text. The reset
        gate acts on hprev before the product with Wh, and not on xt. Gradients flow to all eight.

    Edges: float64 is computed in float64. The arguments stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Say in words what comes out where z is 0, and where z is 1. And which of the two products with hprev sees r?
    # HINT: Three lines like rnn_cell, two of them with sigmoid, the third with r * hprev where hprev stood. Then a mix.
    # HINT: xh = torch.cat([xt, hprev], dim=1); z and r are torch.sigmoid(xh @ W + b) of their own W and b; hbar =
    #   torch.tanh(torch.cat([xt, r * hprev], dim=1) @ Wh + bh); return (1 - z) * hprev + z * hbar.
    xh = torch.cat([xt, hprev], dim=1)  # (B, E + H)
    z = torch.sigmoid(xh @ Wz + bz)
    r = torch.sigmoid(xh @ Wr + br)
    hbar = torch.tanh(torch.cat([xt, r * hprev], dim=1) @ Wh + bh)
    return (1 - z) * hprev + z * hbar
    # END SOLUTION


# %% [markdown]
# ## 3. LSTM: a memory beside the state
#
# (char-rnn: `LSTM.lua`. CS231n has the same cell in its assignment on captions. Hochreiter and Schmidhuber, 1997; the
# forget gate is of Gers et al., 2000.)
#
# The LSTM carries two rows of numbers: the state `h`, which the world gets to see, and the cell state `c`, its
# memory. Three gates and a candidate, all from one product:
#
#     a     =  [xt, hprev] @ W + b       (B, 4 * H), four blocks of H columns, in the order i, f, o, g
#     i     =  sigmoid(a[:, :H])         input     how much of the candidate is written
#     f     =  sigmoid(a[:, H:2*H])      forget    how much of the memory is kept
#     o     =  sigmoid(a[:, 2*H:3*H])    output    how much of the memory is shown
#     g     =  tanh(a[:, 3*H:])          the candidate
#
#     c     =  f * cprev + i * g
#     h     =  o * tanh(c)
#
# Look at the line of `c`. No matrix and no tanh stands between `cprev` and `c`, only a product with `f` and a sum. A
# memory may grow beyond 1, since nothing squashes it. And a gradient that comes back from `c` gets to `cprev` times
# `f`: with gates near 1 it arrives nearly whole, after a hundred steps, too. That is why this cell won.
#
# **The order of the blocks** is part of the interface. Here it is i, f, o, g, as in char-rnn and CS231n: the three
# sigmoids stand together. torch's `nn.LSTM` has i, f, g, o. Copy weights from one to the other, and shapes fit,
# nothing complains, and the model talks nonsense.


# %%
def lstm_cell(xt: Tensor, hprev: Tensor, cprev: Tensor, W: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return the next state and the next cell state of an LSTM; the order of the gates is i, f, o, g.

    Args:
        xt: (B, E) the input of this step.
        hprev: (B, H) the state before it.
        cprev: (B, H) the cell state before it.
        W: (E + H, 4 * H). The first E rows belong to xt, the last H rows to hprev. Its columns are four blocks of H,
            for i, f, o, g.
        b: (4 * H,), blocks as in W.

    Returns:
        h (B, H) and c (B, H), in this order. Gradients flow to all five.

    Edges: float64 is computed in float64. The arguments stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: How wide is the product, and which columns of it are the forget gate?
    # HINT: One product as in rnn_cell, cut into four blocks of H columns. Three of them get a sigmoid, the last a tanh.
    #   Then two lines: first the new memory, then the state, which looks at the new memory.
    # HINT: i, f, o, g = (torch.cat([xt, hprev], dim=1) @ W + b).chunk(4, dim=1). c = torch.sigmoid(f) * cprev +
    #   torch.sigmoid(i) * torch.tanh(g); h = torch.sigmoid(o) * torch.tanh(c); return h, c.
    i, f, o, g = (torch.cat([xt, hprev], dim=1) @ W + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * cprev + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return h, c
    # END SOLUTION


# %% [markdown]
# ## 4. A language model
#
# (makemore: class `RNN`.)
#
# Token in, state on, scores out, at every step:
#
#     emb      (B, T, E)     wte(idx)
#     h        (B, H)        the start, one row for each sequence of the batch
#     h, c     (B, H)        cell(emb[:, t], h, c), T times
#     logits   (B, T, V)     lm_head of every state h
#
# `logits[:, t]` are the scores for the token *after* idx[:, t]. So every place predicts, as in a GPT, and nothing has
# to be masked: at step t the later tokens have not been read.
#
# **The start.** Before the first token there is no state, so the model learns one: `start`, a parameter of shape (1,
# H). Every sequence of every call begins with it. A state that is left over from the batch before belongs to other
# words. The cell state begins at 0.
#
# **The loss** is the mean cross-entropy over all places whose target counts. Words have different lengths; in a batch
# the short ones are filled up, and the targets there are -1, which does not count.
#
# `Cell` is given. It holds the parameters of one cell and calls your functions of sections 1 to 3. Whatever the kind,
# it is used in one way: `h, c = cell(xt, h, c)`. RNN and GRU have no memory; they hand `c` on as it is.


# %%
@dataclass
class RNNConfig:  # GIVEN
    """The sizes of a model. n_embd: E. n_embd2: H (makemore's name). cell: "rnn", "gru" or "lstm"."""

    vocab_size: int
    n_embd: int = 32
    n_embd2: int = 64
    cell: str = "rnn"
    block_size: int = 16  # nothing here depends on it


class Cell(nn.Module):  # GIVEN
    """A cell with its parameters: W and b (rnn, lstm), or Wz, bz, Wr, br, Wh, bh (gru)."""

    def __init__(self, config: RNNConfig) -> None:
        """Draw weights as nn.Linear does; biases are 0, but 1 at an LSTM's forget gate: in the beginning it keeps."""
        super().__init__()
        if config.cell not in ("rnn", "gru", "lstm"):
            raise ValueError(f'a cell is "rnn", "gru" or "lstm", not {config.cell!r}')
        self.kind = config.cell
        self.n_embd, self.n_embd2 = E, H = config.n_embd, config.n_embd2
        width = 4 * H if config.cell == "lstm" else H
        for gate in "zrh" if config.cell == "gru" else ("",):
            weights = (torch.rand(E + H, width) * 2 - 1) / math.sqrt(E + H)
            self.register_parameter(f"W{gate}", nn.Parameter(weights))
            self.register_parameter(f"b{gate}", nn.Parameter(torch.zeros(width)))
        if config.cell == "lstm":
            self.get_parameter("b").data[H : 2 * H] = 1.0

    def forward(self, xt: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """Return the next h and c, each (B, H). xt: (B, E)."""
        weights = list(self.parameters())  # W and b, or Wz, bz, Wr, br, Wh, bh
        if self.kind == "lstm":
            return lstm_cell(xt, h, c, *weights)
        if self.kind == "gru":
            return gru_cell(xt, h, *weights), c
        return rnn_cell(xt, h, *weights), c


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -1) -> Tensor:  # GIVEN
    """Return the mean of -log p(target), a scalar. logits: (N, V). targets: (N,) int64; those ignored do not count."""
    if logits.ndim != 2 or targets.ndim != 1 or len(logits) != len(targets):
        shapes = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"cross_entropy takes (N, V) logits and (N,) targets, not {shapes}")
    kept = targets != ignore_index
    log_p = logits - logits.logsumexp(dim=1, keepdim=True)
    return -log_p[kept].gather(1, targets[kept].unsqueeze(1)).mean()


class RNNLM(nn.Module):
    """A recurrent language model. Parts, by name: `start`, `wte`, `cell`, `lm_head`."""

    def __init__(self, config: RNNConfig) -> None:
        """Make the parts.

        start: `nn.Parameter` (1, H). wte: `nn.Embedding` of V tokens, E numbers each. cell: `Cell(config)`.
        lm_head: `nn.Linear` from H to V, with a bias. (A cell of your own in the place of Cell may have Linear layers
        with makemore's names: `xh_to_h` (rnn), or `xh_to_z`, `xh_to_r`, `xh_to_hbar` (gru).)

        Edges: the start of a fresh model is zeros.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: The text has four lines from ids to scores. Which of them need parameters, and of which sizes?
        # HINT: An embedding has V rows of E numbers; the head reads a state of H numbers. A tensor becomes a parameter
        #   of a module when nn.Parameter wraps it.
        # HINT: self.start = nn.Parameter(torch.zeros(1, config.n_embd2)); self.wte = nn.Embedding(config.vocab_size,
        #   config.n_embd); self.cell = Cell(config); self.lm_head = nn.Linear(config.n_embd2, config.vocab_size).
        self.start = nn.Parameter(torch.zeros(1, config.n_embd2))
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.cell = Cell(config)
        self.lm_head = nn.Linear(config.n_embd2, config.vocab_size)
        # END SOLUTION

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Score all possible next tokens at each place.

        Args:
            idx: (B, T) int64 ids, B and T at least 1.
            targets: (B, T) int64, what follows each token of idx; -1 where it does not count.

        Returns:
            logits (B, T, V), and the mean cross-entropy over the targets that count as a scalar tensor, or None where
            there are no targets. Each call begins with `start` and c = 0.

        Edges: float64 weights are computed in float64. idx and targets stay as they are. They may be slices of larger
        tensors, which are not contiguous. An id outside of 0 to V - 1 raises IndexError.
        """
        # BEGIN SOLUTION
        # HINT: What is the state of each sequence before the first token? And what becomes of the states on the way?
        # HINT: start.expand makes B rows of one. Walk over t, keep every h in a list, torch.stack the list along time.
        #   For the loss, melt B and T into one axis, in the logits and in the targets.
        # HINT: emb = self.wte(idx); h = self.start.expand(len(idx), -1); c = torch.zeros_like(h); in a loop: h, c =
        #   self.cell(emb[:, t], h, c) and hs.append(h). logits = self.lm_head(torch.stack(hs, dim=1)); loss =
        #   cross_entropy(logits.flatten(0, 1), targets.flatten()).
        emb = self.wte(idx)
        h = self.start.expand(len(idx), -1)
        c = torch.zeros_like(h)
        hs = []
        for t in range(idx.shape[1]):
            h, c = self.cell(emb[:, t], h, c)
            hs.append(h)
        logits = self.lm_head(torch.stack(hs, dim=1))
        if targets is None:
            return logits, None
        return logits, cross_entropy(logits.flatten(0, 1), targets.flatten())
        # END SOLUTION


# %% [markdown]
# ## 5. Back through time, by hand
#
# (char-rnn's gist: the second loop of `lossFun`. CS231n: `rnn_step_backward` and `rnn_backward`.)
#
# From here on, and in section 6, there is no torch: NumPy arrays come in, NumPy arrays go out, and nobody
# differentiates for you. `rnn_forward` is given. It runs the plain cell over a sequence and keeps what you will need.
#
# Unroll the loop in your mind: T copies of the cell in a row, all with the same W. The loss looks at every state, so
# somebody hands you `dhs`, the gradient of the loss with respect to each state *as far as the loss looks at it
# directly*. But a state also goes into the next step. So on the way back each state gets its gradient from two sides:
#
#     dh         =  dhs[:, t]  +  what comes back from step t + 1
#     da         =  dh * (1 - h[t] ** 2)            through the tanh; h[t] is what this step has produced
#     dW        +=  xh.T @ da                       W is used at every step: the contributions add up
#     db        +=  da, summed over the batch
#     dxh        =  da @ W.T                        the first E columns are dx[t], the last H go back to step t - 1
#
# At the last step nothing comes back from later. What is handed on at the first step is `dh0`. The last line is the
# one to remember: at every step the gradient goes through `W.T` once more. T steps, T times the same matrix.
#
# char-rnn clips its gradients to -5 to 5 before it returns them. Here they come back as they are.


# %%
def rnn_forward(x: Array, h0: Array, W: Array, b: Array) -> tuple[Array, Cache]:  # GIVEN
    """Run the plain cell over sequences, in NumPy.

    x: (B, T, E). h0: (B, H). W: (E + H, H), the first E rows belong to x. b: (H,).

    Returns:
        hs (B, T, H), the state after each step, and the cache for `rnn_backward`: x, h0, W and hs, by name.
    """
    h, hs = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(np.concatenate([x[:, t], h], axis=1) @ W + b)
        hs.append(h)
    stacked = np.stack(hs, axis=1)
    return stacked, {"x": x, "h0": h0, "W": W, "hs": stacked}


def rnn_backward(dhs: Array, cache: Cache) -> tuple[Array, Array, Array, Array]:
    """Return the gradients of a plain recurrent network over a whole sequence, found by hand.

    Args:
        dhs: (B, T, H), T at least 1: how the loss moves with each state where it looks at it directly.
        cache: what `rnn_forward` has kept: x (B, T, E), h0 (B, H), W (E + H, H), hs (B, T, H). (You may keep other
            things in rnn_forward: you are given what that returns.)

    Returns:
        dx (B, T, E), dh0 (B, H), dW (E + H, H), db (H,). NumPy arrays; no operation of torch runs.

    Edges: float32 comes back as float32. dhs and the cache stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Take T = 2 and write down everything that the state h[0] goes into. How many gradients does it get?
    # HINT: A loop over t from T - 1 down to 0, which carries the gradient that comes back from later, at first zeros.
    #   The state before step t is hs[:, t - 1], and h0 where t is 0. dW and db begin as zeros and grow.
    # HINT: dh = dhs[:, t] + dnext; da = dh * (1 - hs[:, t] ** 2); xh = the input x[:, t] and the state before, side by
    #   side; dW += xh.T @ da; db += da.sum(axis=0); dxh = da @ W.T; dx[:, t] = dxh[:, :E]; dnext = dxh[:, E:]. In the
    #   end dnext is dh0.
    x, h0, W, hs = cache["x"], cache["h0"], cache["W"], cache["hs"]
    E = x.shape[2]
    dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(W[0])
    dnext = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dh = dhs[:, t] + dnext
        da = dh * (1 - hs[:, t] ** 2)
        before = hs[:, t - 1] if t > 0 else h0
        xh = np.concatenate([x[:, t], before], axis=1)
        dW += xh.T @ da
        db += da.sum(axis=0)
        dxh = da @ W.T
        dx[:, t] = dxh[:, :E]
        dnext = dxh[:, E:]
    return dx, dnext, dW, db
    # END SOLUTION


# %% [markdown]
# ## 6. One step of an LSTM, backward
#
# (CS231n: `lstm_step_backward`.)
#
# One step is enough; a loop around it as in section 5 makes the sequence. Two gradients come in: `dh` from whoever
# looks at the state, and `dc` from the step after, which has used `c` as its memory. The state was made *from* `c`,
# so `c` has two ways to move the loss, and the two add up:
#
#     dc_all   =  dc  +  dh * o * (1 - tanh(c) ** 2)
#
# From there the line `c = f * cprev + i * g` gives each of its four numbers its part, and `h = o * tanh(c)` gives `o`
# its own. Then every gate goes back through its nonlinearity: a sigmoid `s` has the slope `s * (1 - s)`, a tanh `g`
# has `1 - g ** 2`. Lay the four results side by side in the order i, f, o, g, and you have `da` (B, 4 * H). What
# remains is a linear layer: you have been there in section 5.


# %%
def lstm_cell_forward(x: Array, hprev: Array, cprev: Array, W: Array, b: Array) -> tuple[Array, Array, Cache]:  # GIVEN
    """Run one step of an LSTM, in NumPy; shapes as for `lstm_cell`.

    Returns:
        h (B, H), c (B, H), and the cache for `lstm_cell_backward`: x, hprev, cprev, W, c, and the gates i, f, o and the
        candidate g, all four after their nonlinearity, (B, H) each.
    """
    a = np.concatenate([x, hprev], axis=1) @ W + b
    H = hprev.shape[1]
    gates = 0.5 + 0.5 * np.tanh(0.5 * a[:, : 3 * H])  # a sigmoid that never overflows
    i, f, o, g = gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :], np.tanh(a[:, 3 * H :])
    c = f * cprev + i * g
    h = o * np.tanh(c)
    return h, c, {"x": x, "hprev": hprev, "cprev": cprev, "W": W, "c": c, "i": i, "f": f, "o": o, "g": g}


def lstm_cell_backward(dh: Array, dc: Array, cache: Cache) -> tuple[Array, Array, Array, Array, Array]:
    """Return the gradients of one step of an LSTM, found by hand.

    Args:
        dh: (B, H), how the loss moves with the state h of this step.
        dc: (B, H), how it moves with the cell state c of this step, by way of the steps after it.
        cache: what `lstm_cell_forward` has kept. (You may keep other things there: you are given what it returns.)

    Returns:
        dx (B, E), dhprev (B, H), dcprev (B, H), dW (E + H, 4 * H), db (4 * H,). NumPy arrays; no operation of torch
        runs.

    Edges: float32 comes back as float32. dh, dc and the cache stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Which lines of the forward pass have used c? Which ones have used o, and which f?
    # HINT: First all of dc, then the gates: from c = f * cprev + i * g each factor gets dc times its partner, and o
    #   gets dh * tanh(c). Then the four slopes, the blocks side by side, and the linear layer as in rnn_backward.
    # HINT: dc = dc + dh * o * (1 - tanh(c)**2). da = np.concatenate of dc * g * i * (1 - i), dc * cprev * f * (1 - f),
    #   dh * tanh(c) * o * (1 - o), dc * i * (1 - g**2), axis=1. dxh = da @ W.T; return dxh[:, :E], dxh[:, E:], dc * f,
    #   xh.T @ da, da.sum(axis=0), where xh is x and hprev side by side.
    x, hprev, i, f, o, g = (cache[name] for name in ("x", "hprev", "i", "f", "o", "g"))
    shown = np.tanh(cache["c"])
    dc = dc + dh * o * (1 - shown**2)
    di = dc * g * i * (1 - i)
    df = dc * cache["cprev"] * f * (1 - f)
    do = dh * shown * o * (1 - o)
    dg = dc * i * (1 - g**2)
    da = np.concatenate([di, df, do, dg], axis=1)
    dxh = da @ cache["W"].T
    E = x.shape[1]
    xh = np.concatenate([x, hprev], axis=1)
    return dxh[:, :E], dxh[:, E:], dc * f, xh.T @ da, da.sum(axis=0)
    # END SOLUTION


# %% [markdown]
# ## 7. How much of a gradient arrives?
#
# (CS231n, lecture 10, on vanishing and exploding gradients; Bengio, Simard and Frasconi, 1994.)
#
# Take the plainest cell of all, `h[t] = h[t - 1] @ W`. Going back one step multiplies the gradient by `W.T`. With `W
# = 0.5 * I` it is halved at every step: after 20 steps a millionth is left, and what the model saw 20 steps ago
# cannot be learned. With `W = 1.5 * I` it has grown 3,000 times. In between lies a knife's edge. In general it is the
# *spectral radius* of W that decides, the largest absolute value among its eigenvalues: in the long run the gradient
# shrinks or grows by this factor a step. The eigenvalues of a matrix that is not symmetric may be complex. A rotation
# has the spectral radius 1, though not one of its eigenvalues is real.
#
# (The largest *singular* value is another number. It is the most that a single step can stretch a vector. A matrix
# may stretch some vector in one step and let all of them die in the long run.)
#
# So measure it. Run a cell over a sequence, put a loss on the *last* state, and ask for each state on the way how
# much the loss moves with it. Let the loss be half the sum of the squares of the last state, over the whole batch:
# then its gradient there is that state itself.
#
# Torch's autograd is welcome here. A tensor in the middle of a graph keeps no `.grad` unless it is asked to
# (`retain_grad`); `torch.autograd.grad` takes a list of tensors.


# %%
def gradient_flow(cell: Callable[[Tensor, Tensor], Tensor], xs: Tensor, h0: Tensor) -> Tensor:
    """Measure how much of a gradient at the last state arrives at each of the states before it.

    Args:
        cell: called as `cell(xt, h)` with xt (B, E) and the state h (B, H), gives the next state (B, H). Gradients flow
            through it.
        xs: (B, T, E) the inputs, T at least 1.
        h0: (B, H) the state before the first step.

    Returns:
        (T,): entry t is the norm of dL/dh[t], with L = half the sum of the squares of the last state h[T - 1], and h[t]
        the state after step t. The norm of a (B, H) gradient is the root of the sum of all its squares. So the last
        entry is the norm of the last state itself.

    Edges: the cell is asked T times, once a step; it may have no parameters at all. The result carries no graph. No
    gradients are left behind on the cell's parameters or on xs, and h0 stays as it is: it asks for no gradient if it
    did not before. float64 is computed in float64.
    """
    # BEGIN SOLUTION
    # HINT: At which t is the answer known without any calculation?
    # HINT: Walk forward and keep every state in a list. Then ask autograd for the gradients of the loss with respect to
    #   all of them at once. h0 may not require a gradient, so the graph has to begin somewhere: at a leaf of your own.
    # HINT: h = h0.detach().requires_grad_(); a list hs of cell(xs[:, t], h); loss = (hs[-1] ** 2).sum() / 2; grads =
    #   torch.autograd.grad(loss, hs); return torch.stack([g.norm() for g in grads]).
    h = h0.detach().requires_grad_()
    hs = []
    for t in range(xs.shape[1]):
        h = cell(xs[:, t], h)
        hs.append(h)
    grads = torch.autograd.grad((hs[-1] ** 2).sum() / 2, hs)
    return torch.stack([grad.norm() for grad in grads])
    # END SOLUTION


def spectral_radius(W: Tensor) -> float:
    """Return the largest absolute value among the eigenvalues of W (H, H), complex ones included.

    Edges: a float, and no tensor.
    """
    # BEGIN SOLUTION
    # HINT: What are the eigenvalues of a rotation by 90 degrees, and how far are they from 0?
    # HINT: torch.linalg.eigvals gives all eigenvalues of any square matrix, as complex numbers.
    # HINT: return torch.linalg.eigvals(W).abs().max().item().
    return float(torch.linalg.eigvals(W).abs().max())
    # END SOLUTION


# %% [markdown]
# ## Try it
#
# **The gradient's way back**, in three cells as they are born:
#
#     torch.manual_seed(0)
#     for kind in ("rnn", "gru", "lstm"):
#         flow = measured_flow(Cell(RNNConfig(27, 32, 64, kind)), steps=50)
#         print(kind, *(f"{flow[t] / flow[-1]:.1e}" for t in (48, 44, 39, 29, 19, 0)))
#
# Of a gradient at step 49, this arrives at the steps 48, 44, 39, 29, 19 and 0:
#
#     rnn    3.8e-01  1.1e-02  1.4e-04  2.0e-08  3.0e-12  2.0e-19
#     gru    5.1e-01  4.9e-02  3.4e-03  1.9e-05  1.1e-07  6.6e-12
#     lstm   8.5e-01  3.0e-01  9.3e-02  1.1e-02  1.5e-03  4.2e-05
#
# or nearly. After ten steps the plain cell has a ten-thousandth left, the LSTM a tenth. Nothing is trained yet: gates
# that are asked to keep something learn to stay open.
#
# **A model of names.** `names` makes batches of words, `train` is a loop with Adam, and `sample` draws names; all
# given:
#
#     words = open("datasets/names.txt").read().split()
#     for kind in ("rnn", "gru", "lstm"):
#         torch.manual_seed(1)
#         model = RNNLM(RNNConfig(27, 32, 64, kind))
#         train(model, names(words[:10000]), steps=400)
#         with torch.no_grad():
#             print(kind, round(float(model(*names(words[10000:]))[1]), 2), *sample(model, 6))
#
# Four seconds each (`grade run u07` trains longer, and draws curves), and then, or nearly:
#
#     rnn 2.08 meneelia sucia ridalbarida carte alyena minry
#     gru 2.03 arman ristiel donjana albee bulynn shoria
#     lstm 2.06 terrie tomelevinnesta anikonah ker dela maryetta
#
# These names come from a source whose entropy is known (`datasets/README.md`): whoever knows three letters of the
# past reaches 1.57 nats at best, two letters 1.98, one letter 2.33. So a few hundred steps have taught these models
# more than the last letter. A loss below 1.57 on fresh names would be no triumph. It would be a leak.


# %%
def measured_flow(cell: Cell, steps: int, batch: int = 8) -> Tensor:  # GIVEN
    """Return `gradient_flow` for a Cell with random inputs; the state is h, and for an LSTM h and c side by side."""
    H = cell.n_embd2

    def step(xt: Tensor, state: Tensor) -> Tensor:
        if cell.kind == "lstm":
            return torch.cat(cell(xt, state[:, :H], state[:, H:]), dim=1)
        return cell(xt, state, state)[0]

    h0 = torch.zeros(batch, 2 * H if cell.kind == "lstm" else H)
    return gradient_flow(step, torch.randn(batch, steps, cell.n_embd), h0)


def names(words: Sequence[str]) -> tuple[Tensor, Tensor]:  # GIVEN
    """Return idx and targets (N, T) of words in a to z: 0 begins and ends a word, targets behind the end are -1."""
    longest = max(map(len, words)) + 1
    idx = torch.zeros(len(words), longest, dtype=torch.int64)
    targets = torch.full((len(words), longest), -1)
    for row, word in enumerate(words):
        ids = torch.tensor([ord(letter) - ord("a") + 1 for letter in word], dtype=torch.int64)
        idx[row, 1 : len(word) + 1] = ids
        targets[row, : len(word)] = ids
        targets[row, len(word)] = 0
    return idx, targets


def train(  # GIVEN
    model: RNNLM, data: tuple[Tensor, Tensor], steps: int, batch_size: int = 64, lr: float = 5e-3
) -> list[float]:
    """Train a model in place with Adam on random rows of the data; return the loss of each step."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        rows = torch.randint(len(data[0]), (batch_size,))
        loss: Any = model(data[0][rows], data[1][rows])[1]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def sample(model: RNNLM, count: int, max_len: int = 20) -> list[str]:  # GIVEN
    """Draw names from a model of `names`."""
    idx = torch.zeros(count, 1, dtype=torch.int64)
    for _ in range(max_len):
        p = model(idx)[0][:, -1].softmax(dim=1)
        idx = torch.cat([idx, torch.multinomial(p, 1)], dim=1)
    words = ["".join(chr(i + ord("a") - 1) if i else "." for i in row) for row in idx[:, 1:].tolist()]
    return [word.partition(".")[0] for word in words]
