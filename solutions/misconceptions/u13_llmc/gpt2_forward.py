"""Wrong answers to u13.gpt2_forward, each with its cause in words, run in the solution's namespace."""

import numpy as np

from grader import misconception


@misconception(
    "gpt2_forward",
    says="The head is a matrix of its own. In GPT-2 it is tied: the logits are made with wte.",
)
def untied(params, inp, targets, cfg):
    head = np.random.default_rng(0).normal(size=params["wte"].shape) * 0.02
    return forward_with(params, inp, targets, cfg, head=head)


@misconception(
    "gpt2_forward",
    says="Every block reads the LayerNorm of the first one: ln1w[0]. Each tensor of a block is indexed by its layer.",
)
def layer_index(params, inp, targets, cfg):
    return forward_with(params, inp, targets, cfg, layer_of=lambda name, layer: 0 if name[:3] == "ln1" else layer)


@misconception(
    "gpt2_forward",
    says="All blocks are computed with the tensors of the first.",
)
def first_block_for_all(params, inp, targets, cfg):
    return forward_with(params, inp, targets, cfg, layer_of=lambda name, layer: 0)


@misconception(
    "gpt2_forward",
    says="All layers of an activation hold what the last block computed: they share one buffer. The backward pass "
    "needs each block's own.",
)
def acts_overwritten(params, inp, targets, cfg):
    loss, acts = forward_with(params, inp, targets, cfg)
    return loss, {name: [one[-1]] * len(one) if isinstance(one, list) else one for name, one in acts.items()}


@misconception(
    "gpt2_forward",
    says="After the MLP the stream is not added: residual3 is fcproj alone.",
)
def no_second_residual(params, inp, targets, cfg):
    return forward_with(params, inp, targets, cfg, block=lambda stream, kept: kept["fcproj"])


@misconception(
    "gpt2_forward",
    says="residual3 adds to the input of the block. The MLP adds to residual2, where attention has already added.",
)
def residual_of_the_input(params, inp, targets, cfg):
    return forward_with(params, inp, targets, cfg, block=lambda stream, kept: stream + kept["fcproj"])


@misconception(
    "gpt2_forward",
    says="The last LayerNorm reads residual2. It reads what the last block gave, residual3.",
)
def lnf_of_residual2(params, inp, targets, cfg):
    return forward_with(params, inp, targets, cfg, last=lambda acts: acts["residual2"][-1])


@misconception(
    "gpt2_forward",
    says="The padding of the vocabulary counts: softmax is told Vp, and not V.",
)
def padding_counts(params, inp, targets, cfg):
    return forward_with(params, inp, targets, cfg, vocab=cfg.padded_vocab_size)


@misconception(
    "gpt2_forward",
    says="The loss is the sum over all places. It is their mean.",
)
def loss_is_a_sum(params, inp, targets, cfg):
    _, acts = forward_with(params, inp, targets, cfg)
    return float(acts["losses"].sum()), acts
