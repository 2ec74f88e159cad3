# %% [markdown]
# # A layer library in NumPy
#
# A framework looks like magic until you have written one. This unit is one: layers that know how to go forward and
# how to go back, a container that strings them together, two losses, three optimizers, and at the end a tool that
# tells whether a layer's backward pass is right. About two hundred lines, all yours. `torch.nn` is this, with more
# layers and a faster engine below.
#
# **The idea, once.** A layer is an object with two methods. `forward(x)` computes an output and *keeps what the way
# back will need*. `backward(dout)` gets the gradient of that output, stores the gradients of the layer's own
# parameters beside them, and **returns the gradient of its input**. What one layer returns is what the layer before
# it gets. So a net of any depth goes back by itself: ask the last layer, hand the answer to the one before, and so on.
# No layer knows what stands around it.
#
# **One interface.** `backward` returns `dx` and nothing else; `dW` is found at `layer.dW`. (Sources differ: CS231n's
# functions return `dx, dw, db`, needle's come from a graph, some programs return the gradient of the weights. Mixed in
# one library, nothing fits.)
#
# **Gradients are added up.** A layer makes its gradient arrays once and adds into them, `self.dW += ...`. So two small
# batches give the gradient of one large one, and whoever holds the array sees each change. `zero_grad()` clears them.
# Where you write `self.dW = ...` instead, a single batch is right all the same; the sum is an *edge*.
#
# **Shapes.** `N` rows in a batch, `D` inputs, `M` outputs, `V` classes; `(..., D)` is any number of axes in front.
#
# **Conventions.** Linear weights are `(in, out)` and are used as `x @ W`, as in CS231n and needle; torch and llm.c keep
# `(out, in)`. BatchNorm is torch's: it divides by N in the forward pass, its running variance is divided by N - 1, and
# `momentum` is the weight of the *new* value. (CS231n: the weight of the old one, and N in both places. Unit 05: shape
# (1, H) and N - 1 in the forward pass.) `p` of dropout is the share that is *dropped*; CS231n's is the share that
# stays. Random numbers come from `rng`, a `np.random.Generator`; nothing else is moved.
#
# **Tools.** NumPy and `math`. No torch, no autograd, no scipy.
#
# **Edges.** Some promises go beyond the sources; a docstring names them after the word *Edges*. They have points, and
# nobody has to keep them to go on.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u12`. The exercises
# do not need each other. The last one, `gradcheck`, is a good first one, too: it finds mistakes in all the rest.
#
# After the layers of CS231n's assignments (Stanford), needle (the library of Carnegie Mellon's course on deep learning
# systems) and `torch.nn`. Text, code and checks here are our own.

# %%
"""Unit 12: a small library of layers in NumPy: forward and backward passes, losses, optimizers, a gradient checker."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Parameter = tuple[str, Array, Array]  # name, the array itself, the array of its gradient

# %% [markdown]
# ## 1. What a layer is, and the linear one
#
# The base class below is given. It knows what is the same for all layers: the flag `training`, and how to list the
# parameters. A layer says in `names` which attributes it trains; the gradient of `W` is called `dW`.
#
# `parameters()` gives *the arrays themselves*. An optimizer changes them in place, `p -= lr * g`, and the layer, which
# holds the same array, has learned. A copy would learn, and the layer would not.
#
# **Linear.** Forward: `x @ W + b`. Backward, entry by entry: `W[i, o]` meets `x[r, i]` in every row `r`, so its
# gradient is a sum over rows; `b[o]` is copied to every row, so its gradient is a sum, too; `x[r, i]` goes into every
# output of its row. (Unit 05 has the derivation, CS231n calls the pair `affine_forward` and `affine_backward`.)
#
# **How large should W be?** A sum of `n_in` products has a standard deviation `sqrt(n_in)` times that of one. So draw W
# with standard deviation `gain / sqrt(n_in)`. `gain` is the nonlinearity's: 1 before none, `sqrt(2)` before a relu,
# `5 / 3` before a tanh.
#
# **np.dot or @?** For matrices they agree. For an input (B, T, D) they do not: `dot` pairs the last axis of the first
# with the *second last* of the second and keeps all other axes of both. Backward that is a cube of numbers that nobody
# asked for. Make one long list of rows first.


# %%
class Layer:  # GIVEN
    """What all layers share. training: True in training, else False. names: the attributes that are trained."""

    names: tuple[str, ...] = ()
    training: bool = True

    def forward(self, x: Array) -> Array:
        """Return the output for x, and keep what backward needs."""
        raise NotImplementedError

    def backward(self, dout: Array) -> Array:
        """Return the gradient of the last x, given that of the last output; add to those of the parameters."""
        raise NotImplementedError

    def parameters(self) -> list[Parameter]:
        """Return (name, array, array of its gradient) for each parameter: the arrays themselves, no copies."""
        return [(name, getattr(self, name), getattr(self, f"d{name}")) for name in self.names]

    def zero_grad(self) -> None:
        """Set all gradients to zero, in place."""
        for _, _, g in self.parameters():
            g[...] = 0.0

    def train(self) -> None:
        """Switch to training."""
        self.training = True

    def eval(self) -> None:
        """Switch to use."""
        self.training = False


# %%
class Linear(Layer):
    """x @ W + b. Attributes: W (n_in, n_out), b (n_out,), and their gradients dW and db, all float64."""

    names = ("W", "b")

    def __init__(self, n_in: int, n_out: int, rng: np.random.Generator, gain: float = 1.0) -> None:
        """Draw W from a normal distribution with standard deviation gain / sqrt(n_in); b, dW and db are zeros.

        rng: where the numbers come from, n_in * n_out of them in one draw.

        Edges: the gain.
        """
        # BEGIN SOLUTION
        # HINT: Which of the four arrays has to be random, so that units do not stay twins?
        # HINT: rng.normal gives numbers of standard deviation 1 in the shape that you name; then make them smaller by
        #   the root of the number of inputs. The other three are zeros in the shape of what they belong to.
        # HINT: self.W = rng.normal(size=(n_in, n_out)) times gain / math.sqrt(n_in); self.b = np.zeros(n_out); self.dW
        #   and self.db are np.zeros_like of the two. Keep self.x = None as well: nothing went forward yet.
        self.W = rng.normal(size=(n_in, n_out)) * (gain / math.sqrt(n_in))
        self.b = np.zeros(n_out)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        self.x: Array | None = None
        # END SOLUTION

    def forward(self, x: Array) -> Array:
        """Return x (N, n_in) times W, plus b: (N, n_out). x stays as it is.

        Edges: any number of axes in front, (..., n_in). Whoever called may write other numbers into x before backward,
        as one does with a buffer that is used again: the layer keeps numbers of its own.
        """
        # BEGIN SOLUTION
        # HINT: What does the gradient of W need that only the forward pass sees?
        # HINT: Keep x in the object, a copy of it if you want the edge, then multiply and add. @ works on the last axis
        #   and leaves those in front alone.
        # HINT: self.x = x.copy(), then return x @ self.W + self.b.
        self.x = x.copy()
        return np.asarray(x @ self.W + self.b)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Add the gradients of W and b to dW and db, and return that of x.

        dout: (N, n_out), the gradient of what the last forward returned. Returns (N, n_in). The sums over rows are
        plain: where the loss is a mean, 1 / N is in dout already. Before the first backward dW and db are zeros.

        Edges: any number of axes in front. A second backward adds to dW and db, in the same arrays as before. Before
        any forward there is nothing to go back to: RuntimeError.
        """
        # BEGIN SOLUTION
        # HINT: W[i, o] meets x[r, i] in every row r. What becomes of the rows in its gradient?
        # HINT: dW is x turned, times dout: the rows disappear in the product. db sums dout over the rows. dx is dout
        #   times W turned. With more axes than two, make rows of them first: reshape(-1, the last size).
        # HINT: if self.x is None: raise RuntimeError("forward comes first"). rows = self.x.reshape(-1, n_in) and drows
        #   = dout.reshape(-1, n_out); self.dW += rows.T @ drows; self.db += drows.sum(axis=0); return dout @ self.W.T.
        if self.x is None:
            raise RuntimeError("backward before forward: there is no output to go back from")
        rows, drows = self.x.reshape(-1, self.x.shape[-1]), dout.reshape(-1, dout.shape[-1])
        self.dW += rows.T @ drows
        self.db += drows.sum(axis=0)
        return np.asarray(dout @ self.W.T)
        # END SOLUTION


# %% [markdown]
# ## 2. Four nonlinearities
#
# One number in, one number out: multiply `dout` by the local slope. What differs is what you keep for it.
#
#     ReLU      slope 1 where the input was positive, 0 elsewhere (0 at 0 itself)
#     Tanh      1 - out * out
#     Sigmoid   out * (1 - out)
#     GELU      a product and a chain, see below
#
# **Sigmoid far out.** `1 / (1 + exp(-x))` is right on paper. At x = -1000 it computes `exp(1000)`, which is infinite:
# the result is still 0, but NumPy warns, and in a training log that warning hides the one that matters. Take the
# exponential of a number that is never positive: `exp(-abs(x))`. For x >= 0 the sigmoid is `1 / (1 + e)`, else
# `e / (1 + e)`.
#
# **GELU** is x times the probability that a standard normal number lies below x. The exact one uses `erf`; GPT-2 has an
# approximation, and with its weights you need the very same:
#
#     u   = sqrt(2 / pi) * (x + 0.044715 * x**3)
#     out = 0.5 * x * (1 + tanh(u))
#
# `approximate` says which, in torch's words: "tanh", the default here and in llm.c, or "none", torch's default.
# Backward x counts twice, once as the factor in front and once inside u. For "none" the slope is `cdf(x) + x * pdf(x)`.
#
# **float32** (an edge). Big nets keep their numbers in float32. NumPy's own scalars are float64: a `np.sqrt(2 / np.pi)`
# makes float64 of the whole array, twice the memory, without a word. Plain Python floats do not: `math.sqrt` is safe.


# %%
class ReLU(Layer):
    """max(x, 0), entry by entry."""

    def forward(self, x: Array) -> Array:
        """Return x where it is positive and 0 elsewhere, in x's shape.

        Edges, for all four: x and dout stay as they are. float32 stays float32, both ways.
        """
        # BEGIN SOLUTION
        # HINT: Which single fact about each entry will the way back need?
        # HINT: Whether it was positive. Keep that, one truth value an entry, and make a new array for the output.
        # HINT: self.mask = x > 0, then return x * self.mask.
        self.mask = x > 0
        return np.asarray(x * self.mask)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return dout where x was positive and 0 elsewhere; the slope at exactly 0 is 0."""
        # BEGIN SOLUTION
        # HINT: Does the sign of what comes back decide anything?
        # HINT: Only the sign of what went forward decides. Multiply dout by what you kept.
        # HINT: return dout * self.mask; NumPy takes True and False for 1 and 0 and keeps the dtype.
        return np.asarray(dout * self.mask)
        # END SOLUTION


class Tanh(Layer):
    """tanh, entry by entry."""

    def forward(self, x: Array) -> Array:
        """Return tanh of x, in x's shape."""
        # BEGIN SOLUTION
        # HINT: Is the slope simpler in terms of the input, or of the output?
        # HINT: np.tanh; keep the result in the object and return it.
        # HINT: self.out = np.tanh(x), then return self.out.
        self.out = np.tanh(x)
        return np.asarray(self.out)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x."""
        # BEGIN SOLUTION
        # HINT: Where is the curve flat, and what is the output there?
        # HINT: The slope is one minus the square of the output.
        # HINT: dout times (1 - self.out squared), into a new array.
        return np.asarray(dout * (1 - self.out * self.out))
        # END SOLUTION


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), entry by entry."""

    def forward(self, x: Array) -> Array:
        """Return the sigmoid of x, in x's shape.

        Edges: x of 1000 and -1000 without a warning, and without nan.
        """
        # BEGIN SOLUTION
        # HINT: For which x is exp(-x) too large for a float? And exp(-abs(x))?
        # HINT: With e = np.exp(-np.abs(x)), which is never above 1: 1 / (1 + e) where x >= 0, and e / (1 + e)
        #   elsewhere.
        # HINT: e = np.exp(-np.abs(x)); self.out = np.where(x >= 0, 1 / (1 + e), e / (1 + e)); return self.out.
        e = np.exp(-np.abs(x))
        self.out = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
        return np.asarray(self.out)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x. Edges: as in forward."""
        # BEGIN SOLUTION
        # HINT: At which two outputs is the curve flat?
        # HINT: The slope is 0 at output 0 and at output 1: a product of two factors.
        # HINT: dout times self.out times (1 - self.out).
        return np.asarray(dout * self.out * (1 - self.out))
        # END SOLUTION


class GELU(Layer):
    """x times the probability of a standard normal number below x, exactly or by GPT-2's approximation."""

    def __init__(self, approximate: str = "tanh") -> None:
        """approximate: "tanh" for GPT-2's formula, "none" for the exact one.

        Edges: "none". Any other word raises ValueError.
        """
        # BEGIN SOLUTION
        # HINT: Who should hear of a misspelt word, the one who wrote it or the one who trains?
        # HINT: Compare with the two words, raise ValueError for others, keep it.
        # HINT: if approximate not in ("tanh", "none"): raise ValueError; self.approximate = approximate.
        if approximate not in ("tanh", "none"):
            raise ValueError(f'approximate is "tanh" or "none", not {approximate!r}')
        self.approximate = approximate
        # END SOLUTION

    def forward(self, x: Array) -> Array:
        """Return gelu of x, in x's shape. Edges: x of 1000 and -1000 without a warning."""
        # BEGIN SOLUTION
        # HINT: What of the forward pass comes back in the slope?
        # HINT: Keep x. The gate is 0.5 * (1 + tanh(u)), or for "none" 0.5 * (1 + erf(x / sqrt(2))); out is x times it.
        #   math.erf takes one number at a time: np.vectorize(math.erf, otypes=[float]) takes an array.
        # HINT: self.x = x; for "tanh": u = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3), self.gate = 0.5 * (1 +
        #   np.tanh(u)); for "none": erf = np.vectorize(math.erf, otypes=[float]), self.gate = 0.5 * (1 + erf(x /
        #   math.sqrt(2))).astype(x.dtype); return x * self.gate.
        self.x = x
        if self.approximate == "tanh":
            self.gate = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        else:
            erf = np.vectorize(math.erf, otypes=[float])
            self.gate = 0.5 * (1 + erf(x / math.sqrt(2))).astype(x.dtype)
        return np.asarray(x * self.gate)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x. Edges: as in forward."""
        # BEGIN SOLUTION
        # HINT: x stands in two places of the formula. What does the product rule say?
        # HINT: The slope is the gate, plus x times the slope of the gate. For "tanh" that one is 0.5 * (1 - tanh(u)**2)
        #   times du/dx; for "none" it is the bell curve.
        # HINT: With gate g, tanh(u) is 2 * g - 1, so 0.5 * (1 - tanh(u)**2) is 2 * g * (1 - g). du/dx = math.sqrt(2 /
        #   math.pi) * (1 + 3 * 0.044715 * x**2). The bell curve is np.exp(-x**2 / 2) / math.sqrt(2 * math.pi). Return
        #   dout * (g + x * the slope of the gate).
        x, gate = self.x, self.gate
        if self.approximate == "tanh":
            slope = 2 * gate * (1 - gate) * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
        else:
            slope = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
        return np.asarray(dout * (gate + x * slope))
        # END SOLUTION


# %% [markdown]
# ## 3. Layers in a row
#
# `Sequential` is a layer that is made of layers. Forward through them from the first to the last, each gets what the
# one before returned; backward from the last to the first. That is the chain rule, as a loop.
#
# Since it is a layer itself, it can stand inside another one. Nothing has to be written for that, if it asks its parts
# for what they know: `parameters()`, `train()`, `eval()`. The mode matters: Dropout and BatchNorm behave differently in
# training and in use, and a net is switched with one call at the top.
#
# A parameter's name is the place of its layer, a dot, and its name there: `0.W`, or `1.0.W` for a Linear at place 0
# of a Sequential at place 1. torch names them in the same way.


# %%
class Sequential(Layer):
    """Layers one after the other. Attribute: layers, a list."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        """Keep the layers, in this order.

        Edges: a layer that stands in it twice raises ValueError, because it would keep only its second input. The list
        that was given may change afterwards; the row does not.
        """
        # BEGIN SOLUTION
        # HINT: A layer keeps what it saw last. What does it still know of its first turn, if it has two?
        # HINT: The layers as a list of your own. Two names for one object have one id(...): a set of ids is smaller
        #   than the list if one stands there twice.
        # HINT: self.layers = list(layers); if len({id(layer) for layer in self.layers}) < len(self.layers): raise
        #   ValueError.
        self.layers = list(layers)
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("a layer stands here twice: it would keep only its second input")
        # END SOLUTION

    def forward(self, x: Array) -> Array:
        """Return what comes out of the last layer. Edges: without layers, x."""
        # BEGIN SOLUTION
        # HINT: What does the second layer get?
        # HINT: A loop in which x becomes what the layer returns.
        # HINT: for layer in self.layers: x = layer.forward(x). Then return x.
        for layer in self.layers:
            x = layer.forward(x)
        return x
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of what went into the first layer. Edges: without layers, dout."""
        # BEGIN SOLUTION
        # HINT: Whose output is dout the gradient of?
        # HINT: The last layer's. What it returns is the gradient of the output of the layer before it.
        # HINT: for layer in reversed(self.layers): dout = layer.backward(dout). Then return dout.
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
        # END SOLUTION

    def parameters(self) -> list[Parameter]:
        """Return those of all layers in order, as (name, array, array of its gradient): the arrays themselves.

        Edges: the names, place of the layer, a dot, the name there: `0.W`, nested `1.0.W`. So no two are equal.
        """
        # BEGIN SOLUTION
        # HINT: If you hand out copies, who learns?
        # HINT: Go through the layers with enumerate, ask each for its parameters, and put the place in front of the
        #   names. The arrays go through as they are.
        # HINT: [(f"{place}.{name}", p, g) for place, layer in enumerate(self.layers) for name, p, g in
        #   layer.parameters()].
        return [
            (f"{place}.{name}", p, g) for place, layer in enumerate(self.layers) for name, p, g in layer.parameters()
        ]
        # END SOLUTION

    def train(self) -> None:
        """Switch to training, with all layers, also those inside of layers."""
        # BEGIN SOLUTION
        # HINT: Who has to know about it besides the row itself?
        # HINT: Set the flag here, and call train() of each layer: one that has layers passes it on.
        # HINT: self.training = True; for layer in self.layers: layer.train().
        self.training = True
        for layer in self.layers:
            layer.train()
        # END SOLUTION

    def eval(self) -> None:
        """Switch to use, with all layers, also those inside of layers."""
        # BEGIN SOLUTION
        # HINT: Does train() of yours reach a layer inside of a layer? This is the same walk.
        # HINT: Set the flag here, and call eval() of each layer.
        # HINT: self.training = False; for layer in self.layers: layer.eval().
        self.training = False
        for layer in self.layers:
            layer.eval()
        # END SOLUTION


# %% [markdown]
# ## 4. Losses
#
# A loss is where the backward pass begins. So its `backward` takes no argument: the gradient of the loss in the loss
# is 1.
#
# **Mean squared error**, over *all* numbers, as torch has it: for predictions (N, D) it divides by N * D. No half in
# front. (Some texts divide by N, some add the half; the learning rate has to know.)
#
# **Cross-entropy of a softmax**, both in one, because together they are simpler than apart. Softmax turns logits into
# probabilities p; the loss of a row is `-log p[target]`; the mean over rows is the loss. Backward nearly all cancels:
# `p` minus 1 at the target, divided by N. (CS231n: `softmax_loss`; needle: `SoftmaxLoss`.)
#
# **Large logits** (an edge). `exp(1000)` is infinite. Taking the row's maximum off changes nothing in the result.


# %%
class MSELoss:
    """The mean of (pred - target) ** 2 over all numbers."""

    def forward(self, pred: Array, target: Array) -> float:
        """Return the loss of two arrays of one shape, as a number. Edges: the arguments stay as they are."""
        # BEGIN SOLUTION
        # HINT: How many numbers is the mean over, for predictions (N, D)?
        # HINT: Keep the difference, square it, take the mean over everything.
        # HINT: self.gap = pred - target, then return float((self.gap ** 2).mean()).
        self.gap = pred - target
        return float((self.gap**2).mean())
        # END SOLUTION

    def backward(self) -> Array:
        """Return the gradient of pred, in its shape."""
        # BEGIN SOLUTION
        # HINT: What is the derivative of a square, and what did the mean divide by?
        # HINT: Two times the difference, prediction minus target, divided by how many numbers there are.
        # HINT: return 2 * self.gap / self.gap.size.
        return np.asarray(2 * self.gap / self.gap.size)
        # END SOLUTION


class SoftmaxCrossEntropyLoss:
    """The mean of -log softmax(logits)[target] over rows."""

    def forward(self, logits: Array, targets: Array) -> float:
        """Return the loss, as a number.

        logits: (N, V). targets: (N,) integers from 0 to V - 1, N at least 1.

        Edges: logits of 10000 and -10000, without a warning. The arguments stay as they are.
        """
        # BEGIN SOLUTION
        # HINT: What does a softmax not change by, so that no exponential has to be large?
        # HINT: Take each row's maximum off. log p is then the shifted logit minus the logarithm of the sum of
        #   exponentials. The loss is minus the mean of log p at the targets.
        # HINT: z = logits - logits.max(axis=1, keepdims=True); logp = z - np.log(np.exp(z).sum(axis=1,
        #   keepdims=True)); self.p = np.exp(logp); self.targets = targets; return
        #   float(-logp[np.arange(len(targets)), targets].mean()).
        z = logits - logits.max(axis=1, keepdims=True)
        logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p, self.targets = np.exp(logp), targets
        return float(-logp[np.arange(len(targets)), targets].mean())
        # END SOLUTION

    def backward(self) -> Array:
        """Return the gradient of the logits, (N, V). Edges: asked twice, the same; float32 for float32 logits."""
        # BEGIN SOLUTION
        # HINT: Per row: what the model believes, minus what is true.
        # HINT: A copy of the probabilities, 1 less at the target of each row, all divided by the number of rows.
        # HINT: d = self.p.copy(); d[np.arange(len(d)), self.targets] -= 1; return d / len(d).
        d = self.p.copy()
        d[np.arange(len(d)), self.targets] -= 1
        return np.asarray(d / len(d))
        # END SOLUTION


# %% [markdown]
# ## 5. Two normalisations
#
# Both subtract a mean, divide by a standard deviation, scale by `gamma` and shift by `beta`:
#
#     xhat = (x - mean) / sqrt(var + eps)
#     out  = gamma * xhat + beta
#
# They differ in *over what*. BatchNorm: each column over the batch, so an example depends on its neighbours, and in
# use, where there may be no neighbours, running averages take their place. LayerNorm: each row over its own numbers, so
# there is no batch and no mode. That is why transformers have it.
#
# **Backward.** `mean` and `var` depend on x. So two corrections are taken away from the plain slope. With `g` for `dout
# * gamma` and means taken over the same axis as in the forward pass:
#
#     dx = (g - mean(g) - xhat * mean(g * xhat)) / sqrt(var + eps)
#
# One formula for both layers; only the axis changes. In LayerNorm gamma differs *along* that axis, so it has to be
# inside the means. (Unit 05 derives it. llm.c writes `dnorm` for g.)
#
# **In use** BatchNorm's mean and variance are constants, and both corrections are gone: `dx = dout * gamma / sqrt(var +
# eps)`.


# %%
class BatchNorm(Layer):
    """Normalise each column over the batch.

    Attributes, all (dim,): gamma, beta, dgamma, dbeta, running_mean, running_var; and eps, momentum.
    """

    names = ("gamma", "beta")

    def __init__(self, dim: int, eps: float = 1e-5, momentum: float = 0.1) -> None:  # GIVEN
        """momentum: the weight of the new value in the running averages. eps stands under the root."""
        self.eps, self.momentum = eps, momentum
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.dgamma, self.dbeta = np.zeros(dim), np.zeros(dim)
        self.running_mean, self.running_var = np.zeros(dim), np.ones(dim)

    def forward(self, x: Array) -> Array:
        """Return gamma * xhat + beta for x (N, dim), N at least 2 in training.

        In training: mean and variance (divided by N) of the batch, and the running averages move: `running = (1 -
        momentum) * running + momentum * new`. In use: the running averages, which stay as they are.

        Edges: the running variance takes the batch's variance divided by N - 1 (in core checks N will do). Another eps,
        another momentum. Columns with a mean of a million. N = 1 in training raises ValueError, and is fine in use. x
        stays as it is.
        """
        # BEGIN SOLUTION
        # HINT: Which two numbers a column are needed, and where do they come from in each of the two modes?
        # HINT: In training x.mean(axis=0) and x.var(axis=0), which divides by N; the running variance gets
        #   x.var(axis=0, ddof=1). In use the running ones. Keep xhat and one over the standard deviation: the way back
        #   needs both.
        # HINT: if self.training: refuse len(x) < 2; mean, var = x.mean(axis=0), x.var(axis=0); m = self.momentum;
        #   self.running_mean = (1 - m) * self.running_mean + m * mean; the same for running_var with x.var(axis=0,
        #   ddof=1). Else: mean, var = the running ones. self.inv = 1 / np.sqrt(var + self.eps); self.xhat = (x - mean)
        #   * self.inv; self.batch = self.training; return self.gamma * self.xhat + self.beta.
        if self.training:
            if len(x) < 2:
                raise ValueError("one example has no spread: BatchNorm needs a batch of at least 2 in training")
            mean, var, m = x.mean(axis=0), x.var(axis=0), self.momentum
            self.running_mean = (1 - m) * self.running_mean + m * mean
            self.running_var = (1 - m) * self.running_var + m * x.var(axis=0, ddof=1)
        else:
            mean, var = self.running_mean, self.running_var
        self.inv = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.inv
        self.batch = self.training
        return np.asarray(self.gamma * self.xhat + self.beta)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x, and add those of gamma and beta to dgamma and dbeta.

        Edges: after a forward in use, where mean and variance are constants. A second backward adds up.
        """
        # BEGIN SOLUTION
        # HINT: Did mean and variance come from this batch, so that every example moved them?
        # HINT: dbeta is the sum of dout over the batch, dgamma that of dout * xhat. Then g = dout * gamma, and in
        #   training take away its mean over the batch, and xhat times the mean of g * xhat; all times one over the
        #   deviation.
        # HINT: self.dgamma += (dout * self.xhat).sum(axis=0); self.dbeta += dout.sum(axis=0); g = dout * self.gamma; if
        #   self.batch: g = g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0); return g * self.inv.
        self.dgamma += (dout * self.xhat).sum(axis=0)
        self.dbeta += dout.sum(axis=0)
        g = dout * self.gamma
        if self.batch:
            g = g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0)
        return np.asarray(g * self.inv)
        # END SOLUTION


class LayerNorm(Layer):
    """Normalise each row over its own numbers. Attributes, all (dim,): gamma, beta, dgamma, dbeta; and eps."""

    names = ("gamma", "beta")

    def __init__(self, dim: int, eps: float = 1e-5) -> None:  # GIVEN
        """Eps stands under the root."""
        self.eps = eps
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
        self.dgamma, self.dbeta = np.zeros(dim), np.zeros(dim)

    def forward(self, x: Array) -> Array:
        """Return gamma * xhat + beta for x (N, dim), with mean and variance (divided by dim) of each row.

        Edges: any number of axes in front, (B, T, dim). Another eps. Rows with a mean of a million. x stays as it is.
        """
        # BEGIN SOLUTION
        # HINT: How many means are there, for three rows of eight numbers?
        # HINT: mean and var over the last axis, with keepdims=True so that they stand beside their row. Keep xhat and
        #   one over the standard deviation.
        # HINT: mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True); self.inv = 1 / np.sqrt(var +
        #   self.eps); self.xhat = (x - mean) * self.inv; return self.gamma * self.xhat + self.beta.
        mean, var = x.mean(axis=-1, keepdims=True), x.var(axis=-1, keepdims=True)
        self.inv = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.inv
        return np.asarray(self.gamma * self.xhat + self.beta)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x, and add those of gamma and beta, sums over all axes but the last.

        Edges: any number of axes in front. A second backward adds up.
        """
        # BEGIN SOLUTION
        # HINT: Over which numbers did the forward pass average? And which numbers share one gamma?
        # HINT: dgamma and dbeta sum over rows, all axes but the last. In dx the two means are over the last axis, and
        #   gamma is inside of them.
        # HINT: front = tuple(range(dout.ndim - 1)); self.dgamma += (dout * self.xhat).sum(axis=front); self.dbeta +=
        #   dout.sum(axis=front); g = dout * self.gamma; return (g - g.mean(axis=-1, keepdims=True) - self.xhat * (g *
        #   self.xhat).mean(axis=-1, keepdims=True)) * self.inv.
        front = tuple(range(dout.ndim - 1))
        self.dgamma += (dout * self.xhat).sum(axis=front)
        self.dbeta += dout.sum(axis=front)
        g = dout * self.gamma
        along = self.xhat * (g * self.xhat).mean(axis=-1, keepdims=True)
        return np.asarray((g - g.mean(axis=-1, keepdims=True) - along) * self.inv)
        # END SOLUTION


# %% [markdown]
# ## 6. Dropout
#
# In training each number is dropped, set to 0, with probability p, and those that stay are divided by `1 - p`. So the
# expected value stays what it was, and in use nothing has to be done at all. Backward: what was dropped could not move
# the loss; what stayed was scaled, and so is its gradient. The *same* mask: the one that forward drew.


# %%
class Dropout(Layer):
    """Drop each number with probability p in training; do nothing in use. Attributes: p, rng."""

    def __init__(self, p: float, rng: np.random.Generator) -> None:
        """p: from 0 to 1, the share that is dropped. rng: where the masks come from.

        Edges: a p below 0 or above 1 raises ValueError.
        """
        # BEGIN SOLUTION
        # HINT: Which p cannot be a share?
        # HINT: Refuse those with ValueError, and keep both.
        # HINT: if not 0 <= p <= 1: raise ValueError; self.p, self.rng = p, rng.
        if not 0 <= p <= 1:
            raise ValueError(f"p is the share that is dropped, from 0 to 1, not {p}")
        self.p, self.rng = p, rng
        # END SOLUTION

    def forward(self, x: Array) -> Array:
        """In training return x with each number dropped, or divided by 1 - p. In use return x.

        Edges: the draw is one `rng.random(x.shape)`, and a number stays where it is at least p; in use nothing is
        drawn. p = 1 drops all, without a warning. x stays as it is, and float32 stays float32.
        """
        # BEGIN SOLUTION
        # HINT: What must the expected value of a number be, before and after?
        # HINT: One uniform number an entry; those below p are dropped. Keep the factor of each entry: 0, or 1 / (1 -
        #   p). In use the factor is 1 everywhere.
        # HINT: if not self.training: self.scale = None, and return x. keep = self.rng.random(x.shape) >= self.p;
        #   self.scale = keep.astype(x.dtype) / max(1 - self.p, 1e-12), so that p = 1 divides by no zero; return x *
        #   self.scale.
        if not self.training:
            self.scale: Array | None = None
            return x
        keep = self.rng.random(x.shape) >= self.p
        self.scale = keep.astype(x.dtype) / max(1 - self.p, 1e-12)
        return np.asarray(x * self.scale)
        # END SOLUTION

    def backward(self, dout: Array) -> Array:
        """Return the gradient of x: dout dropped and scaled as x was; dout itself after a forward in use."""
        # BEGIN SOLUTION
        # HINT: How would the output have moved, if an entry that was dropped had been larger?
        # HINT: The factor that each entry was multiplied by on its way forward is its slope.
        # HINT: return dout if self.scale is None else dout * self.scale.
        return dout if self.scale is None else np.asarray(dout * self.scale)
        # END SOLUTION


# %% [markdown]
# ## 7. Optimizers
#
# An optimizer is handed the list of `parameters()` once. Then, for each step: forward, backward, `step()`,
# `zero_grad()`. It changes the parameters *in place*, and keeps an own memory for each of them.
#
#     SGD        p -= lr * g
#     momentum   buf = momentum * buf + g             p -= lr * buf
#     Nesterov                                        p -= lr * (g + momentum * buf)
#     Adam       m = b1 * m + (1 - b1) * g            v = b2 * v + (1 - b2) * g**2
#                p -= lr * (m / (1 - b1**t)) / (sqrt(v / (1 - b2**t)) + eps)       t = 1, 2, ...
#
# These are torch's. buf begins at 0, so after the first step it *is* the first gradient. (CS231n keeps `v = momentum *
# v - lr * g` and adds it: the same, as long as lr stays the same. needle multiplies g by `1 - momentum`: not the same.)
# m and v begin at 0 as well and are too small for a while; the two divisions make up for that. (Where eps stands is a
# matter of the source, too: Kingma and Ba also give a form with eps added before v is corrected. With gradients of
# ordinary size nobody sees the difference; the form above is an edge.)


# %%
class SGD:
    """Gradient descent, with momentum if asked for. Attributes: params, lr, and what it remembers."""

    def __init__(
        self,
        params: Sequence[Parameter],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        """params: (name, array, array of its gradient), as `parameters()` gives them.

        Edges: nesterov. weight_decay: `weight_decay * p` is added to each gradient, as in torch's SGD.
        """
        # BEGIN SOLUTION
        # HINT: How many buffers are there, if two parameters have the same shape?
        # HINT: Keep the params as a list and the settings; one buffer of zeros for each parameter, in the same order.
        # HINT: self.params = list(params); self.lr, self.momentum, self.nesterov, self.weight_decay = the four;
        #   self.buffers = [np.zeros_like(p) for _, p, _ in self.params].
        self.params = list(params)
        self.lr, self.momentum, self.nesterov, self.weight_decay = lr, momentum, nesterov, weight_decay
        self.buffers = [np.zeros_like(p) for _, p, _ in self.params]
        # END SOLUTION

    def step(self) -> None:
        """Move every parameter once, in place. Gradients stay as they are. Edges: `lr` may be set between steps."""
        # BEGIN SOLUTION
        # HINT: After the first step, what is in the buffer?
        # HINT: For each parameter with its buffer: g plus weight_decay * p; the buffer becomes momentum * buffer + g.
        #   The direction is the buffer, with nesterov it is g + momentum * the new buffer. Then p -= lr * direction.
        # HINT: for (_, p, g), buf in zip(self.params, self.buffers): g = g + self.weight_decay * p; buf *=
        #   self.momentum; buf += g; d = g + self.momentum * buf if self.nesterov else buf; p -= self.lr * d.
        for (_, p, g), buf in zip(self.params, self.buffers, strict=True):
            g = g + self.weight_decay * p
            buf *= self.momentum
            buf += g
            p -= self.lr * (g + self.momentum * buf if self.nesterov else buf)
        # END SOLUTION


class Adam:
    """Adam (Kingma and Ba, algorithm 1). Attributes: params, lr, and what it remembers."""

    def __init__(
        self,
        params: Sequence[Parameter],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        """params: (name, array, array of its gradient), as `parameters()` gives them. Edges: other betas."""
        # BEGIN SOLUTION
        # HINT: Three things are remembered from step to step. Which of them are one for each parameter?
        # HINT: Keep params as a list and the settings; the number of steps so far, 0; two buffers of zeros for each
        #   parameter.
        # HINT: self.params = list(params); self.lr, self.betas, self.eps = lr, betas, eps; self.t = 0; self.m and
        #   self.v are lists of np.zeros_like(p), one for each parameter.
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.t = 0
        self.m = [np.zeros_like(p) for _, p, _ in self.params]
        self.v = [np.zeros_like(p) for _, p, _ in self.params]
        # END SOLUTION

    def step(self) -> None:
        """Move every parameter once, in place. Gradients stay as they are.

        Edges: `lr` may be set between steps. eps is added to the root, not under it: gradients of 1e-8 show which.
        """
        # BEGIN SOLUTION
        # HINT: How large are m and v after one step, beside g and g * g? How many steps does one step() count?
        # HINT: t goes up by one for the whole step. For each parameter renew m and v, divide each by 1 - beta ** t, and
        #   move p by lr times the first over (the root of the second, plus eps).
        # HINT: self.t += 1; b1, b2 = self.betas; for (_, p, g), m, v in zip(self.params, self.m, self.v): m *= b1; m +=
        #   (1 - b1) * g; v *= b2; v += (1 - b2) * g * g; p -= self.lr * (m / (1 - b1**self.t)) / (np.sqrt(v / (1 -
        #   b2**self.t)) + self.eps).
        self.t += 1
        b1, b2 = self.betas
        for (_, p, g), m, v in zip(self.params, self.m, self.v, strict=True):
            m *= b1
            m += (1 - b1) * g
            v *= b2
            v += (1 - b2) * g * g
            p -= self.lr * (m / (1 - b1**self.t)) / (np.sqrt(v / (1 - b2**self.t)) + self.eps)
        # END SOLUTION


# %% [markdown]
# ## 8. Who checks the layers?
#
# You do. A checker of gradients measures slopes with nothing but the forward pass, and compares. It is worth the care
# of a measuring instrument, since a bad one is worse than none: it says "right" and you stop looking. So this exercise
# is judged in an unusual way. Your checker is shown more than a dozen right layers, which it has to pass, and about 60
# wrong ones, each with one slip of a kind that people make, which it has to find. You get points for each one, and
# `grade u12.gradcheck -v` lists them by name: which your checker finds, and which it misses.
#
# What a good one does:
#
# * **It needs one number.** A slope is a slope *of* something. Take a random array `dout` of the output's shape: the
#   loss is `sum(dout * forward(x))`, and the gradient of the output is `dout`. Why not the plain sum? A softmax adds up
#   to 1, a LayerNorm to about 0, wherever x is. The plain sum does not move, and a backward pass that returns zeros
#   looks right.
# * **Both sides.** `(loss(x + eps) - loss(x - eps)) / (2 * eps)`. The error falls with eps squared. One-sided it falls
#   with eps only, and is larger than many slips.
# * **Every entry** of x, one after the other, with all the others where they were. The wrong row may be the last one.
# * **Relative and absolute.** A gap is allowed up to `atol + rtol * abs(measured)`. Absolute alone, tiny gradients are
#   never checked; relative alone, a gradient that is 0 fails for its rounding.
# * **float64.** In float32 `1 + 1e-6` has one digit of the nudge left.
#
# What no checker can do: at a kink (a relu at exactly 0) both sides have a slope of their own, and the measured one
# lies between. Choose x away from kinks. And a layer that is random has to be held still: fix Dropout's mask first.
#
# To check the gradient of a weight, make the weight the argument: `forward` writes it into the layer and runs,
# `backward` runs and returns `layer.dW`.


# %%
def gradcheck(
    forward: Callable[[Array], Array],
    backward: Callable[[Array], Array],
    x: Array,
    eps: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    rng: np.random.Generator | None = None,
) -> bool:
    """Say whether `backward` is the backward pass of `forward` at x.

    Args:
        forward: takes an array of x's shape and returns one of any shape, `()` included. It may keep what it needs.
        backward: takes the gradient of the output of the *last* forward and returns that of its input.
        x: float64, at least one entry, away from kinks.
        eps: how far each entry is moved, to both sides.
        rtol: a gap of up to `atol + rtol * abs(measured)` is allowed, in every entry.
        atol: see rtol.
        rng: where the random gradient of the output comes from; without one, from a generator of your own.

    Returns:
        True where all entries agree, else False.

    Edges: x stays as it is, and may be a view with gaps in memory. A gradient of another shape than x is wrong, also
    one that broadcasts, and so is a nan. An x that is not float64 raises ValueError. No global generator is moved.
    """
    # BEGIN SOLUTION
    # HINT: Which single number's slope will you measure? Write down one for a softmax that a backward pass of zeros
    #   does not fit.
    # HINT: Draw dout in the shape of forward(x) and ask backward(dout) at once, while the layer still remembers x. Then
    #   move one entry at a time, in a copy, up and down. The measured slope is the sum of dout times the difference of
    #   the two outputs, over 2 * eps. Compare the shapes first, then all entries.
    # HINT: if x.dtype != np.float64: raise ValueError. rng = rng or np.random.default_rng(0); dout =
    #   rng.normal(size=np.shape(forward(x))); given = backward(dout); return False if np.shape(given) != x.shape. For
    #   place in np.ndindex(x.shape): up and down are copies of x with eps added and taken away at place;
    #   measured[place] = np.sum((forward(up) - forward(down)) * dout) / (2 * eps). Return bool(np.all(np.abs(given -
    #   measured) <= atol + rtol * np.abs(measured))).
    if x.dtype != np.float64:
        raise ValueError(f"x is {x.dtype}: a nudge of {eps} needs float64")
    rng = np.random.default_rng(0) if rng is None else rng
    dout = np.asarray(rng.normal(size=np.shape(forward(x))))
    given = backward(dout)
    if np.shape(given) != x.shape:
        return False
    measured = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += eps
        down[place] -= eps
        measured[place] = np.sum((forward(up) - forward(down)) * dout) / (2 * eps)
    return bool(np.all(np.abs(given - measured) <= atol + rtol * np.abs(measured)))
    # END SOLUTION


# %% [markdown]
# ### All of it, on three spirals
#
# Points on three arms, wound into each other; no straight line parts them. Thirty lines, and every gradient is yours:
#
#     rng = np.random.default_rng(1)
#     t, y = np.tile(np.linspace(0.1, 1, 100), 3), np.repeat(np.arange(3), 100)
#     angle = 4 * t + 2 * np.pi * y / 3 + rng.normal(size=300) * 0.15
#     X = np.stack([t * np.sin(angle), t * np.cos(angle)], axis=1)
#
#     net = Sequential([
#         Linear(2, 64, rng, math.sqrt(2)), BatchNorm(64), ReLU(), Dropout(0.1, rng),
#         Linear(64, 64, rng), LayerNorm(64), GELU(), Linear(64, 3, rng),
#     ])
#     loss, adam = SoftmaxCrossEntropyLoss(), Adam(net.parameters(), lr=3e-3)
#     for _ in range(400):
#         value = loss.forward(net.forward(X), y)
#         net.backward(loss.backward())
#         adam.step()
#         net.zero_grad()
#     net.eval()
#     print(f"{value:.3f}", np.mean(net.forward(X).argmax(axis=1) == y))
#
# And the question that began it: is the backward pass of that net right? Two lines, whatever is in it:
#
#     net = Sequential([Linear(4, 5, rng), LayerNorm(5), GELU(), Linear(5, 3, rng)])
#     print(gradcheck(net.forward, net.backward, rng.normal(size=(6, 4))))
#
# `grade run u12` trains a larger one and ends with a table: which of your layers your checker passes, and which slips
# in them it finds.
