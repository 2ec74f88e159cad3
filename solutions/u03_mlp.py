# %% [markdown]
# # An MLP that makes up names
#
# A table of counts for pairs of letters forgets everything but the last letter. With three letters of context the
# table has 27 * 27 * 27 rows, and for most of them there is hardly an example. A bigger table does not help: it
# learns nothing about "emm" from what it saw after "imm".
#
# So give every letter a few numbers of its own, its *embedding*, and let a small network compute from the embeddings
# of the last letters what may come next. Letters that behave alike get numbers that are alike, and what is learned of
# one helps with the other. Embedding and network are trained together. This is the model of Bengio, Ducharme, Vincent
# and Jauvin (2003). Look closely and you find the plan of every language model since: a context, vectors, a network,
# one score for each token of the alphabet, cross-entropy.
#
# **Shapes.** `N` examples, `B` of them in a batch, `K` letters of context (the lecture's `block_size`), `V` letters
# in the alphabet, `E` numbers for each letter, `H` hidden units. The parameters are five tensors, and their names are
# the lecture's:
#
#     C  (V, E)        the embedding of each letter
#     W1 (K * E, H)    b1 (H,)         the hidden layer
#     W2 (H, V)        b2 (V,)         the output layer
#
# The lecture keeps them in variables, here they are in a dict: `params["C"]`. So each function can be asked alone.
#
# **Tools.** torch tensors and autograd; `loss.backward()` is allowed from now on. `nn.Module` and its layers,
# optimizers and `DataLoader` in their finished form are not: what they do for you later you write here once.
# `F.cross_entropy` is off limits only in the exercise that builds it: in the later ones you may call it as the lecture
# does, or your own.
#
# **What is asked everywhere.** Ids are int64. A result has the dtype of the parameters, float32 or float64. How you
# get there is up to you: loops, helpers, one long line.
#
# **Edges.** What goes beyond the lecture stands at the end of a contract, under "Edges". An edge has its points, and
# an exercise is passed without it. Three kinds of edges come again and again, so they are said here, once:
#
# * *Precision.* What comes in float64 is computed in float64, every step of it.
# * *Manners.* Arguments stay as they are, unless the contract says that they change.
# * *Randomness.* Where there is a `generator`, all random numbers come from it, and torch's global generator does not
#   move. Without one, the global generator it is.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u03`. Stuck?
# `grade hint` gives one nudge at a time. To try something out, write it at the end of this file, below a line
# `if __name__ == "__main__":`. Running the file runs it; grading does not.
#
# After the lecture "Building makemore Part 2: MLP" by Andrej Karpathy; each section names the minutes that it belongs
# to. Text, code and checks here are our own.

# %%
"""Unit 03: a language model with embeddings and one hidden layer, from the data set to new names."""

import math
import random
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

Params = dict[str, Tensor]  # C, W1, b1, W2, b2

# %% [markdown]
# ## 1. Words become examples
#
# (Lecture: 9 to 12 min.)
#
# `alphabet` is given; it is what unit 02 builds. Letters get the numbers 1, 2, 3 and so on. Number 0 is the dot,
# which stands for "nothing yet" before a word and for "the end" behind it.
#
# A word of four letters is five examples: five times somebody asks what comes next. For "emma" and `K = 3`:
#
#     . . .  ->  e
#     . . e  ->  m
#     . e m  ->  m
#     e m m  ->  a
#     m m a  ->  .
#
# The window slides: the oldest letter drops out on the left, the letter just seen comes in on the right. The dot at
# the end is an example like any other. Without it a model never learns to stop.


# %%
def alphabet(words: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:  # GIVEN
    """Number the letters of some words. Returns stoi, letter to number, and itos, number to letter; "." is 0."""
    letters = [".", *sorted(set("".join(words)))]
    return {letter: i for i, letter in enumerate(letters)}, dict(enumerate(letters))


def build_dataset(words: Sequence[str], stoi: dict[str, int], block_size: int) -> tuple[Tensor, Tensor]:
    """Turn words into examples: some letters of context, and the letter that follows.

    Args:
        words: the words, without dots.
        stoi: the number of each letter; that of "." is 0.
        block_size: K, letters of context, at least 1.

    Returns:
        X (N, K) and Y (N,), both int64. Words in their order, and of each word one example a letter and one for the
        dot at its end: N is the sum of len(word) + 1. Position 0 of a row of X is the oldest letter. Every word starts
        from a context of dots only.

    Edges: no words at all give X of shape (0, K) and Y of shape (0,), int64 as ever. A letter that stoi does not know
    raises KeyError.
    """
    # BEGIN SOLUTION
    # HINT: Write down all rows for the word "ab" with K = 3. How many are there, and what is in the last one?
    # HINT: Two loops: over words, and over the letters of word + ".". The context starts as K zeros for each word.
    #   After each letter it loses its first entry and gets the letter's number at its end.
    # HINT: context = [0] * block_size for each word. For each letter: ix = stoi[letter]; append context to X and ix to
    #   Y; then context = context[1:] + [ix], a new list. Last, torch.tensor(X, dtype=torch.int64).reshape(-1,
    #   block_size), and the same without the reshape for Y.
    X: list[list[int]] = []
    Y: list[int] = []
    for word in words:
        context = [0] * block_size
        for letter in word + ".":
            ix = stoi[letter]
            X.append(context)
            Y.append(ix)
            context = [*context[1:], ix]
    return torch.tensor(X, dtype=torch.int64).reshape(-1, block_size), torch.tensor(Y, dtype=torch.int64)
    # END SOLUTION


# %% [markdown]
# ## 2. Three heaps of words
#
# (Lecture: 53 to 61 min.)
#
# A model with enough parameters can learn its examples by heart. Its loss on them then says nothing. So keep words
# aside that it never trains on:
#
#     train   80 %   sets the parameters
#     dev     10 %   sets what you choose: hidden units, learning rate, context
#     test    10 %   says at the very end, once, how good the model is
#
# (Their examples are the lecture's `Xtr, Ytr`, `Xdev, Ydev` and `Xte, Yte`.)
#
# Why not test on dev? You pick the best of many settings by it, and some of them are best by luck. Each look at the
# test words uses them up in the same way.
#
# Split *words*, not examples. The rows of "emma" overlap: with some of them in train, those in test are half known.
# And shuffle first: a sorted list would put all names with "z" into test.


# %%
def split_words(
    words: Sequence[str], fractions: tuple[float, float, float] = (0.8, 0.1, 0.1), seed: int = 42
) -> tuple[list[str], list[str], list[str]]:
    """Shuffle words and split them into train, dev and test.

    Args:
        words: n words; a word may stand in it several times.
        fractions: the shares of the three; they sum to 1.
        seed: decides the order: the same words with the same seed are split in the same way.

    Returns:
        Three lists. With n1 = int(fractions[0] * n) and n2 = int((fractions[0] + fractions[1]) * n), they have n1,
        n2 - n1 and n - n2 words. Together they hold each word as often as `words` does. The lecture's cuts are
        int(0.8 * n) and int(0.9 * n).

    Edges: other fractions and other seeds. Few words, or none: a part may be empty. words stays as it is. Python's
    global `random` is left alone: nobody else's numbers change because you have split something.
    """
    # BEGIN SOLUTION
    # HINT: Take n = 7. Where are the two cuts? Does each word end up in exactly one list?
    # HINT: Copy the list, shuffle the copy, cut it twice. What goes into a slice before the cut must not come again
    #   after it. random.Random(seed) is a generator of your own, with a shuffle method.
    # HINT: order = list(words); random.Random(seed).shuffle(order). n1 and n2 are int(...) of a fraction times
    #   len(order), the second with fractions[0] + fractions[1]. Return order[:n1], order[n1:n2], order[n2:].
    order = list(words)
    random.Random(seed).shuffle(order)
    n1 = int(fractions[0] * len(order))
    n2 = int((fractions[0] + fractions[1]) * len(order))
    return order[:n1], order[n1:n2], order[n2:]
    # END SOLUTION


# %% [markdown]
# ## 3. The network
#
# (Lecture: 12 to 30 min.)
#
# Four lines, and in each of them a shape to get right:
#
#     X       (B, K)          ids
#     emb     (B, K, E)       the row of C for each id: C[X]
#     embcat  (B, K * E)      the K rows of one example, side by side
#     h       (B, H)          tanh(embcat @ W1 + b1)
#     logits  (B, V)          h @ W2 + b2
#
# `C[X]` is the whole embedding: indexing with a tensor of ids takes a row of `C` for each. That equals a one-hot
# vector times `C`, without the multiplications. And autograd knows the way back: a letter that occurs five times in a
# batch gets five gradients, added up.
#
# The third line moves no number. In memory the entries of `emb` stand one behind the other, and `view` only says
# where the rows end. So the order of axes matters: all `K * E` numbers of *one* example have to be neighbours.
#
# The biases are added to every row. Between the layers stands tanh; behind the second one stands nothing. Logits may
# be as large as they like, the softmax makes probabilities of them later.


# %%
def mlp_forward(params: Params, X: Tensor) -> Tensor:
    """Return the scores of the next letter for some contexts.

    Args:
        params: C (V, E), W1 (K * E, H), b1 (H,), W2 (H, V), b2 (V,).
        X: (B, K) int64 ids.

    Returns:
        Logits (B, V), of the dtype of the parameters. Gradients flow to all five.

    Edges: float64 is computed in float64. The parameters stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Write the shape behind each of the four lines. Which number of rows never changes?
    # HINT: Index C with X. Then lay the K embeddings of each example side by side, without moving anything from one
    #   example to another. B is X.shape[0], and -1 lets view find out the rest.
    # HINT: emb = params["C"][X]; h = torch.tanh(emb.view(X.shape[0], -1) @ params["W1"] + params["b1"]); then
    #   h @ params["W2"] + params["b2"].
    emb = params["C"][X]  # (B, K, E)
    h = torch.tanh(emb.view(X.shape[0], -1) @ params["W1"] + params["b1"])  # (B, H)
    return h @ params["W2"] + params["b2"]  # (B, V)
    # END SOLUTION


# %% [markdown]
# ## 4. Cross-entropy
#
# (Lecture: 30 to 38 min.)
#
# How surprised is the model by the letter that really came? Softmax makes probabilities of the scores. The surprise
# is minus the logarithm of the one at the target, and the loss is the mean surprise:
#
#     counts = exp(logits)      p = counts / (sum of each row)      loss = mean of -log p[i, y_i]
#
# With natural logarithms it is in nats. A model that knows nothing of 27 letters has a loss of ln 27 = 3.30.
#
# Typed like that it works for small logits, and that passes. Two things break it. `exp(100)` is more than a float32
# can hold: inf / inf is nan. And a probability that is too small for a float is 0, with log(0) = -inf, though the
# true surprise is, say, 200. A small number added inside of the log hides that: it caps the loss and kills the
# gradient, just where the model is most wrong.
#
# The way out is algebra. A number taken away from all scores of a row changes no probability. So take the row's
# maximum `m`, and write the logarithm out:
#
#     -log p[y]  =  log(sum of exp(x))  -  x[y]          log(sum of exp(x))  =  m + log(sum of exp(x - m))
#
# The largest exponent is now 0; nothing overflows, and the sum is at least 1. That log of a sum of exponentials has a
# name, *logsumexp*, and torch has it. Each row needs a maximum of its own: a row far below the others would vanish
# under theirs.


# %%
def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -1) -> Tensor:
    """Return the mean surprise about the targets, in nats.

    Args:
        logits: (N, V) scores, N at least 1.
        targets: (N,) int64, the right token of each row.
        ignore_index: targets with this number do not count.

    Returns:
        A tensor of shape (), the mean of -log softmax(logits)[i, targets[i]]. Gradients flow through it: it is what
        `backward` is called on.

    Edges: logits of 1,000 and more, and rows far below the other ones: exact, neither nan nor inf. A logit of -inf is
    a token that cannot be; the loss is inf where it is the target, and finite otherwise, gradient included. Rows whose
    target is ignore_index have no part in the mean (it is over the others), and their gradient is 0; where all are
    ignored, the mean of nothing is nan. float64 is computed in float64. Nothing is made that is larger than the logits.
    logits and targets stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Take one row with the scores 0, 0 and the target 0. What must come out? And for the scores 1000, 0?
    # HINT: The surprise of row i is logsumexp of the row minus the score of its target: two tensors of shape (N,). The
    #   score of the target is a pick: a row number and a column number for each example.
    # HINT: kept = targets != ignore_index, and go on with logits[kept], targets[kept]. picked =
    #   logits.gather(1, targets.unsqueeze(1)).squeeze(1); then (logits.logsumexp(dim=1) - picked).mean().
    kept = targets != ignore_index
    logits, targets = logits[kept], targets[kept]
    picked = logits.gather(1, targets.unsqueeze(1)).squeeze(1)
    return (logits.logsumexp(dim=1) - picked).mean()
    # END SOLUTION


# %% [markdown]
# ## 5. Minibatches
#
# (Lecture: 41 to 45 min.)
#
# The gradient over all 200,000 examples is exact and slow. That of 32 random ones points roughly the same way and
# costs nearly nothing. Many rough steps are worth more than a few exact ones.
#
# Draw the rows at random, each time anew, with replacement: a row may come twice, and each row has the same chance
# each time. Rows that are neighbours come from the same word, and 32 of them would tell the model little more than
# one.


# %%
def minibatch(X: Tensor, Y: Tensor, batch_size: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """Draw examples at random, with replacement.

    Args:
        X: (N, K) contexts, N at least 1.
        Y: (N,) their targets.
        batch_size: B; may be larger than N.
        generator: where the random numbers come from.

    Returns:
        Xb (B, K) and Yb (B,), dtypes as before: Yb[i] is the target of the context Xb[i]. All N rows are equally
        likely, for each place of the batch on its own. Each call draws anew.

    Edges: the generator decides. X and Y stay as they are, also when somebody writes into the batch.
    """
    # BEGIN SOLUTION
    # HINT: What is drawn: rows of X, rows of Y, or something that serves both?
    # HINT: torch.randint(N, (B,)) gives B row numbers from 0 to N - 1; its upper end is left out by itself. A tensor of
    #   row numbers indexes X and Y alike.
    # HINT: ix = torch.randint(X.shape[0], (batch_size,), generator=generator); return X[ix], Y[ix].
    ix = torch.randint(X.shape[0], (batch_size,), generator=generator)
    return X[ix], Y[ix]
    # END SOLUTION


# %% [markdown]
# ## 6. A step downhill
#
# (Lecture: 38 to 41 min.)
#
# After `loss.backward()` each parameter knows its gradient, `p.grad`. A step moves all of them a little against it:
#
#     p  <-  p - lr * p.grad
#
# The arrow means *the same tensor*, with new numbers in it. `p = p - lr * p.grad` makes a new tensor and calls it
# `p`; the model still holds the old one. And the step is no part of the computation that is differentiated. Change
# the numbers under `torch.no_grad()`, or through `p.data` as the lecture does.
#
# A step does not clear the gradients. Whoever calls `backward` clears them before, because `backward` adds to what is
# there.


# %%
def sgd_step(params: Iterable[Tensor], lr: float) -> None:
    """Move each parameter against its gradient, in place.

    Args:
        params: leaf tensors that require a gradient, such as `params.values()`. After the call each holds
            p - lr * p.grad, still a leaf that requires a gradient.
        lr: the learning rate.

    Gradients stay as they are.

    Edges: a parameter whose grad is None has taken no part, and stays as it is. params may be a generator, which can be
    gone through only once. The numbers change where they lie: a view of a parameter sees the step. The dtype stays.
    """
    # BEGIN SOLUTION
    # HINT: After the call, who holds the new numbers: a name of yours, or the tensor that the model has?
    # HINT: A loop over params, and in it one line that changes the tensor in place. autograd refuses that for a leaf
    #   that requires a gradient, unless it is told to look away.
    # HINT: with torch.no_grad(): for p in params: if p.grad is not None: p -= lr * p.grad.
    with torch.no_grad():
        for p in params:
            if p.grad is not None:
                p -= lr * p.grad
    # END SOLUTION


# %% [markdown]
# ## 7. The loop
#
# (Lecture: 38 to 45 min.)
#
# Five lines in a loop, the heart of the matter: a batch, the forward pass, gradients cleared, the backward pass, a
# step. You have all the parts.
#
# The learning rate is not one number here but one for each step. So the same loop can train with a rate that comes
# down at the end, and can try out a thousand rates in a row, which is the next section.


# %%
def train_mlp(
    params: Params,
    X: Tensor,
    Y: Tensor,
    lrs: Sequence[float] | Tensor,
    batch_size: int = 32,
    generator: torch.Generator | None = None,
) -> list[float]:
    """Train the parameters by gradient descent on minibatches.

    Args:
        params: C, W1, b1, W2, b2, leaves that require gradients. They are changed in place. Gradients of an earlier
            computation may still hang on them; they do not count.
        X: (N, K) contexts of the training set.
        Y: (N,) their targets.
        lrs: the learning rate of each step: there are len(lrs) steps.
        batch_size: B, examples in a batch.
        generator: where the batches come from.

    Returns:
        One number for each step, the lecture's `lossi`: the loss of its batch before the parameters move.

    Edges: plain floats, which keep no graph alive. No rates, no steps: an empty list, and nothing moves. The generator
    decides. X and Y stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: What belongs to the old parameters, and what comes last?
    # HINT: One step is: minibatch, mlp_forward, cross_entropy; note the loss; set every p.grad to None; backward; and
    #   sgd_step with this step's rate.
    # HINT: losses = []. for lr in lrs: Xb, Yb = minibatch(X, Y, batch_size, generator); loss = cross_entropy(
    #   mlp_forward(params, Xb), Yb); p.grad = None for each p in params.values(); loss.backward();
    #   sgd_step(params.values(), float(lr)); losses.append(loss.item()).
    losses = []
    for lr in lrs:
        Xb, Yb = minibatch(X, Y, batch_size, generator)
        loss = cross_entropy(mlp_forward(params, Xb), Yb)
        for p in params.values():
            p.grad = None
        loss.backward()  # type: ignore[no-untyped-call]
        sgd_step(params.values(), float(lr))
        losses.append(loss.item())
    return losses
    # END SOLUTION


# %% [markdown]
# ## 8. Which learning rate?
#
# (Lecture: 45 to 53 min.)
#
# Too small, and nothing moves. Too large, and the loss jumps up instead of down. In between lie factors of ten, so
# look there in *factors*: rates whose exponents are evenly spaced. From 0.001 to 1 that gives as many between 0.001
# and 0.01 as between 0.1 and 1. Evenly spaced rates would spend half of the trial above 0.5. (The lecture calls the
# exponents `lre`, the rates `lrs`.)
#
# Then train for as many steps, each with the next rate, and look at the losses: flat at first, then falling, flat
# again, and in the end rising without limit. Where to go? Not to the lowest point. There the rate is already so large
# that one step spoils what another one gains. The lecture reads the rate off a plot, from the valley. A program needs
# a rule, and a common one takes the place where the loss *falls fastest*: there a step brings most.
#
# Losses of batches are noisy. A single step down means nothing, so the rule looks at averages over a tenth of the
# curve, and at how far these come down.


# %%
def exponential_lrs(lo_exp: float = -3.0, hi_exp: float = 0.0, n: int = 1000) -> Tensor:
    """Return n learning rates (n,) from 10 ** lo_exp to 10 ** hi_exp, both included; neighbours have the same ratio.

    Edges: other ends and counts. n = 1 gives the lower end alone.
    """
    # BEGIN SOLUTION
    # HINT: What is evenly spaced here?
    # HINT: torch.linspace gives n evenly spaced numbers, ends included. Let them be exponents.
    # HINT: 10 ** torch.linspace(lo_exp, hi_exp, n).
    return 10 ** torch.linspace(lo_exp, hi_exp, n)
    # END SOLUTION


def suggest_lr(lrs: Tensor, losses: Sequence[float]) -> float:
    """Return the learning rate at which the smoothed loss falls fastest, before it reaches its lowest point.

    Args:
        lrs: (n,) rates, as of `exponential_lrs`, n at least 40.
        losses: the n losses of a training with these rates, one after the other. They fall somewhere.

    Returns:
        A float between the smallest and the largest rate. Any way of smoothing will do: what is asked is the right
        place up to a factor of 3.

    Edges: from the first loss on that is nan or inf the curve does not count. Noise of half the height of the fall does
    no harm. A loss that jumps up at the end, and down again on the way, does not either.
    """
    # BEGIN SOLUTION
    # HINT: Draw the curve. At which of its places is a step worth most, and which places cannot be trusted?
    # HINT: Cut the curve at the first loss that is not finite. Replace each loss by the mean of a window of a tenth of
    #   the curve. Then compare each mean with the one a window later, as far as the lowest mean.
    # HINT: y = torch.tensor(losses)[:end]; w = max(1, end // 10); smooth = y.unfold(0, w, 1).mean(dim=1); fall =
    #   smooth[:-w] - smooth[w:]; only the places before smooth.argmin() count. The middle of the two windows at the
    #   largest fall is its index + w: return float(lrs[there]).
    y = torch.tensor(losses, dtype=torch.float64)
    bad = (~y.isfinite()).nonzero()
    end = int(bad[0]) if len(bad) else len(y)
    w = max(1, end // 10)
    smooth = y[:end].unfold(0, w, 1).mean(dim=1)
    fall = smooth[:-w] - smooth[w:]
    before = fall[: int(smooth.argmin()) + 1]
    return float(lrs[int(before.argmax()) + w])
    # END SOLUTION


# %% [markdown]
# ## 9. How good is it, and what does it say?
#
# (Lecture: 53 to 61 min, and from 73 min.)
#
# **Measuring.** The loss of one batch is a guess. `evaluate` gives the loss over a whole data set, on dev words for
# all that you decide. The lecture sends all of them through the network at once. A large set needs too much memory
# for that, so here it goes in pieces, in their order. Beware of the last piece: it may be shorter, and the mean of
# the pieces' means would count its examples more than others. No gradient is needed, so say so: a graph that nobody
# uses costs memory all the same.
#
# **Speaking.** Start from dots. Ask for the scores, make probabilities of them, draw a letter, let the window slide,
# again; a dot ends the name. Draw, do not take the best one: the best one is always the same.


# %%
def evaluate(params: Params, X: Tensor, Y: Tensor, batch_size: int = 1024) -> float:
    """Return the mean loss over a data set, each example counted once and alike.

    Args:
        params: as for `mlp_forward`.
        X: (N, K) contexts, N at least 1.
        Y: (N,) their targets.
        batch_size: how many examples go through the network at a time; the last piece may be shorter.

    Edges: any batch_size gives the same number. Never are more than batch_size examples in the network. A float, and no
    graph is built; the gradients that hang on the parameters stay as they are.
    """
    # BEGIN SOLUTION
    # HINT: Three examples in pieces of two: what must each piece count?
    # HINT: Add up sums, not means: the mean loss of a piece times the examples in it. Divide once, by N.
    # HINT: with torch.no_grad(): for i in range(0, len(X), batch_size), the slices of X and Y from i to i + batch_size;
    #   total += cross_entropy(mlp_forward(params, Xb), Yb).item() * len(Xb). Return total / len(X).
    total = 0.0
    with torch.no_grad():
        for i in range(0, len(X), batch_size):
            Xb, Yb = X[i : i + batch_size], Y[i : i + batch_size]
            total += cross_entropy(mlp_forward(params, Xb), Yb).item() * len(Xb)
    return total / len(X)
    # END SOLUTION


def sample_mlp(
    params: Params,
    itos: dict[int, str],
    block_size: int,
    generator: torch.Generator | None = None,
    max_len: int = 64,
) -> str:
    """Make up a name: draw letter after letter from the model, until it draws the dot.

    Args:
        params: as for `mlp_forward`.
        itos: the letter of each number; number 0 is ".".
        block_size: K, letters of context. The first letter is drawn from a context of K dots.
        generator: where the random numbers come from.
        max_len: after so many letters the name ends without a dot.

    Returns:
        The letters, without the dot. It may be empty.

    Edges: max_len. The generator decides, and goes on from letter to letter. The parameters stay as they are, and so do
    their gradients.
    """
    # BEGIN SOLUTION
    # HINT: It is build_dataset the other way round. What is the context before the first letter, and after it?
    # HINT: One round: logits of a batch of one context, softmax, torch.multinomial. Then it is either the dot, or a
    #   letter more and a window that has lost its oldest place.
    # HINT: context = [0] * block_size. In a loop of max_len rounds: p = softmax of mlp_forward(params,
    #   torch.tensor([context])) along dim 1; ix = torch.multinomial(p, 1, generator=generator).item(); break if it is
    #   0; context = context[1:] + [ix]; add itos[ix] to the name.
    context, name = [0] * block_size, ""
    with torch.no_grad():
        for _ in range(max_len):
            p = mlp_forward(params, torch.tensor([context])).softmax(dim=1)
            ix = int(torch.multinomial(p, 1, generator=generator).item())
            if ix == 0:
                break
            context = [*context[1:], ix]
            name += itos[ix]
    return name
    # END SOLUTION


# %% [markdown]
# ## Train it on names
#
# `init_params` is given. The lecture draws all parameters from a normal distribution, and its first loss is 27: the
# model begins sure of itself and wrong. Smaller numbers begin near ln 27. Which numbers, and why, is unit 04.
#
# First the search for a rate, which takes a second:
#
#     words = open("datasets/names.txt").read().split()
#     stoi, itos = alphabet(words)
#     train, dev, test = (build_dataset(part, stoi, 3) for part in split_words(words))
#     g = torch.Generator().manual_seed(1)
#     lrs = exponential_lrs(-3, 1)
#     print(suggest_lr(lrs, train_mlp(init_params(27, 3, 10, 100, g), *train, lrs, 64, g)))
#
# Then train, with a rate that comes down at the end, and look at the losses on train and dev. It takes ten seconds:
#
#     params = init_params(27, 3, 10, 100, g)
#     losses = train_mlp(params, *train, [0.3] * 15000 + [0.03] * 5000, 64, g)
#     print([round(evaluate(params, *part), 2) for part in (train, dev)])
#     print(*(sample_mlp(params, itos, 3, g) for _ in range(8)))
#
# The search says about 0.02 to 0.1, depending on the seed. That is a careful answer; the valley reaches to nearly 1
# here, and 0.3, half a step of ten away from it, still goes well. Then, or nearly:
#
#     [1.77, 1.87]
#     krystley geora leoma yvonna aidelphina melicando jeanna doreanastine
#
# What do the numbers mean? These names were made up by a source that looks at three letters, and it is known exactly:
# whoever sees three letters reaches 1.57 nats at best, two letters 1.98, one letter 2.33 (`datasets/README.md`). So
# this model uses more than two. Train is lower than dev: it has begun to learn words by heart. And if you ever see a
# dev loss *below* 1.57, do not celebrate. The answer has leaked into the question. When all your choices are made,
# look at test, once.
#
# The lecture's own names (`grade data fetch names`) have no known floor; there its model ends at a dev loss of about
# 2.17.


# %%
def init_params(  # GIVEN
    vocab_size: int, block_size: int, n_embd: int, n_hidden: int, generator: torch.Generator | None = None
) -> Params:
    """Draw fresh parameters that begin near a loss of ln V: C, W1, b1, W2, b2, all of which require gradients."""
    wide = block_size * n_embd
    params = {
        "C": torch.randn(vocab_size, n_embd, generator=generator),
        "W1": torch.randn(wide, n_hidden, generator=generator) / math.sqrt(wide),
        "b1": torch.zeros(n_hidden),
        "W2": torch.randn(n_hidden, vocab_size, generator=generator) * 0.01,
        "b2": torch.zeros(vocab_size),
    }
    return {name: p.requires_grad_() for name, p in params.items()}
