# %% [markdown]
# # Initialisation, BatchNorm and a look inside
#
# A network of six layers is no harder to type than one of two. It is harder to *start*. If every layer makes its
# numbers a little larger, the last one is saturated; a little smaller, and the last one sees nothing. Going backward
# the same happens to the gradients. A net like that has no bug that an error would tell you of. It just does not learn.
#
# There are two ways out, and you build both. Choose the size of the first weights with care, so that numbers keep
# their size on their way up (Kaiming He and others, 2015). Or measure the size in each batch and set it right inside of
# the net, which is BatchNorm (Ioffe and Szegedy, 2015). And you build three gauges that show whether it worked.
#
# **Shapes.** `N` examples in a batch, `V` letters, `K` of them in a context (the lecture's `block_size`), `E` numbers
# for each letter (`n_embd`), `H` hidden units (`n_hidden`).
#
# **BatchNorm in this unit** is torch's: one variance for each feature, divided by N in the forward pass; the running
# variance divides by N - 1; both buffers have shape (dim,). The lecture divides by N - 1 in the forward pass, too. That
# passes every exercise here; torch's way is an edge. (Unit 05 keeps the lecture's way, and shape (1, H).)
#
# **Tools.** torch tensors and autograd. Finished layers (`nn.Linear`, `nn.BatchNorm1d`, `nn.Module`), `torch.nn.init`
# and the `batch_norm` functions are not there: they are what you write. `F.cross_entropy` is allowed.
#
# **What is asked everywhere.** A result has the dtype of what came in, float32 or float64. How you get there is up to
# you.
#
# **Edges.** What goes beyond the lecture stands at the end of a contract, under "Edges". An edge has its points, and an
# exercise is passed without it. Two kinds come again and again, so they are said here, once: *arguments* stay as they
# are, and with a `generator` all random numbers come from it, while torch's global generator does not move.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u04`. Stuck?
# `grade hint` gives one nudge at a time.
#
# After the lecture "Building makemore Part 3: Activations & Gradients, BatchNorm" by Andrej Karpathy; each section
# names the minutes that it belongs to. Text, code and checks here are our own.

# %%
"""Unit 04: how to start a deep net, how BatchNorm keeps it in range, and gauges that show whether it worked."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor

# %% [markdown]
# ## 1. How large should a weight be?
#
# (Lecture: 28 to 40 min.)
#
# One unit adds up `fan_in` products. Let the inputs have standard deviation 1 and the weights `s`, all independent.
# Then each product has variance `s^2`, and variances add: the sum has variance `fan_in * s^2`. So with
#
#     s = 1 / sqrt(fan_in)
#
# a sum is as large as what went in. Then comes the nonlinearity, and it shrinks: relu throws half of the numbers away,
# tanh presses all of them together. The *gain* makes up for it:
#
#     s = gain / sqrt(fan_in)
#
#     linear       1
#     tanh         5 / 3
#     relu         sqrt(2)
#     leaky_relu   sqrt(2 / (1 + slope^2))       slope: what a negative input is multiplied by
#
# The gain of relu is exact. That of tanh is a number found by trying.


# %%
def kaiming_std(
    fan_in: int, nonlinearity: Literal["linear", "tanh", "relu", "leaky_relu"], negative_slope: float = 0.01
) -> float:
    """Return the standard deviation for the weights of a layer: gain / sqrt(fan_in), a float.

    Args:
        fan_in: how many inputs each unit sums, at least 1.
        nonlinearity: what stands behind the layer.
        negative_slope: the slope of leaky_relu below 0; the others do not look at it.

    Edges: leaky_relu. Any other word for nonlinearity raises ValueError.
    """
    # BEGIN SOLUTION
    # HINT: Which part depends on the nonlinearity, and which on the number of inputs?
    # HINT: The table in the text has the gains; a dict from word to gain does, or a chain of ifs. Divide by the root of
    #   fan_in, the gain itself stays outside of it.
    # HINT: gains = {"linear": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 +
    #   negative_slope**2))}; a word that is not in gains: raise ValueError; else gains[nonlinearity] /
    #   math.sqrt(fan_in).
    gains = {
        "linear": 1.0,
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + negative_slope**2)),
    }
    if nonlinearity not in gains:
        raise ValueError(f"no gain is known for {nonlinearity!r}; known are {', '.join(gains)}")
    return gains[nonlinearity] / math.sqrt(fan_in)
    # END SOLUTION


# %% [markdown]
# ## 2. A fair start
#
# (Lecture: 4 to 28 min.)
#
# The MLP of the last lecture, and what it thinks before it has seen anything. With 27 letters and no opinion the loss
# is `ln 27 = 3.30`. With weights straight from `randn` it is 25 or so: the net is sure, and wrong. The first thousands
# of steps only take its certainty down, and the plot of the loss looks like a hockey stick.
#
# Two things are to be mended.
#
# * *The logits.* They should be small and equal: `b2` zero, `W2` small. Small and not zero: from a `W2` of zeros no
#   gradient comes down to `W1` in the first step.
# * *The hidden layer.* Where `hpreact` is large, tanh is at 1 or -1, and its slope `1 - h^2` is 0: that unit passes
#   nothing down for this example. So `W1` gets the standard deviation of section 1, with fan_in `K * E`.
#
# `C` stays normal with standard deviation 1. The numbers of the lecture: 0.01 for `W2` and for `b1`.


# %%
def init_mlp(
    vocab_size: int, n_embd: int, block_size: int, n_hidden: int, generator: torch.Generator | None = None
) -> dict[str, Tensor]:
    """Draw the parameters of an MLP such that it starts without an opinion and with tanh units that can move.

    Args:
        vocab_size: V.
        n_embd: E.
        block_size: K.
        n_hidden: H.
        generator: where the random numbers come from.

    Returns:
        A dict with C (V, E), W1 (K * E, H), b1 (H,), W2 (H, V), b2 (V,), float32 leaves that require gradients. C is
        normal with standard deviation 1. W1 and W2 are random, b1 is small or zero, b2 is zero. For normal sizes
        (V = 27, E = 10, K = 3, H = 200) the first loss is within 0.05 of ln V, and fewer than 30 % of all tanh are
        beyond 0.97 or -0.97; yet hidden units have a spread of 0.1 at least.

    Edges: W1 has standard deviation (5 / 3) / sqrt(K * E), and b1 less than 0.1. The generator decides.
    """

    # BEGIN SOLUTION
    # HINT: Which two tensors make the logits too large, and which one the hidden layer?
    # HINT: Five tensors, each torch.randn of its shape times a factor: 1, kaiming_std, 0.01, 0.01, and 0. Multiply
    #   first, and ask for gradients last: a product with a factor is no leaf.
    # HINT: made = {"C": torch.randn((V, E), generator=generator), "W1": torch.randn((K * E, H), generator=generator) *
    #   ((5 / 3) / math.sqrt(K * E)), ...}; "b2": torch.zeros(V). Last, requires_grad_() of each, and return made.
    def randn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    fan_in = block_size * n_embd
    made = {
        "C": randn(vocab_size, n_embd),
        "W1": randn(fan_in, n_hidden) * ((5 / 3) / math.sqrt(fan_in)),
        "b1": randn(n_hidden) * 0.01,
        "W2": randn(n_hidden, vocab_size) * 0.01,
        "b2": torch.zeros(vocab_size),
    }
    return {name: one.requires_grad_() for name, one in made.items()}
    # END SOLUTION


# %% [markdown]
# ## 3. A layer as a class
#
# (Lecture: 78 to 87 min.)
#
# With six layers, names like `W1` and `b1` become a burden. So a layer is an object that holds its tensors, is called
# like a function, and keeps its last output in `.out`, where one can look at it. torch's layers work in the same way.
#
# Keep the *very tensor* that you return: `layer.out.retain_grad()` before `backward`, and `layer.out.grad` afterwards
# is the gradient that arrived there. Without the graph there would be nothing to see.
#
# The weight is (fan_in, fan_out) here, as in the lecture, and is used as `x @ weight`. torch's `nn.Linear` keeps it the
# other way round.
#
# Layers do not ask for gradients; whoever trains them does that, in one line: `p.requires_grad = True` for each `p` of
# `parameters()`. If yours ask already, good.


# %%
class Linear:
    """x @ weight + bias. Attributes: weight (fan_in, fan_out), bias (fan_out,) or None, and out, its last result."""

    def __init__(self, fan_in: int, fan_out: int, bias: bool = True, generator: torch.Generator | None = None) -> None:
        """Draw the weight from a normal distribution with standard deviation 1 / sqrt(fan_in); the bias is zero.

        bias: whether there is one; else `self.bias` is None. generator: where the random numbers come from. All is
        float32.

        Edges: the generator.
        """
        # BEGIN SOLUTION
        # HINT: Does every layer get tensors of its own?
        # HINT: torch.randn with the shape (fan_in, fan_out), divided by the root of fan_in. The bias has one number for
        #   each output.
        # HINT: self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5; self.bias =
        #   torch.zeros(fan_out) if bias else None.
        self.weight = torch.randn((fan_in, fan_out), generator=generator) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None
        # END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        """Return x (..., fan_in) times the weight, plus the bias: (..., fan_out). `self.out` is that same tensor.

        Edges: more axes in front than one.
        """
        # BEGIN SOLUTION
        # HINT: To which side does the bias belong, to what goes in or to what comes out?
        # HINT: @ works on the last axis and leaves those in front alone. Keep the result in self.out, then return it.
        # HINT: self.out = x @ self.weight; if self.bias is not None: self.out = self.out + self.bias; return self.out.
        self.out = x @ self.weight
        if self.bias is not None:
            self.out = self.out + self.bias
        return self.out
        # END SOLUTION

    def parameters(self) -> list[Tensor]:
        """Return [weight, bias], or [weight] where there is no bias."""
        # BEGIN SOLUTION
        # HINT: What would an optimizer do with a None?
        # HINT: A list of one tensor or of two.
        # HINT: A list with self.weight, and self.bias behind it unless that is None.
        return [self.weight] if self.bias is None else [self.weight, self.bias]
        # END SOLUTION


class Tanh:  # GIVEN
    """tanh as a layer: nothing to train; out is its last result."""

    def __call__(self, x: Tensor) -> Tensor:
        """Return tanh of x, in x's shape."""
        self.out = torch.tanh(x)
        return self.out

    def parameters(self) -> list[Tensor]:
        """Return no parameters."""
        return []


# %% [markdown]
# ## 4. BatchNorm, in four lines
#
# (Lecture: 40 to 63 min.)
#
# You want `hpreact` to have mean 0 and standard deviation 1? Then make it so. For each unit (a column), over the batch
# (the rows):
#
#     mean, var   of the column
#     normal    = (hpreact - mean) / sqrt(var + eps)
#     out       = bngain * normal + bnbias
#
# The lecture writes `bnmeani` and `bnstdi` for what it measures in the batch. `bngain` (torch's gamma) and `bnbias`
# (beta) are trained: they begin as ones and zeros, and may undo it all where the net is better off without.
#
# Every step of it can be differentiated, so leave it in the graph. Mean and variance depend on `hpreact` as well: each
# example has a say in what becomes of all the others. And a bias *before* BatchNorm is useless, since the mean takes it
# away again.
#
# `eps` keeps a column without any spread from 0 / 0. It stands under the root.


# %%
def batch_norm(hpreact: Tensor, bngain: Tensor, bnbias: Tensor, eps: float = 1e-5, unbiased: bool = False) -> Tensor:
    """Normalise each column over the batch, then scale and shift it.

    Args:
        hpreact: (N, H), N at least 2.
        bngain: (H,) or (1, H).
        bnbias: (H,) or (1, H).
        eps: what is added to the variance, under the root.
        unbiased: True divides the sum of squares by N - 1, False by N.

    Returns:
        (N, H). Gradients flow to all three, through mean and variance, too. In core checks either variance is right,
        and columns have a spread beside which eps is nothing.

    Edges: `unbiased` is looked at, both ways. Columns with a spread of 0.001, where eps counts; another eps. A column
    of equal numbers becomes its bias, and nothing is nan. N = 1 raises ValueError.
    """
    # BEGIN SOLUTION
    # HINT: Along which axis do you average, so that one number is left for each unit?
    # HINT: Mean and variance over axis 0, with keepdim=True. torch's var divides by N - 1 unless told otherwise: its
    #   argument unbiased says which.
    # HINT: if hpreact.shape[0] < 2: raise ValueError. mean = hpreact.mean(0, keepdim=True); var = hpreact.var(0,
    #   unbiased=unbiased, keepdim=True); return bngain * (hpreact - mean) / torch.sqrt(var + eps) + bnbias.
    if hpreact.shape[0] < 2:
        raise ValueError("one example has no spread: BatchNorm needs a batch of at least 2 in training")
    mean = hpreact.mean(0, keepdim=True)
    var = hpreact.var(0, unbiased=unbiased, keepdim=True)
    return bngain * (hpreact - mean) / torch.sqrt(var + eps) + bnbias
    # END SOLUTION


# %% [markdown]
# ## 5. BatchNorm that remembers
#
# (Lecture: 54 to 63 and 78 to 87 min.)
#
# A trained net is asked about one name. There is no batch then, and nothing to average. So during training keep two
# running averages beside the computation, the lecture's `bnmean_running` and `bnstd_running`; torch, and the class,
# keep the variance:
#
#     running = (1 - momentum) * running + momentum * (that of this batch)
#
# In use they take the place of the batch's numbers. A flag says which of the two it is: `self.training`.
#
# The buffers are no parameters: no gradient trains them, and they must not be part of a graph. One that is would keep
# the graphs of all steps alive. And they move only in training: a measurement must not change what it measures.
#
# `running_var` averages the variance divided by N - 1: the best guess about all data from a few.


# %%
class BatchNorm1d:
    """BatchNorm as a layer. gamma, beta (dim,) are trained; running_mean, running_var (dim,) are not; training; out."""

    def __init__(self, dim: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        """Begin with gamma and running_var ones, beta and running_mean zeros, each (dim,), and training True.

        momentum: the weight of the new batch in the running averages. eps, momentum: kept under these names.
        """
        # BEGIN SOLUTION
        # HINT: Which numbers leave everything as it is before there was any batch?
        # HINT: Two plain numbers, a flag, and four tensors of shape (dim,), ones or zeros.
        # HINT: self.eps, self.momentum, self.training = eps, momentum, True; self.gamma = torch.ones(dim); self.beta =
        #   torch.zeros(dim); self.running_mean = torch.zeros(dim); self.running_var = torch.ones(dim).
        self.eps = eps
        self.momentum = momentum
        self.training = True
        self.gamma = torch.ones(dim)
        self.beta = torch.zeros(dim)
        self.running_mean = torch.zeros(dim)
        self.running_var = torch.ones(dim)
        # END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        """Normalise x (N, dim), scale by gamma, shift by beta; `self.out` is that same tensor, (N, dim).

        In training with the mean and variance of x, and the buffers move. Else with the buffers, and nothing moves. The
        lecture's variance (N - 1) in the forward pass passes.

        Edges: in training the forward pass divides by N, and the buffer gets N - 1. The buffers keep their shape
        (dim,). A momentum of 1, and of 0. N = 1 in training raises ValueError, and is fine in use. float64: what comes
        in float64 is computed in float64, where gamma, beta and buffers are.
        """
        # BEGIN SOLUTION
        # HINT: Where do mean and variance come from, in each of the two cases? And when do the buffers move?
        # HINT: In training, mean and variance over axis 0, in the graph. Afterwards, under torch.no_grad(), each buffer
        #   becomes (1 - momentum) times itself plus momentum times the new one; for the variance that is var(0), which
        #   divides by N - 1.
        # HINT: if self.training: refuse x.shape[0] < 2 with ValueError; mean, var = x.mean(0), x.var(0,
        #   unbiased=False); with torch.no_grad(): the two updates, with x.mean(0) and x.var(0). Else: mean, var =
        #   self.running_mean, self.running_var. Then self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) +
        #   self.beta, and return it.
        if self.training:
            if x.shape[0] < 2:
                raise ValueError("one example has no spread: BatchNorm needs a batch of at least 2 in training")
            mean, var = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * x.var(0)
        else:
            mean, var = self.running_mean, self.running_var
        self.out = self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
        return self.out
        # END SOLUTION

    def parameters(self) -> list[Tensor]:
        """Return [gamma, beta]."""
        # BEGIN SOLUTION
        # HINT: What should an optimizer move, and what moves by itself?
        # HINT: Two of the four tensors.
        # HINT: A list: self.gamma first, then self.beta. The running ones stay out.
        return [self.gamma, self.beta]
        # END SOLUTION


# %% [markdown]
# ## 6. Or measure once, at the end
#
# (Lecture: 54 to 57 min.)
#
# Running averages are a convenience. One can as well train to the end and then measure mean and variance over the whole
# training set (the lecture's `bnmean` and `bnstd`).
#
# All at once that may be too much for the memory, so go through it in batches. Means of batches combine easily: weigh
# each by its number of rows. Variances do not: the spread *within* the batches lacks how far their means lie apart. Add
# up sums of squares about a common mean. One way goes twice through the data: first the mean, then the sum of squared
# distances from it. Another way (Chan, Golub and LeVeque) goes through once and corrects as it goes.
#
# The short cut, mean of squares minus square of the mean, is right on paper. Where the mean is large it is a small
# difference of large numbers, and no digits are left.


# %%
def calibrate_batchnorm(
    forward_to_preact: Callable[[Tensor], Tensor], X: Tensor, batch_size: int = 1024
) -> tuple[Tensor, Tensor]:
    """Measure mean and variance of every hidden unit over a whole data set.

    Args:
        forward_to_preact: makes hpreact (n, H) of n rows of X.
        X: (N, ...) the data, N at least 2.
        batch_size: how many rows go in at once, at most.

    Returns:
        mean (1, H) and variance (1, H) over all N rows, the variance divided by N - 1. Neither requires a gradient.
        They are the same for every batch_size, also where the last batch is smaller.

    Edges: never more than batch_size rows at once. Columns with a mean of a million and a spread of 1. X stays
    as it is.
    """
    # BEGIN SOLUTION
    # HINT: Two batches, one with all ones and one with all threes: what is the variance within each, and over both?
    # HINT: X.split(batch_size) gives the batches. Gone through twice: the sum of the rows, divided by N, is the mean;
    #   then the sum of (hpreact - mean) squared, divided by N - 1. All of it under torch.no_grad().
    # HINT: with torch.no_grad(): mean = sum(forward_to_preact(b).sum(0, keepdim=True) for b in X.split(batch_size)) /
    #   len(X); var = the same sum of ((forward_to_preact(b) - mean) ** 2), divided by len(X) - 1; return mean, var.
    with torch.no_grad():
        batches = X.split(batch_size)  # type: ignore[no-untyped-call]
        total = torch.stack([forward_to_preact(batch).sum(0, keepdim=True) for batch in batches])
        mean = total.sum(0) / len(X)
        squares = torch.stack([((forward_to_preact(batch) - mean) ** 2).sum(0, keepdim=True) for batch in batches])
        return mean, squares.sum(0) / (len(X) - 1)
    # END SOLUTION


# %% [markdown]
# ## 7. Gauge one: who has fallen asleep?
#
# (Lecture: 13 to 28 and 87 to 91 min.)
#
# A tanh at 0.97 or beyond has a slope of less than 0.06: it is *saturated*, for this example. A few are no harm. The
# lecture plots them for each layer, and 5 % is fine.
#
# A relu is worse off. Below 0 it gives 0 and has slope 0. A unit that is below 0 for *every* example never gets a
# gradient again: it is *dead*. A unit that is off for some examples is only doing its job.


# %%
def saturation_fraction(h: Tensor, threshold: float = 0.97) -> float:
    """Return which share of h, of any shape, lies beyond threshold or beyond -threshold: a float from 0 to 1.

    Edges: another threshold. A number equal to the threshold is not beyond it.
    """
    # BEGIN SOLUTION
    # HINT: How many tails has tanh?
    # HINT: The absolute value, compared with the threshold; then the share of True.
    # HINT: return (h.abs() > threshold).float().mean().item().
    return (h.abs() > threshold).double().mean().item()
    # END SOLUTION


def dead_relu_units(preact: Tensor) -> Tensor:
    """Return the numbers of the units whose relu is 0 for every example, in rising order, as an int64 tensor.

    preact: (N, H), what goes into the relu, N at least 1.

    Edges: exactly 0 is off, too. Where none is dead, the tensor is empty, shape (0,), int64.
    """
    # BEGIN SOLUTION
    # HINT: Are you asked for examples or for units? And does one example that is on save a unit?
    # HINT: preact <= 0, then all over axis 0: one truth value a unit. nonzero gives the places of what is True.
    # HINT: off = (preact <= 0).all(0), one truth value a unit; then off.nonzero(), made flat with .flatten().
    return (preact <= 0).all(0).nonzero().flatten()
    # END SOLUTION


# %% [markdown]
# ## 8. Gauge two: how fast does it move?
#
# (Lecture: 96 to 106 min.)
#
# A gradient of 0.001 is much for weights of 0.01 and nothing for weights of 100. So compare the *step*, `lr * grad`,
# with what it changes, both by their standard deviation, and take the logarithm to base 10:
#
#     log10( std(lr * grad) / std(data) )
#
# About -3 is healthy: a step changes a weight by a thousandth of its size. At -1 the net is being shaken, at -5 it
# stands still.
#
# Gauge three is an alarm. A gradient with a norm above 100 explodes, one below 1e-8 has vanished, and nan is neither
# large nor small: every comparison with it is False, so it must be looked for on its own.


# %%
def update_to_data_ratio(params: Iterable[Tensor], lr: float) -> list[float]:
    """Return log10(std(lr * grad) / std(data)) for each parameter, as floats.

    params: tensors with at least two numbers and a gradient in `.grad`. lr: the learning rate.

    Edges: a parameter whose grad is None gives nan. params may be a generator. Parameters and gradients stay as they
    are.
    """
    # BEGIN SOLUTION
    # HINT: What does one step add to a parameter?
    # HINT: For each p: the standard deviation of lr * p.grad, divided by that of p, then log10, then a plain number.
    # HINT: [((lr * p.grad).std() / p.detach().std()).log10().item() if p.grad is not None else math.nan for p in
    #   params].
    return [((lr * p.grad).std() / p.detach().std()).log10().item() if p.grad is not None else math.nan for p in params]
    # END SOLUTION


def grad_report(params: Iterable[Tensor], low: float = 1e-8, high: float = 100.0) -> dict[str, list[int]]:
    """Return the places, counted from 0, of parameters with unhealthy gradients.

    Returns a dict with three lists. "exploding": the norm of the gradient (the root of the sum of its squares) is above
    high. "vanishing": it is below low. "nan": there is a nan in it. A place stands in one list at most.

    Edges: other values of low and high. An inf explodes. A parameter whose grad is None stands in no list.
    """
    # BEGIN SOLUTION
    # HINT: What is nan > 100, and what is nan < 1e-8?
    # HINT: enumerate the parameters; ask for nan first, then compare the norm, p.grad.norm().
    # HINT: report = {"exploding": [], "vanishing": [], "nan": []}. for i, p in enumerate(params): if p.grad is None,
    #   continue; norm = p.grad.norm().item(); append i to "nan" if p.grad.isnan().any(), elif norm > high to
    #   "exploding", elif norm < low to "vanishing".
    report: dict[str, list[int]] = {"exploding": [], "vanishing": [], "nan": []}
    for i, p in enumerate(params):
        if p.grad is None:
            continue
        norm = p.grad.norm().item()
        if p.grad.isnan().any():
            report["nan"].append(i)
        elif norm > high:
            report["exploding"].append(i)
        elif norm < low:
            report["vanishing"].append(i)
    return report
    # END SOLUTION


# %% [markdown]
# ## 9. All layers in a row
#
# (Lecture: 78 to 87 min. and Part 5, 20 to 27 min.)
#
# The lecture keeps its layers in a list and loops over it. A class does that for you: called, it feeds each layer what
# the one before gave; its parameters are theirs, in one flat list.
#
# `train` and `eval` set the flag `training` on each layer, whether that layer looks at it or not.


# %%
class Sequential:
    """Layers in a row. Attributes: layers, the list, and out, the last result."""

    def __init__(self, layers: Sequence[Any]) -> None:
        """Keep the layers, in their order, in `self.layers`."""
        # BEGIN SOLUTION
        # HINT: Who makes the layers, you or whoever calls?
        # HINT: The objects that you are given are the layers; keep them.
        # HINT: self.layers becomes a list with the objects of `layers`, the same ones and no copies.
        self.layers = list(layers)
        # END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        """Return what the last layer makes of what the one before made, and so on down to x; kept in `self.out`.

        Edges: without any layers, x itself.
        """
        # BEGIN SOLUTION
        # HINT: What does the second layer get?
        # HINT: A loop over the layers in which x is replaced.
        # HINT: for layer in self.layers: x = layer(x). Then self.out = x, and return it.
        for layer in self.layers:
            x = layer(x)
        self.out = x
        return x
        # END SOLUTION

    def parameters(self) -> list[Tensor]:
        """Return the parameters of all layers, in order, in one flat list.

        Edges: a layer that stands in the row twice gives its parameters once.
        """
        # BEGIN SOLUTION
        # HINT: Each layer gives a list. What is wanted: a list of lists, or a list of tensors?
        # HINT: Two loops, over layers and over their parameters. Whether a tensor is there already is a matter of
        #   identity, not of equal numbers.
        # HINT: found = {id(p): p for layer in self.layers for p in layer.parameters()}; return list(found.values()).
        found = {id(p): p for layer in self.layers for p in layer.parameters()}
        return list(found.values())
        # END SOLUTION

    def train(self) -> None:
        """Set training to True, here and on each layer.

        Edges: a Sequential among the layers passes it on to its own.
        """
        # BEGIN SOLUTION
        # HINT: A row may stand in a row. Who tells the inner layers?
        # HINT: Set the attribute on yourself and on each layer; where a layer is a Sequential, call its own train.
        # HINT: self.training = True; for layer in self.layers: layer.training = True, and if isinstance(layer,
        #   Sequential): layer.train().
        self.training = True
        for layer in self.layers:
            layer.training = True
            if isinstance(layer, Sequential):
                layer.train()
        # END SOLUTION

    def eval(self) -> None:
        """Set training to False, here and on each layer.

        Edges: as for train.
        """
        # BEGIN SOLUTION
        # HINT: As train, with the other value.
        # HINT: Set the attribute on yourself and on each layer; where a layer is a Sequential, call its own eval.
        # HINT: self.training = False; for layer in self.layers: layer.training = False, and if isinstance(layer,
        #   Sequential): layer.eval().
        self.training = False
        for layer in self.layers:
            layer.training = False
            if isinstance(layer, Sequential):
                layer.eval()
        # END SOLUTION


# %% [markdown]
# ## 10. A deep net that trains
#
# (Lecture: 87 to 112 min.)
#
# Now put it together: hidden layers of `Linear` and `Tanh`, with or without `BatchNorm1d` between the two, and one more
# `Linear` for the logits. Without BatchNorm each hidden weight needs tanh's gain of 5/3, because `Linear` begins with a
# gain of 1; with BatchNorm nearly any gain will do. And the last layer starts small, so that the net has no opinion:
# its weight times 0.1. (The lecture's longest list ends with a BatchNorm, whose gamma is made small. Ours does not.)


# %%
def deep_net(
    n_in: int, n_hidden: int, n_out: int, n_layer: int, norm: bool = True, generator: torch.Generator | None = None
) -> Sequential:
    """Build a net of n_layer hidden layers and an output layer that can be trained from its first step on.

    Args:
        n_in: numbers that go in.
        n_hidden: units of each hidden layer.
        n_out: logits.
        n_layer: how many hidden layers, at least 1.
        norm: True: each hidden layer is Linear without bias, BatchNorm1d, Tanh. False: Linear with bias, Tanh, and the
            weight has standard deviation (5 / 3) / sqrt(fan_in).
        generator: where the random numbers come from.

    Returns:
        A Sequential. Its last layer is a Linear with bias, its weight of standard deviation 0.1 / sqrt(fan_in).

    Edges: the generator decides.
    """
    # BEGIN SOLUTION
    # HINT: How many inputs has the first layer, and how many have the others?
    # HINT: A list that grows in a loop over n_layer; the width is n_in at first and n_hidden from then on. Multiply a
    #   weight in place before anybody asks it for a gradient.
    # HINT: for each layer: linear = Linear(width, n_hidden, bias=not norm, generator=generator); if norm, append
    #   linear, BatchNorm1d(n_hidden), Tanh(); else linear.weight *= 5 / 3 under torch.no_grad(), and append linear,
    #   Tanh(). Then last = Linear(n_hidden, n_out, generator=generator), last.weight *= 0.1 in the same way, and
    #   return Sequential([*layers, last]).
    layers: list[Any] = []
    width = n_in
    with torch.no_grad():
        for _ in range(n_layer):
            linear = Linear(width, n_hidden, bias=not norm, generator=generator)
            layers.append(linear)
            if norm:
                layers.append(BatchNorm1d(n_hidden))
            else:
                linear.weight *= 5 / 3
            layers.append(Tanh())
            width = n_hidden
        last = Linear(width, n_out, generator=generator)
        last.weight *= 0.1
    return Sequential([*layers, last])
    # END SOLUTION


# %% [markdown]
# ## Try it
#
# Three nets, and all that you have built. Paste it below a line `if __name__ == "__main__":` at the end of this file
# and run the file; it takes some seconds. `watch` is given.
#
#     g = torch.Generator().manual_seed(2)
#     x = torch.randn((512, 12), generator=g)
#     y = (x[:, :5] * x[:, 5:10]).argmax(1)
#     for name, norm, shrink in [("Kaiming", False, 1.0), ("BatchNorm", True, 0.2), ("neither", False, 0.2)]:
#         net = deep_net(12, 60, 5, 6, norm)
#         for layer in net.layers[:-1]:
#             if isinstance(layer, Linear):
#                 layer.weight *= shrink
#         print(name, watch(net, x, y, 300, 0.1))
#
# The third net stands still at ln 5 = 1.61: what reaches its last layer is next to nothing. The first and the second
# learn. All have the same layers but for the norm, the same data, the same learning rate. Note where the ratios stand.


# %%
def watch(net: Any, x: Tensor, y: Tensor, steps: int, lr: float) -> dict[str, Any]:  # GIVEN
    """Train a net in place by gradient descent. Returns its last loss, the saturation of each Tanh, and the ratios."""
    params = net.parameters()
    for p in params:
        p.requires_grad = True
    loss = torch.zeros(())
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(net(x), y)
        for p in params:
            p.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        with torch.no_grad():
            for p in params:
                p -= lr * p.grad
    tanhs = [layer.out for layer in net.layers if isinstance(layer, Tanh)]
    return {
        "loss": round(loss.item(), 3),
        "saturated": [round(saturation_fraction(out), 2) for out in tanhs],
        "ratios": [round(r, 1) for r in update_to_data_ratio((p for p in params if p.ndim == 2), lr)],
    }
