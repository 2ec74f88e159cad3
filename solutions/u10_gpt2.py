# %% [markdown]
# # GPT-2 (124M): from the parts to a training run
#
# A GPT is a page of code. You have written that page. Between it and a model that writes English lies everything that
# this unit is about: a first state that does not blow up, billions of tokens in an order that many machines agree on, a
# learning rate that rises and falls, an optimizer that decays some weights and not others, gradients that are cut,
# added up, averaged over machines and kept out of the dust of 16 bits, a score that says whether it was worth it, and a
# file from which all of it goes on after a crash at four in the morning.
#
# None of these parts is hard. Each has one spot where it goes wrong without a sound: the loss still falls, only to a
# worse place. Those spots are what the checks look at.
#
# The model is the smallest GPT-2 of OpenAI, 124 million parameters. Nothing here needs them: every exercise is checked
# on a model that trains in seconds, and the code does not care about the size.
#
# **Shapes.** `B` sequences in a batch, `T` tokens in each, `C` channels (`n_embd`), `V` tokens in the vocabulary, `L`
# blocks, `H` heads, `hs = C / H` channels in a head.
#
# **Names.** A model has `wte`, `wpe`, `blocks`, `ln_f` and `lm_head`, as in unit 08. The lecture keeps all but the last
# in an `nn.ModuleDict` called `transformer`, and calls the blocks `h`, as Hugging Face does. Checks take either. One
# thing is not as in unit 08: there `lm_head` had a weight of its own. Here, as in GPT-2, `lm_head.weight` *is*
# `wte.weight`. Section 3 says why.
#
# **Tools.** torch, with all that you built in unit 08: `nn.LayerNorm`, `functional.gelu`, `functional.cross_entropy`
# and fused attention are yours to use now. What you build here is off limits in its finished form: torch's AdamW and
# its kin, its schedulers, `clip_grad_norm_`, `DistributedDataParallel` and `GradScaler`. NumPy is there for the
# files.
#
# **Edges.** What goes beyond the lecture stands at the end of a contract, under "Edges". An edge has its points, and
# an exercise is passed without it. Two kinds come again and again, so they are said here, once:
#
# * *Precision.* What comes in float64 is computed in float64.
# * *Manners.* Arguments stay as they are, unless changing them is the whole point.
#
# **How to work.** Each exercise raises `NotImplementedError`. Replace that line, save, run `grade u10`. Stuck? `grade
# hint` gives one nudge at a time. To try something out, write it at the end of this file, below a line `if __name__
# == "__main__":`. Running the file runs it; grading does not.
#
# After the lecture "Let's reproduce GPT-2 (124M)" by Andrej Karpathy and its program build-nanogpt, with a look at
# nanoGPT where the two differ. Text, code and checks here are our own.

# %%
"""Unit 10: everything around a GPT-2: sizes, first weights, data, schedule, optimizer, many machines, scores, files."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

IGNORE = -1  # a target that does not count

# %% [markdown]
# ## 1. How large is it?
#
# (Lecture: the table of the four sizes, right after the start. nanoGPT: `get_num_params`, `estimate_mfu`, and the
# notebook `transformer_sizing.ipynb`.)
#
# Four sizes were published, and all four come from one formula. Before you run anything, be able to say how many
# numbers there are, and where. Go through the model and count:
#
#     wte                     V * C          one row for each token
#     wpe                     T * C          one row for each place; T is block_size
#     in each block
#         ln_1, ln_2          2 * C each     a gain and a bias
#         attn.c_attn         C to 3 * C     a Linear layer: in * out weights, and out biases
#         attn.c_proj         C to C
#         mlp.c_fc            C to 4 * C
#         mlp.c_proj          4 * C to C
#     ln_f                    2 * C
#     lm_head                 nothing: its weight is wte's
#
# `bias=False` (nanoGPT has that switch) takes the bias out of every Linear layer and every LayerNorm, and leaves their
# weights and gains. The number of heads appears nowhere: heads cut the channels up, they add none.
#
# **FLOPs.** A weight of a matrix takes part in one product and one sum for each token that comes by, so 2 floating
# point operations in the forward pass. Going back there are two products of the same size, one for the gradient of
# the input and one for that of the weight: 4 more. So 6 operations for each parameter and token. (Biases and gains
# are counted along, though they cost less: they are too few to matter.) Attention comes on top, which has no
# parameters: each head multiplies T queries with T keys, and T weights with T values, so 2 * hs * T products and sums
# for each token, again times 2 for a product with its sum, times 3 for both ways:
#
#     flops of a token  =  6 * N  +  12 * L * H * hs * T
#
# N leaves out `wpe`, from which rows are only looked up. `wte` stays in, since the same table is the matrix of the
# head. This is the count of the PaLM paper (appendix B) and of nanoGPT; it takes attention over all T places, though
# the mask throws half of it away.


# %%
@dataclass
class GPTConfig:  # GIVEN
    """The sizes of a model; by default those of GPT-2 with 124 million parameters.

    bias: whether Linear and LayerNorm layers have one (lm_head never has). There is no dropout: the lecture has none.
    """

    vocab_size: int = 50257
    block_size: int = 1024
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    bias: bool = True


SIZES = {  # GIVEN: the published ones
    "gpt2": GPTConfig(),
    "gpt2-medium": GPTConfig(n_layer=24, n_head=16, n_embd=1024),
    "gpt2-large": GPTConfig(n_layer=36, n_head=20, n_embd=1280),
    "gpt2-xl": GPTConfig(n_layer=48, n_head=25, n_embd=1600),
}


def count_parameters(config: GPTConfig, non_embedding: bool = False) -> int:
    """Return how many parameters a GPT-2 of this config has; a tied tensor is one tensor.

    non_embedding: leave out wpe. (wte stays, because it is the matrix of lm_head as well. nanoGPT's word for it.)

    From the sizes alone: GPT-2 XL is counted, too, which would take 6 GB if it were made. (torch can make a model that
    has shapes and no numbers, on its device "meta".)
    """
    # BEGIN SOLUTION
    # HINT: How many numbers does nn.Linear(3, 5) hold, and how many with bias=False?
    # HINT: Write one block as a sum first, with b = 1 or 0 in front of everything that is a bias. Then multiply by L,
    #   and add the two tables and ln_f.
    # HINT: C = config.n_embd, b = int(config.bias). A block has 12 * C * C weights, 2 * C gains, and b times 3*C + C +
    #   4*C + C biases of Linear layers and 2 * C of LayerNorms. Around the blocks: V * C, T * C unless it is left out,
    #   and C + b * C for ln_f.
    C, b = config.n_embd, int(config.bias)
    linears = 12 * C * C + b * (3 * C + C + 4 * C + C)
    norm = C + b * C
    total = config.vocab_size * C + config.n_layer * (linears + 2 * norm) + norm
    return total if non_embedding else total + config.block_size * C
    # END SOLUTION


def flops_per_token(config: GPTConfig) -> int:
    """Return the floating point operations of a forward and a backward pass, for each token: 6N + 12 * L * H * hs * T.

    N is the number of parameters without wpe. A whole number.
    """
    # BEGIN SOLUTION
    # HINT: Which count of section 1 is N?
    # HINT: Two terms: one for the matrices, which you have counted, and one for attention.
    # HINT: 6 * count_parameters(config, non_embedding=True) + 12 * config.n_layer * config.n_embd * config.block_size:
    #   H * hs is C.
    attention = 12 * config.n_layer * config.n_embd * config.block_size
    return 6 * count_parameters(config, non_embedding=True) + attention
    # END SOLUTION


# %% [markdown]
# ## 2. Does it fit, how long does it take, and is it worth it?
#
# (Lecture: the batch size that fits, the table of the A100's FLOPs, "10 billion tokens". nanoGPT:
# `transformer_sizing.ipynb` and `scaling_laws.ipynb`.)
#
# **Memory** holds four things while a model is trained. Weights, gradients and Adam's two moments are float32, and
# there are as many of each as there are parameters: 4, 4 and 8 bytes. The fourth thing is most of it, and grows with
# the batch: the *activations*, everything that the forward pass keeps because the backward pass will ask for it. A
# Linear layer keeps its input. So does a LayerNorm, and so does GELU. In one block, for each token:
#
#     ln_1        its input                                    C
#     c_attn      its input                                    C
#     attention   queries, keys, values                        3 * C
#                 the weights, T for each head                 H * T
#     c_proj      its input                                    C
#     ln_2        its input                                    C
#     c_fc        its input                                    C
#     gelu        its input                                    4 * C
#     c_proj      its input                                    4 * C
#
# and after the blocks
#
#     ln_f        its input                                    C
#     lm_head     its input                                    C
#     the loss    log-probabilities                            V
#
# Sums keep nothing. (This is the count of Korthikanti et al., 2022, without dropout. Mean and deviation of a LayerNorm,
# two numbers a token, are left out.) The term `H * T` is the square in "attention is quadratic". FlashAttention never
# writes that table down and computes it anew on the way back, so with `flash` it is gone. Under bfloat16 an
# activation takes 2 bytes instead of 4; weights, gradients and moments stay as they are.
#
# **Time.** A device has a peak, say 312e12 operations a second (an A100, bfloat16). What your loop makes of it is the
# *model FLOPs utilization*: the operations that the model needs for the tokens of a second, divided by that peak.
# Half is good.
#
# **Worth.** Parameters N and tokens D both cost, `6 * N * D` operations together. How to split a budget? Hoffmann et
# al. (2022, "Chinchilla") trained 400 models and found: in equal parts. Twice the parameters want twice the tokens, and
# there should be about 20 tokens for each parameter. So GPT-2's 124 million are served with 2.5 billion tokens. The
# lecture gives them 10 billion, which is not wasted: the model gets better than a model of its size would be, and is
# cheaper to use than a larger one.


# %%
def training_memory(config: GPTConfig, batch_size: int, act_bytes: int = 4, flash: bool = False) -> dict[str, int]:
    """Return how many bytes training needs, by what they are for.

    Args:
        config: the model. Sequences are config.block_size tokens long.
        batch_size: B, sequences in a batch.
        act_bytes: bytes of an activation: 4 (float32), or 2 (bfloat16).
        flash: whether attention keeps no table of its weights.

    Returns:
        {"weights": ..., "gradients": ..., "moments": ..., "activations": ...}, whole numbers, by the table of the text.
        The first three are float32, and all parameters count.
    """
    # BEGIN SOLUTION
    # HINT: Which of the four does not know the batch size, and which one does not know the number of parameters?
    # HINT: Add up the table of a block: the multiples of C, and H * T unless flash. That times L, then the three lines
    #   after the blocks, is what one token keeps. How many tokens are there?
    # HINT: n = 4 * count_parameters(config): weights and gradients n each, moments 2 * n. A token keeps L * (16 * C +
    #   (0 if flash else H * T)) + 2 * C + V numbers; times B * T tokens, times act_bytes.
    C, T = config.n_embd, config.block_size
    block = 16 * C + (0 if flash else config.n_head * T)
    token = config.n_layer * block + 2 * C + config.vocab_size
    n = 4 * count_parameters(config)
    return {"weights": n, "gradients": n, "moments": 2 * n, "activations": batch_size * T * token * act_bytes}
    # END SOLUTION


def estimate_mfu(config: GPTConfig, tokens_per_second: float, peak_flops: float = 312e12) -> float:
    """Return the share of a device's peak that training uses: 0.5 is half. nanoGPT's name.

    tokens_per_second: how many tokens go forward and backward in a second. peak_flops: operations a second.
    """
    # BEGIN SOLUTION
    # HINT: How many operations are done in a second?
    # HINT: Operations for a token times tokens in a second, compared with the peak.
    # HINT: flops_per_token(config) * tokens_per_second / peak_flops.
    return flops_per_token(config) * tokens_per_second / peak_flops
    # END SOLUTION


def compute_optimal(flops: float) -> tuple[float, float]:
    """Return parameters N and tokens D that make the most of a budget, after Chinchilla: 6 * N * D = flops, D = 20 * N.

    Two floats: a rule of thumb has no last digit.
    """
    # BEGIN SOLUTION
    # HINT: Two equations, two unknowns. Put one into the other.
    # HINT: 6 * N * (20 * N) is the budget. What is N squared?
    # HINT: N = math.sqrt(flops / 120), and D is 20 times that.
    N = math.sqrt(flops / 120)
    return N, 20 * N
    # END SOLUTION


# %% [markdown]
# ## 3. The model, and how it begins
#
# (Lecture: `class GPT`, "parameter sharing wte and lm_head", "model initialization: std 0.02, residual init".)
#
# The blocks are given: they are those of unit 08 with torch's own LayerNorm, GELU and attention. Two things are yours,
# and both are decided in `__init__`.
#
# **One table for both ends.** `wte` turns a token into C numbers, `lm_head` turns C numbers into a score for each
# token: both are (V, C). Tokens that mean about the same should be read as about the same vector and should get about
# the same score, so GPT-2 uses *one* tensor in both places (Press and Wolf, 2017). It is not a copy that begins equal:
# it is the same `nn.Parameter`, under two names. Its gradient is the sum of what comes from both ends. With 50,257
# tokens it is also a third of the model that need not be there twice.
#
# **A first state that stays in range.** All weights of Linear and Embedding layers are drawn from a normal distribution
# with standard deviation 0.02; biases begin at 0, a LayerNorm with gain 1 and bias 0, as torch makes it. (OpenAI's
# code draws `wpe` with 0.01; the lecture and nanoGPT take 0.02, and so do we.) With one exception. Each block adds two
# things to the stream, what `attn.c_proj` gives and what `mlp.c_proj` gives. After L blocks the stream is a sum of 2L
# such terms. Independent numbers of the same size: the standard deviation of their sum grows with the *root* of 2L. So
# the weights of these two layers, in every block, are drawn with
#
#     0.02 / sqrt(2 * L)
#
# and the stream is as large at the top as at the bottom. At such a start all tokens are about equally likely, and the
# loss is near `ln V`. For GPT-2 that is 10.8. What is far above has been too sure of itself.


# %%
class CausalSelfAttention(nn.Module):  # GIVEN
    """Multi-head attention in one piece, as in unit 08. Layers: `c_attn` (C to 3 * C), `c_proj` (C to C)."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        if config.n_embd % config.n_head:
            raise ValueError(f"{config.n_head} heads cannot share {config.n_embd} channels evenly")
        self.n_head = config.n_head
        self.c_attn = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, C) for x (B, T, C)."""
        B, T, C = x.shape
        q, k, v = (part.view(B, T, self.n_head, -1).transpose(1, 2) for part in self.c_attn(x).split(C, dim=2))
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)  # (B, H, T, hs)
        out: Tensor = self.c_proj(y.transpose(1, 2).reshape(B, T, C))
        return out


class MLP(nn.Module):  # GIVEN
    """Two layers with GELU (the tanh form) between. Layers: `c_fc` (C to 4 * C), `c_proj` (back)."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.c_fc = nn.Linear(config.n_embd, 4 * config.n_embd, bias=config.bias)
        self.c_proj = nn.Linear(4 * config.n_embd, config.n_embd, bias=config.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, C) for x (B, T, C)."""
        out: Tensor = self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))
        return out


class Block(nn.Module):  # GIVEN
    """Attention and MLP, each added to the stream. Parts: `ln_1`, `attn`, `ln_2`, `mlp`."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.attn = CausalSelfAttention(config)
        self.ln_2 = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.mlp = MLP(config)

    def forward(self, x: Tensor) -> Tensor:
        """Return (B, T, C) for x (B, T, C)."""
        x = x + self.attn(self.ln_1(x))
        out: Tensor = x + self.mlp(self.ln_2(x))
        return out


class GPT2(nn.Module):
    """The model. Parts, by name: `wte`, `wpe`, `blocks`, `ln_f`, `lm_head`; and `config`."""

    def __init__(self, config: GPTConfig) -> None:
        """Make the parts, tie the head, draw the first weights.

        wte: `nn.Embedding` of V tokens. wpe: `nn.Embedding` of block_size places. blocks: an `nn.ModuleList` of n_layer
        Blocks. ln_f: `nn.LayerNorm`. lm_head: `nn.Linear` from C to V without a bias, whose weight is wte's: the same
        parameter, when __init__ is done and after any training. config: kept as `self.config`.

        The first weights come from torch's global generator, with the standard deviations of the text.

        Edges: config.bias=False: then ln_f has no bias, either. The tie stands after a copy (`copy.deepcopy`), a change
        of dtype (`model.double()`) and `load_state_dict`.
        """
        super().__init__()
        # BEGIN SOLUTION
        # HINT: Which of the parts holds no weights of its own? And how many times does a block add to the stream?
        # HINT: Make the five parts. Make the tie with one assignment, of a parameter and not of its numbers. Then go
        #   through everything that has weights: which names end in "c_proj.weight"?
        # HINT: self.lm_head.weight = self.wte.weight. Then for name, p in self.named_parameters(): biases
        #   (name.endswith("bias")) nn.init.zeros_(p); else, if p.dim() is 2, nn.init.normal_(p, std=...), where std is
        #   0.02, divided by math.sqrt(2 * config.n_layer) if name.endswith("c_proj.weight"). LayerNorms are right
        #   already.
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, bias=config.bias)
        self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight
        for name, parameter in self.named_parameters():
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            elif parameter.dim() == 2:
                scale = math.sqrt(2 * config.n_layer) if name.endswith("c_proj.weight") else 1.0
                nn.init.normal_(parameter, std=0.02 / scale)
        # END SOLUTION

    def forward(self, idx: Tensor, targets: Tensor | None = None) -> tuple[Tensor, Tensor | None]:  # GIVEN
        """Return logits (B, T, V) for idx (B, T) int64, and the mean cross-entropy with targets, or None without.

        Targets of IGNORE do not count. Raises ValueError where T is larger than block_size.
        """
        if idx.shape[1] > self.wpe.num_embeddings:
            raise ValueError(f"{idx.shape[1]} tokens, but block_size is {self.wpe.num_embeddings}")
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1], device=idx.device))
        for block in self.blocks:
            x = block(x)
        logits = self.lm_head(self.ln_f(x))
        if targets is None:
            return logits, None
        return logits, functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORE)


# %% [markdown]
# ## 4. OpenAI's weights
#
# (Lecture: `from_pretrained`, "loading the huggingface GPT-2 parameters".)
#
# The weights of GPT-2 are public, and the surest proof that a model is right is that it speaks when they are put into
# it. Hugging Face's names differ a little from ours:
#
#     transformer.wte.weight                 wte.weight
#     transformer.h.3.attn.c_attn.weight     blocks.3.attn.c_attn.weight
#     transformer.ln_f.bias                  ln_f.bias
#     lm_head.weight                         the same tensor as wte.weight
#     transformer.h.3.attn.bias              no parameter: the triangle of the mask (and `attn.masked_bias`, a number)
#
# **Transposed.** OpenAI wrote the model in TensorFlow, with a layer of its own, `Conv1D`, which is a Linear layer
# whose weight is (in, out). torch's Linear has (out, in). So four kinds of weights have to be turned: `attn.c_attn`,
# `attn.c_proj`, `mlp.c_fc`, `mlp.c_proj`. The tables `wte` and `wpe` are the same in both worlds. Note the second of
# the four: `attn.c_proj` is square, so nothing complains when it is not turned. The model then loads, runs, and
# babbles.
#
# **Copied, not replaced.** Numbers are copied *into* the parameters that are there. Whoever puts new tensors in their
# place unties the head, and leaves an optimizer that was made before with parameters of nobody.
#
# **Nothing left over.** A name that is misspelt, in theirs or in yours, must be an error. A loader that skips what it
# does not know leaves a layer as it was drawn, and tells nobody.


# %%
def load_hf_state_dict(model: GPT2, sd_hf: dict[str, Tensor]) -> None:
    """Copy the weights of a Hugging Face GPT-2 into a model of the same sizes.

    Args:
        model: takes the weights on, in place. Its head is tied before and after.
        sd_hf: tensors by Hugging Face's names, `lm_head.weight` among them, equal to `transformer.wte.weight`. The four
            kinds of Conv1D weights are (in, out). Names that end in `.attn.bias` or `.attn.masked_bias` are buffers
            and are passed over, if there are any.

    Raises an exception, of whatever kind, where a parameter's name is missing, where there is a name that the model has
    no place for, and where a shape does not fit.

    Edges: names without `transformer.` in front, and no `lm_head.weight`, as in the published file
    `model.safetensors`. The exception is a KeyError for a name and a ValueError for a shape, and then the model is as
    it was. sd_hf stays as it is. Numbers take on the model's dtype.
    """
    # BEGIN SOLUTION
    # HINT: Write down the name and the shape of c_fc's weight in both worlds, for C = 768.
    # HINT: First make a dict of theirs by your names: buffers and lm_head out, the front cut off, h becomes blocks, the
    #   four kinds turned. Compare its names and shapes with model.named_parameters(), which lists a tied one once. Then
    #   copy, with no gradients.
    # HINT: name.endswith((".attn.bias", ".attn.masked_bias")) is a buffer (mind the dot: attn.c_attn.bias is none).
    #   name.removeprefix("transformer."); where it begins with "h.", that becomes "blocks.". Turn what ends in
    #   c_attn.weight, c_proj.weight, c_fc.weight. KeyError unless both sets of names are equal, ValueError unless all
    #   shapes are. Then with torch.no_grad(): p.copy_(...).
    given = {}
    for name, value in sd_hf.items():
        if name.endswith((".attn.bias", ".attn.masked_bias")) or name == "lm_head.weight":
            continue
        turned = name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight"))
        name = name.removeprefix("transformer.")
        given["blocks." + name[2:] if name.startswith("h.") else name] = value.t() if turned else value
    own = dict(model.named_parameters())
    if own.keys() != given.keys():
        raise KeyError(f"on one side only: {', '.join(sorted(own.keys() ^ given.keys()))}")
    for name, parameter in own.items():
        if parameter.shape != given[name].shape:
            raise ValueError(f"{name} is {tuple(parameter.shape)} here and {tuple(given[name].shape)} there")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(given[name])
    # END SOLUTION


def read_safetensors(path: Path) -> dict[str, Tensor]:  # GIVEN
    """Return the tensors of a file of float32 in Hugging Face's format `safetensors`, by name.

    Eight bytes say how long a JSON header is; it has dtype, shape and place of each tensor in the bytes behind it.
    """
    data = Path(path).read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:start]).items():
        if name == "__metadata__":
            continue
        if entry["dtype"] != "F32":
            raise ValueError(f"{name} is {entry['dtype']}; only F32 is read here")
        first, last = entry["data_offsets"]
        numbers = np.frombuffer(data[start + first : start + last], np.dtype("<f4")).astype(np.float32)
        tensors[name] = torch.from_numpy(numbers).reshape(entry["shape"])
    return tensors


# %% [markdown]
# ## 5. Text becomes shards
#
# (build-nanogpt: `fineweb.py`, and `load_tokens` in `train_gpt2.py`.)
#
# Ten billion tokens are tokenized once, and written into files of a hundred million each, the *shards*. A tokenizer's
# ids go up to 50,256. That fits into 16 bits *without* a sign (up to 65,535), so 2 bytes a token, and does not fit into
# 16 bits with one (up to 32,767).
#
# **The delimiter comes first.** Documents are laid end to end. Between them stands the special token `<|endoftext|>`,
# EOT, id 50256 in GPT-2. Whatever its name says, it stands *in front of* each document: seeing it, the model knows that
# what follows has nothing to do with what came before. It is an id, not a text. Whoever has the twelve characters
# "<|endoftext|>" tokenized gets some ordinary tokens that mean nothing.
#
# **A shard is full before the next begins.** A document that does not fit is cut, and its rest goes on in the next
# shard. So the shards, one behind the other, are the documents, one behind the other, and no token is lost. Only the
# last shard may be short. The first shard is put aside to validate with.
#
# **Reading.** torch's embeddings want int64. Old versions of torch do not know `uint16` at all, newer ones can do
# little with it. So convert in NumPy, then hand over.
#
# A tokenizer is anything with `encode_ordinary(text)`, a list of ids, and `special_tokens`, a dict with
# "<|endoftext|>" in it: the one of unit 09, or the smallest there is, which is given.


# %%
class Tokenizer(Protocol):  # GIVEN
    """What is asked of a tokenizer here."""

    special_tokens: dict[str, int]

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the ids of a text, special tokens left aside."""


class ByteTokenizer:  # GIVEN
    """One token for each byte of UTF-8, and EOT = 256: a vocabulary of 257."""

    def __init__(self) -> None:
        self.special_tokens = {"<|endoftext|>": 256}

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the bytes of a text."""
        return list(text.encode())

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of some ids; EOT is a line of its own."""
        return b"".join(bytes([i]) if i < 256 else b"\n" for i in ids).decode(errors="replace")


def tokenize_doc(text: str, tok: Tokenizer) -> NDArray[np.uint16]:
    """Return the tokens of a document, EOT in front: (n + 1,) uint16 for a text of n tokens.

    An empty text is EOT alone.

    Edges: an id that does not fit into 16 bits raises ValueError.
    """
    # BEGIN SOLUTION
    # HINT: What does the model have to see before the first word of a document?
    # HINT: The id of EOT is in tok.special_tokens. The rest comes from tok.encode_ordinary. Look at the ids while they
    #   are Python's: what NumPy does with too large ones depends on its version.
    # HINT: ids = [tok.special_tokens["<|endoftext|>"], *tok.encode_ordinary(text)]; if max(ids) >= 2**16: raise
    #   ValueError; return np.array(ids, dtype=np.uint16).
    ids = [tok.special_tokens["<|endoftext|>"], *tok.encode_ordinary(text)]
    if max(ids) >= 2**16:
        raise ValueError(f"id {max(ids)} does not fit into 16 bits")
    return np.array(ids, dtype=np.uint16)
    # END SOLUTION


def write_shards(docs: Iterable[str], folder: Path, shard_size: int, tok: Tokenizer) -> list[Path]:
    """Write the tokens of documents into files of shard_size tokens each; return the files in order.

    Args:
        docs: texts.
        folder: is there. The files are `val_000000.npy`, `train_000001.npy`, `train_000002.npy` and so on: the first
            one is to validate with. (Other names will do if they have "val" or "train" in them and end in `.npy`.)
        shard_size: tokens in each file but the last, which may be short and is never empty.
        tok: the tokenizer.

    Each file is an array (n,) of uint16, as `np.save` writes it. One behind the other they are what `tokenize_doc`
    makes of each document, one behind the other.

    Edges: a document may fill several shards. docs may be a generator, which can be read once only. The folder is made
    where it is not there, the ones above it, too. No documents: no files, an empty list.
    """
    # BEGIN SOLUTION
    # HINT: A shard takes 10 tokens. The documents have 7, 7 and 3 tokens. What is in which file?
    # HINT: Keep what is not yet written in a buffer. After each document: while there is enough for a shard, cut one
    #   off and write it. What is left in the end is the last shard.
    # HINT: buffer = np.empty(0, np.uint16); for each doc buffer = np.concatenate([buffer, tokenize_doc(doc, tok)]), and
    #   while len(buffer) >= shard_size: write buffer[:shard_size], buffer = buffer[shard_size:]. At the end write the
    #   buffer if it is not empty. To write: the name has "val" in it if no file was written yet, else "train", and the
    #   number of files so far with :06d; np.save. Before all, folder.mkdir(parents=True, exist_ok=True).
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []

    def write(tokens: NDArray[np.uint16]) -> None:
        path = folder / f"{'train' if paths else 'val'}_{len(paths):06d}.npy"
        np.save(path, tokens)
        paths.append(path)

    buffer = np.empty(0, np.uint16)
    for doc in docs:
        buffer = np.concatenate([buffer, tokenize_doc(doc, tok)])
        while len(buffer) >= shard_size:
            write(buffer[:shard_size])
            buffer = buffer[shard_size:]
    if len(buffer):
        write(buffer)
    return paths
    # END SOLUTION


def read_shard(path: Path) -> Tensor:
    """Return the tokens of a file of `write_shards`: (n,) int64."""
    # BEGIN SOLUTION
    # HINT: What is the dtype in the file, and what does an embedding want?
    # HINT: np.load, then one conversion, then torch.
    # HINT: torch.from_numpy(np.load(path).astype(np.int64)).
    return torch.from_numpy(np.load(path).astype(np.int64))
    # END SOLUTION


# %% [markdown]
# ## 6. Batches for many machines
#
# (build-nanogpt: `DataLoaderLite`.)
#
# The loader walks through the shards, from the first token of the first to the last of the last, and begins anew. A
# batch is the next B * T tokens, cut into B rows. The targets are the same tokens, one later, so it takes B * T + 1 of
# them:
#
#     buf  =  tokens[p : p + B * T + 1]
#     x    =  buf[:-1] as (B, T)             y  =  buf[1:] as (B, T)
#
# The last target of a row is the first input of the next one; the extra token is read again as the first input of the
# next batch.
#
# **Ranks.** With W processes ("ranks" 0 to W - 1) each has its own copy of the loader, and they do not talk to each
# other. They share the work by arithmetic alone. In one step rank 0 takes the first B * T tokens, rank 1 the next B *
# T, and so on, and then all of them move on by W * B * T:
#
#     a step, W = 3     | rank 0 | rank 1 | rank 2 | rank 0 | rank 1 | rank 2 | ...
#                       step 0                     step 1
#
# **The end of a shard.** A step needs W * B * T tokens, and one more for the last target of the last rank. Where they
# are not there, what is left in the shard is skipped, and the next shard begins, rank r at r * B * T. All ranks must do
# that in the *same* step. So each has to ask for the end of the whole step, and not from its own position on: the last
# rank stands (W - 1) * B * T tokens further than the first. The lecture's loader asks from its own position. With
# shards of a hundred million tokens its ranks part for one step in thousands, and nobody notices.


# %%
class DataLoaderLite:
    """Walks through shards in batches; one of world_size loaders that share the work."""

    def __init__(self, shards: Sequence[Path], B: int, T: int, rank: int = 0, world_size: int = 1) -> None:
        """shards: files, which `read_shard` reads one at a time, when its turn comes. Begin as after `reset`.

        Attributes, by the lecture's names: `shards`; `current_shard`, the number of the shard that the next batch is
        from; `tokens`, what is in it; `current_position`, where in it the next batch of this rank begins.

        Edges: a shard that is too short for a step of all ranks is passed over. If all of them are, that raises
        ValueError.
        """
        # BEGIN SOLUTION
        # HINT: What does next_batch have to know?
        # HINT: Keep the five arguments, and reset.
        # HINT: self.shards, self.B, self.T, self.rank, self.world_size; then self.reset().
        self.shards, self.B, self.T, self.rank, self.world_size = shards, B, T, rank, world_size
        self.reset()
        # END SOLUTION

    def reset(self, shard: int = 0) -> None:
        """Go to the beginning: the first shard, this rank's first place in it. A used loader is then as a new one.

        shard: the number of another shard to begin with. The lecture's `reset` has no such argument, and the checks
        give none; it is there because next_batch has to begin shards, too.
        """
        # BEGIN SOLUTION
        # HINT: Where does rank 2 begin, with B = 4 and T = 8?
        # HINT: Three things are set: the number of the shard, its tokens, the place in it. After the last shard comes
        #   the first. And what if the shard is too short for a step of all ranks?
        # HINT: A loop over numbers from shard to shard + len(self.shards) - 1: self.current_shard = number %
        #   len(self.shards); self.tokens = read_shard of that one; if len(self.tokens) > B * T * world_size: set
        #   self.current_position = B * T * rank, and return. After the loop raise ValueError.
        step = self.B * self.T * self.world_size
        for number in range(shard, shard + len(self.shards)):
            self.current_shard = number % len(self.shards)
            self.tokens = read_shard(self.shards[self.current_shard])
            if len(self.tokens) > step:
                self.current_position = self.B * self.T * self.rank
                return
        raise ValueError(f"no shard has more than {step} tokens, which a step of all ranks takes")
        # END SOLUTION

    def next_batch(self) -> tuple[Tensor, Tensor]:
        """Return x and y, each (B, T) int64, and move on; `y[b, t]` is the token after `x[b, t]` in the shard.

        What this rank gets in a step is the text's picture, whatever the other ranks do.

        Edges: all ranks change to the next shard in the same step, and only where a step of all ranks does not fit any
        more.
        """
        # BEGIN SOLUTION
        # HINT: B = 2, T = 4, W = 2. Rank 0 stands at 16, rank 1 at 24. How long must the shard be for this step?
        # HINT: Cut the buffer, make x and y. Move the position by a step of all ranks. Then find out where rank 0 is
        #   now, and whether all of the next step, and one more token, is still there; if not, open the next shard.
        # HINT: p = self.current_position; buf = self.tokens[p : p + B * T + 1]; x = buf[:-1].view(B, T), y = buf[1:]
        #   alike. self.current_position += B * T * W. The step begins at self.current_position - B * T * rank; if that
        #   plus B * T * W + 1 is more than len(self.tokens): self.reset(self.current_shard + 1).
        B, T, p = self.B, self.T, self.current_position
        buf = self.tokens[p : p + B * T + 1]
        x, y = buf[:-1].view(B, T), buf[1:].view(B, T)
        step = B * T * self.world_size
        self.current_position += step
        if self.current_position - B * T * self.rank + step + 1 > len(self.tokens):
            self.reset(self.current_shard + 1)
        return x, y
        # END SOLUTION

    def state_dict(self) -> dict[str, int]:  # GIVEN
        """Return what `load_state_dict` needs to go on from here."""
        return {"current_shard": self.current_shard, "current_position": self.current_position}

    def load_state_dict(self, state: dict[str, Any]) -> None:  # GIVEN
        """Go to where a loader stood that gave this state."""
        self.current_shard, self.current_position = state["current_shard"], state["current_position"]
        self.tokens = read_shard(self.shards[self.current_shard])


# %% [markdown]
# ## 7. A learning rate that rises and falls
#
# (Lecture: "learning rate scheduler: warmup + cosine decay". build-nanogpt: `get_lr`.)
#
# In the beginning the gradients are large and Adam knows nothing of their size yet, so the steps begin small and grow
# along a straight line: the *warm-up*. Then the rate falls along half a wave of a cosine, from `max_lr` down to
# `min_lr`, and stays there:
#
#     it < warmup_steps                   max_lr * (it + 1) / warmup_steps
#     it >= max_steps                     min_lr
#     between                             r = (it - warmup_steps) / (max_steps - warmup_steps), from 0 to 1
#                                         min_lr + (1 + cos(pi * r)) / 2 * (max_lr - min_lr)
#
# Why `it + 1`? Steps are counted from 0, and a step with a learning rate of 0 would be thrown away. The last step of
# the warm-up, `it = warmup_steps - 1`, has `max_lr`, and so has the one after it. (nanoGPT divides by `warmup_steps +
# 1`, and so gets to `max_lr` one step later; CS336 begins with `it / warmup_steps`, which is 0. This is the lecture's.)
#
# `it` counts steps of the *optimizer*. Where gradients of several small batches are added up before a step (section
# 11), that is still one step. A schedule that is asked once for each small batch is over long before the training.


# %%
def get_lr(it: int, max_lr: float, min_lr: float, warmup_steps: int, max_steps: int) -> float:
    """Return the learning rate of step `it`, counted from 0: warm-up along a line, then half a cosine, then min_lr.

    warmup_steps: how many steps the warm-up has; 0 is none. max_steps: from this step on it is min_lr.

    Edges: warmup_steps equal to max_steps.
    """
    # BEGIN SOLUTION
    # HINT: With warmup_steps = 4, which rates have the steps 0, 1, 2, 3 and 4?
    # HINT: Three cases, the two simple ones first. In the third, how far between warm-up and end is this step?
    # HINT: if it < warmup_steps: the line. if it >= max_steps: min_lr. Then the ratio r of the text, and coeff = 0.5 *
    #   (1 + math.cos(math.pi * r)), which goes from 1 to 0; min_lr + coeff * (max_lr - min_lr).
    if it < warmup_steps:
        return max_lr * (it + 1) / warmup_steps
    if it >= max_steps:
        return min_lr
    ratio = (it - warmup_steps) / (max_steps - warmup_steps)
    return min_lr + 0.5 * (1 + math.cos(math.pi * ratio)) * (max_lr - min_lr)
    # END SOLUTION


# %% [markdown]
# ## 8. Who is decayed
#
# (Lecture: `configure_optimizers`, "weight decay, only for 2D params".)
#
# Weight decay pulls weights towards 0 a little at every step. In a matrix this keeps single numbers from growing large:
# the work is spread over many. A bias or a gain of a LayerNorm is not a factor in a sum of many, and pulling a gain
# towards 0 only makes a layer quiet. So parameters with two or more dimensions are decayed, and vectors are not. The
# embeddings are matrices and belong to the first. (llm.c decays all. nanoGPT and the lecture do as we do. Older code
# went by names, and forgot one or the other.)
#
# The optimizer gets *groups*: dicts with the parameters and the settings that hold for them. A tied tensor is one
# parameter and stands in one group, once. A parameter that asks for no gradient is frozen, and is in none.


# %%
def configure_param_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Sort the parameters of any model into two groups for an optimizer.

    Returns:
        [{"params": [...], "weight_decay": weight_decay}, {"params": [...], "weight_decay": 0.0}]: first those with two
        or more dimensions, then the others. Each parameter that requires a gradient is in one of them, once: the
        `nn.Parameter` itself.
    """
    # BEGIN SOLUTION
    # HINT: What does a gain of a LayerNorm have in common with a bias, and not with a matrix?
    # HINT: model.parameters() gives every parameter once, under however many names it goes. Keep those that require a
    #   gradient, and sort by p.dim().
    # HINT: params = [p for p in model.parameters() if p.requires_grad]; two dicts, one with those of p.dim() >= 2 and
    #   weight_decay, one with those of p.dim() < 2 and 0.0.
    params = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in params if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in params if p.dim() < 2], "weight_decay": 0.0},
    ]
    # END SOLUTION
