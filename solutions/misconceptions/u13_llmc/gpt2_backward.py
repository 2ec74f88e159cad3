"""Wrong answers to u13.gpt2_backward, each with its cause in words, run in the solution's namespace.

`loose_tol` of the catalogue is a check that lets 0.02 pass, as llm.c's own does, and no answer: it is here as an answer
that such a check would let pass, `slope_of_the_exact_gelu`.
"""

import math

import numpy as np

from grader import misconception

LEFT = {}


@misconception(
    "gpt2_backward",
    says="wte has the gradient of the head alone. The encoder read it, too: both are added.",
)
def wte_one_source(params, acts, inp, targets, cfg, grads=None, dacts=None):
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, encoder=False)


@misconception(
    "gpt2_backward",
    says="wte has the gradient of the encoder alone. The head is the same table: both are added.",
)
def wte_without_head(params, acts, inp, targets, cfg, grads=None, dacts=None):
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, head=False)


@misconception(
    "gpt2_backward",
    says="Past the MLP only what comes back through ln2 goes on. residual2 went into residual3 as well: both gradients"
    " are added.",
)
def residual_dropped(params, acts, inp, targets, cfg, grads=None, dacts=None):
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, skip2=False)


@misconception(
    "gpt2_backward",
    says="Past attention only what comes back through ln1 goes on. The input of a block went into residual2 as well: "
    "both gradients are added.",
)
def first_residual_dropped(params, acts, inp, targets, cfg, grads=None, dacts=None):
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, skip3=False)


@misconception(
    "gpt2_backward",
    says="The blocks are walked from the first to the last. Backward the last comes first: what it returns goes into "
    "the one below.",
)
def order(params, acts, inp, targets, cfg, grads=None, dacts=None):
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, order=iter)


@misconception(
    "gpt2_backward",
    says="The last LayerNorm is taken back with residual2. It had read residual3 of the last block.",
)
def lnf_input(params, acts, inp, targets, cfg, grads=None, dacts=None):
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, lnf_input=lambda acts: acts["residual2"][-1])


@misconception(
    "gpt2_backward",
    says="ln1 is taken back with residual3 of its own block. It had read what came into the block: residual3 of the "
    "one before, or encoded.",
)
def ln1_of_its_own_block(params, acts, inp, targets, cfg, grads=None, dacts=None):
    def own(acts, layer):
        return acts["residual3"][layer]

    return backward_with(params, acts, inp, targets, cfg, grads, dacts, ln1_input=own)


@misconception(
    "gpt2_backward",
    says="The slope is that of the exact GELU, by erf, and the forward pass has the one by tanh. They are so near that"
    " llm.c's own test, which lets 0.02 pass, would not see it.",
)
def slope_of_the_exact_gelu(params, acts, inp, targets, cfg, grads=None, dacts=None):
    def slope(x, dout):
        below = 0.5 * (1 + np.vectorize(math.erf)(x / 2**0.5))
        return dout * (below + x * np.exp(-x * x / 2) / (2 * np.pi) ** 0.5)

    return backward_with(params, acts, inp, targets, cfg, grads, dacts, slope=slope)


@misconception(
    "gpt2_backward",
    says="All gradients are B * T times too large: the loss is a mean over the places, so each weighs 1 / (B * T).",
)
def sum_of_losses(params, acts, inp, targets, cfg, grads=None, dacts=None):
    dacts = {key: value * inp.size for key, value in (dacts or {}).items()}
    return backward_with(params, acts, inp, targets, cfg, grads, dacts, dlosses=lambda inp: np.ones(inp.shape))


@misconception(
    "gpt2_backward",
    says="A second call adds to the gradients of the first: something outside the function keeps them. Without grads a"
    " call begins from zero.",
)
def kept_from_call_to_call(params, acts, inp, targets, cfg, grads=None, dacts=None):
    if grads is None:
        grads = LEFT.setdefault(cfg.num_layers, {})
        shapes = {name: value.shape for name, value in params.items()}
        if {name: value.shape for name, value in grads.items()} != shapes or dacts is not None:
            grads.clear()
            grads.update({name: np.zeros(shape) for name, shape in shapes.items()})
    return backward_with(params, acts, inp, targets, cfg, grads, dacts)


@misconception(
    "gpt2_backward",
    says="grads is emptied before you begin. What is in there stays, and yours is added: that is how micro batches add"
    " up.",
)
def grads_emptied(params, acts, inp, targets, cfg, grads=None, dacts=None):
    if grads is not None:
        for value in grads.values():
            value[:] = 0
    return backward_with(params, acts, inp, targets, cfg, grads, dacts)
