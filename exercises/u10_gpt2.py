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
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    raise NotImplementedError("TODO: count_parameters")


def flops_per_token(config: GPTConfig) -> int:
    """Return the floating point operations of a forward and a backward pass, for each token: 6N + 12 * L * H * hs * T.

    N is the number of parameters without wpe. A whole number.
    """
    raise NotImplementedError("TODO: flops_per_token")


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
    raise NotImplementedError("TODO: training_memory")


def estimate_mfu(config: GPTConfig, tokens_per_second: float, peak_flops: float = 312e12) -> float:
    """Return the share of a device's peak that training uses: 0.5 is half. nanoGPT's name.

    tokens_per_second: how many tokens go forward and backward in a second. peak_flops: operations a second.
    """
    raise NotImplementedError("TODO: estimate_mfu")


def compute_optimal(flops: float) -> tuple[float, float]:
    """Return parameters N and tokens D that make the most of a budget, after Chinchilla: 6 * N * D = flops, D = 20 * N.

    Two floats: a rule of thumb has no last digit.
    """
    raise NotImplementedError("TODO: compute_optimal")


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

        The first weights have the standard deviations of the text.

        Edges: they come from torch's global generator. config.bias=False: then ln_f has no bias, either. The tie
        stands after a copy (`copy.deepcopy`), a change of dtype (`model.double()`) and `load_state_dict`.
        """
        super().__init__()
        raise NotImplementedError("TODO: GPT2.__init__")

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
    raise NotImplementedError("TODO: load_hf_state_dict")


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
# what follows has nothing to do with what came before. It is an id, not a text. Whoever has the thirteen characters
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
    raise NotImplementedError("TODO: tokenize_doc")


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
    raise NotImplementedError("TODO: write_shards")


def read_shard(path: Path) -> Tensor:
    """Return the tokens of a file of `write_shards`: (n,) int64."""
    raise NotImplementedError("TODO: read_shard")


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

        Edges: attributes by the lecture's names, which `state_dict` needs, too: `shards`; `current_shard`, the number
        of the shard that the next batch is from; `tokens`, what is in it; `current_position`, where in it the next
        batch of this rank begins. A shard that is too short for a step of all ranks is passed over; if all of them
        are, that raises ValueError.
        """
        raise NotImplementedError("TODO: DataLoaderLite.__init__")

    def reset(self, shard: int = 0) -> None:
        """Go to the beginning: the first shard, this rank's first place in it. A used loader is then as a new one.

        shard: the number of another shard to begin with. The lecture's `reset` has no such argument, and the checks
        give none; it is there because next_batch has to begin shards, too.
        """
        raise NotImplementedError("TODO: DataLoaderLite.reset")

    def next_batch(self) -> tuple[Tensor, Tensor]:
        """Return x and y, each (B, T) int64, and move on; `y[b, t]` is the token after `x[b, t]` in the shard.

        What this rank gets in a step is the text's picture, whatever the other ranks do.

        Edges: all ranks change to the next shard in the same step, and only where a step of all ranks does not fit any
        more.
        """
        raise NotImplementedError("TODO: DataLoaderLite.next_batch")

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
    raise NotImplementedError("TODO: get_lr")


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
    raise NotImplementedError("TODO: configure_param_groups")


# %% [markdown]
# ## 9. AdamW
#
# (build-nanogpt and nanoGPT take torch's. llm.c has it in C, `gpt2_update`, in a dozen lines. Kingma and Ba, 2015;
# Loshchilov and Hutter, 2019.)
#
# Plain gradient descent gives every weight the same step size. Adam keeps two running averages for each number, one of
# its gradients and one of their squares, and divides the first by the root of the second. What is left is nearly a
# sign: a weight whose gradients agree moves by about `lr`, one whose gradients cancel hardly moves, and whether the
# gradients are large or tiny does not matter.
#
# For each parameter `p` with its gradient `g`, in its step number `t` = 1, 2, 3, ...:
#
#     p    =  p * (1 - lr * weight_decay)               decay acts on the weight itself: that is the W in AdamW
#     m    =  beta1 * m + (1 - beta1) * g               begins at 0
#     v    =  beta2 * v + (1 - beta2) * g ** 2          begins at 0
#     mh   =  m / (1 - beta1 ** t)
#     vh   =  v / (1 - beta2 ** t)
#     p    =  p - lr * mh / (sqrt(vh) + eps)
#
# **Why the two corrections?** After one step `m` is `0.1 * g` and `v` is `0.05 * g ** 2`: both averages still lean
# towards the zero that they began with. Dividing by `1 - beta ** t` takes exactly that out.
#
# **Why decay beside the gradient?** Added to `g`, as L2 does, it would be divided by `sqrt(vh)` with it. Then weights
# with large gradients would decay less. Here each weight loses the same share.
#
# **Where sources disagree.** `eps` stands outside of the root and behind the correction, as in torch; Stanford's CS336
# adds it to the uncorrected root, which is not the same where gradients are tiny. The decay comes before the step, with
# the old weight. GPT-3's betas are (0.9, 0.95), torch's default is (0.9, 0.999).
#
# **Groups.** `params` is a list of parameters, or what `configure_param_groups` of section 8 gives: a list of dicts,
# each with its own `"params"`, and with whatever options differ for them. The schedule of section 7 sets
# `group["lr"]` before each step.


# %%
class AdamW:
    """Adam with decoupled weight decay. param_groups: a list of dicts, each with its parameters and options.

    (To derive from `torch.optim.Optimizer` is fine, too. The finished Adams of torch are off limits.)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        weight_decay: float = 0.1,
    ) -> None:
        """Sort the parameters into groups.

        Args:
            params: parameters, in a list or from a generator; or dicts, each with "params" and, for these alone, any of
                "lr", "betas", "eps", "weight_decay".
            lr: the step size of groups that have none of their own.
            betas: the shares of the old in the two averages, likewise.
            eps: what is added to the root, likewise.
            weight_decay: likewise.

        `self.param_groups` is a list of dicts with "params" (a list), "lr", "betas", "eps" and "weight_decay". Whoever
        changes `group["lr"]` there changes the next step.
        """
        raise NotImplementedError("TODO: AdamW.__init__")

    def step(self) -> None:
        """Move every parameter that has a gradient, in place, by the formulas above.

        A parameter whose `.grad` is None stays as it is, undecayed.

        Edges: each parameter counts its own steps, from its first gradient on. float64 is computed in float64. The
        gradients stay as they are.
        """
        raise NotImplementedError("TODO: AdamW.step")

    def zero_grad(self) -> None:
        """Drop the gradients of all parameters of all groups: each is None afterwards, or all zeros."""
        raise NotImplementedError("TODO: AdamW.zero_grad")

    def state_dict(self) -> dict[str, Any]:
        """Return all that the next step depends on, so that it can be saved: moments, step counts, options.

        Plain data: dicts, lists, numbers, tensors. A parameter is known by its place, 0, 1, 2, ... through all groups:
        after a restart it is another object.
        """
        raise NotImplementedError("TODO: AdamW.state_dict")

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` has given, of an optimizer over parameters of the same shapes, in the same order.

        The next step is the one that the other would have taken, with the same gradients. The parameters themselves are
        the model's to save.

        Edges: what was loaded is a copy. The other optimizer may go on, and nothing here moves.
        """
        raise NotImplementedError("TODO: AdamW.load_state_dict")


# %% [markdown]
# ## 10. Clipping the gradient
#
# (build-nanogpt and nanoGPT: `norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)`.)
#
# Once in a while a batch is odd, and its gradient is fifty times as long as usual. One such step can undo an hour. So
# look at all gradients as one long vector. Where it is longer than `max_norm`, shorten it; its direction stays:
#
#     total   =  sqrt(sum of the squares of all entries of all gradients)
#     g       =  g * min(1, max_norm / (total + eps))            the same factor for every tensor
#
# Adam hardly sees a factor that is always there. It does see one step that is fifty times too long: `v` would remember
# it for the next hundred steps.
#
# The function gives back `total` *before* clipping. That is the number to print in the training log: the lecture's
# falls from 27 to about 0.3 in the beginning, and when it climbs later on, something is wrong.


# %%
def clip_grad_norm_(
    params: Iterable[Tensor], max_norm: float, eps: float = 1e-6, error_if_nonfinite: bool = False
) -> Tensor:
    """Shorten the gradients of all parameters together to at most max_norm, in place.

    Args:
        params: the parameters, in a list or from a generator such as `model.parameters()`. Those whose `.grad` is None
            are passed over.
        max_norm: the longest norm that is left alone.
        eps: is added to the norm in the denominator.
        error_if_nonfinite: whether to refuse gradients with inf or nan in them.

    Returns:
        () the norm of all gradients as one vector, before clipping.

    Gradients that are not too long stay as they are, bit for bit.

    Edges: where all gradients are zeros they stay zeros; where no parameter has one, the norm is 0. `.grad` stays the
    same tensor object. float64 is computed in float64. A norm that is inf or nan: with error_if_nonfinite,
    RuntimeError is raised before anything is changed. Without it, everything becomes nan or 0 as the formula says, and
    it is the caller who has to look at what is returned.
    """
    raise NotImplementedError("TODO: clip_grad_norm_")


# %% [markdown]
# ## 11. A large batch in small pieces
#
# (build-nanogpt: `grad_accum_steps`, section 3 of the lecture.)
#
# GPT-2 was trained on half a million tokens a step. They do not fit into one GPU, and they need not: `backward()`
# *adds* to `.grad`. So run a few rows forward and backward, then the next few, and take one step at the end.
#
# There is one catch. The loss is a *mean*. Two micro batches of 2 rows have losses that are each divided by 2, and
# their gradients add up to twice the gradient of the mean over 4 rows. Hence the lecture's line `loss = loss /
# grad_accum_steps`, which holds where every micro batch has as many targets as the others.
#
# Where they have not (padding, answers of different lengths: targets of -1 do not count), the mean of the means is not
# the mean. Then each micro batch weighs as much as it has targets:
#
#     weight of a micro batch   =   its targets that count  /  those of all micro batches
#
# In 2024 this very mistake was found in several well-known training libraries at once, years after it had got there.


# %%
def accumulate_gradients(model: Any, micro_batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    """Leave the gradient of one large batch in the parameters, computed from its pieces.

    Args:
        model: called as `model(x, y)`, gives (logits, loss). loss () is the mean over the targets that are not -1.
        micro_batches: a list of (x, y), (B, T) each, at least one. B may differ.

    Returns:
        the loss of the large batch, the mean over all its targets.

    Gradients are those of the large batch. Nothing is stepped, and one micro batch is held at a time.

    Edges: micro batches may have different numbers of targets that count; each weighs as much as it has. One without
    any adds nothing. Gradients that were there before stay: the new ones are added. What comes back is a float.
    """
    raise NotImplementedError("TODO: accumulate_gradients")


# %% [markdown]
# ## 12. Data parallel
#
# (build-nanogpt: DDP, section 3 of the lecture. `DistributedDataParallel`, `all_reduce`, `no_sync` of torch.)
#
# Eight GPUs, eight processes, eight copies of the model. Each process is a *rank*. Each has its own rows, computes
# gradients of its own, and then all ranks exchange them, so that each has the mean. From there everyone takes the same
# step, and as long as all began with the same weights, all copies stay the same for ever. Nothing else is exchanged.
#
# It works because the loss is a mean: the mean of the ranks' gradients is the gradient of all their rows together, if
# every rank has as many rows as the others.
#
# Three things have to hold, and each is an exercise:
#
# * **The same start.** Rank 0's weights (and buffers) are sent to all others, once, in the beginning.
# * **The mean, not the sum.** `all_reduce` adds up. Whoever forgets to divide by the number of ranks trains with eight
#   times the gradient. Adam hides it, clipping and the log do not.
# * **Different rows.** Ranks that read the same rows do the same work eight times.
#
# Here all ranks live in one process, so a list of models stands for them, and an exchange is a loop. `grade run u10`
# can start real processes.
#
# **The flag.** torch's DDP exchanges gradients *during* `backward()`, as soon as a layer has its own. With gradient
# accumulation that would be a waste: only the last of the micro steps needs it. So DDP has a flag,
# `require_backward_grad_sync`. In spite of its name it is read in the *forward* pass, where DDP makes ready for the
# exchange, or does not. The lecture's first version set it just before `backward()`; a line "added after video" moved
# it. (`with model.no_sync():` around forward and backward does the same.)


# %%
def broadcast_parameters(rank_models: Sequence[nn.Module]) -> None:
    """Give every rank the parameters and buffers of rank 0, in place.

    Args:
        rank_models: one model a rank, all alike but for their numbers. Rank 0 comes first; it stays as it is.

    Edges: buffers, too. Every parameter stays the same object: optimizers hold it. The ranks share no memory
    afterwards.
    """
    raise NotImplementedError("TODO: broadcast_parameters")


def average_gradients(rank_models: Sequence[nn.Module]) -> None:
    """Put the mean of all ranks' gradients into every rank's `.grad`: an all_reduce with the mean.

    Args:
        rank_models: one model a rank, all alike. Two layers may share a parameter (a tied head): it is averaged once.
            Parameters without a gradient on any rank, such as frozen ones, are passed over.

    Edges: where only some ranks have a gradient for a parameter, the others count as zeros, and all have the mean
    afterwards. The ranks share no memory: whoever clips on rank 1 changes nothing on rank 0. float64 is computed in
    float64.
    """
    raise NotImplementedError("TODO: average_gradients")


def data_parallel_step(rank_models: Sequence[Any], optimizers: Sequence[Any], x: Tensor, y: Tensor) -> float:
    """Take one training step with every rank on its own rows; return the mean of the ranks' losses.

    Args:
        rank_models: one model a rank, with equal weights; `model(x, y)` gives (logits, loss), loss a mean.
        optimizers: one a rank, with `zero_grad()` and `step()`.
        x: (B, T) the rows of all ranks. The number of ranks divides B. Rank 0 takes the first rows, rank 1 the next,
            and so on.
        y: (B, T) their targets.

    Gradients of earlier steps are dropped first. Afterwards all models have equal weights: those that one model would
    have after a step on the whole batch.

    Edges: a float comes back.
    """
    raise NotImplementedError("TODO: data_parallel_step")


def ddp_accumulate(model: Any, micro_batches: Sequence[tuple[Tensor, Tensor]]) -> float:
    """Accumulate the gradients of one rank's micro batches in a DDP model, with one exchange in all.

    Args:
        model: a `DistributedDataParallel` or what behaves like one: `model(x, y)` gives (logits, loss), and
            `require_backward_grad_sync` is read in the forward pass: whether this micro step exchanges gradients in its
            backward pass. `no_sync()` is there, too.
        micro_batches: a list of (x, y), (B, T) each, with as many targets in each one.

    Returns:
        the mean of the losses of this rank.

    Only the last micro step exchanges gradients. What is exchanged is the gradient of all micro batches.

    Edges: a float comes back.
    """
    raise NotImplementedError("TODO: ddp_accumulate")


# %% [markdown]
# ## 13. Mixed precision
#
# (build-nanogpt: `torch.autocast` with bfloat16, section 2 of the lecture. nanoGPT: `GradScaler` for float16.)
#
# A float32 has 1 bit for the sign, 8 for the exponent, 23 for the digits. Tensor cores are many times faster with 16
# bits, and there are two ways to spend them:
#
#     float32     1 + 8 + 23     from 1e-38 to 3e38, seven digits
#     bfloat16    1 + 8 +  7     the same range, two or three digits
#     float16     1 + 5 + 10     from 6e-8 to 65,504, three or four digits
#
# **bfloat16** is a float32 whose last 16 bits are gone. Whoever only cuts them off rounds everything towards zero, and
# sums of many numbers drift. So it is rounded: to the nearest, and a tie goes to the one whose last bit is 0 ("to
# even"). On the bits, read as a whole number, that is an addition. `0x7FFF` is one less than half of what is cut off;
# with the last bit that stays added, half and more carries over, and a tie carries over if that bit is 1.
#
# **What runs in 16 bits** is a policy, and `torch.autocast` applies it, op by op: products of matrices, where nearly
# all time goes, in 16 bits; softmax, log, norms, losses and long sums in float32. Weights, their gradients' sums and
# Adam's moments stay float32: a step of 1e-4 on a weight of 1 is nothing at all in bfloat16, whose next number after 1
# is 1.0078.
#
# **float16** has another problem. Gradients of 1e-8 are 0 there. So multiply the *loss* by a large scale before
# `backward()`: by the chain rule every gradient is multiplied, too. Before the step divide them again, in float32.
# What scale? As large as possible, but if it is too large gradients overflow to inf. So find it by trying:
#
# * inf or nan among the gradients: skip this step, and halve the scale.
# * `growth_interval` good steps in a row: double the scale, and count from 0 again.
#
# Everything that looks at the size of gradients (clipping, the log) has to come after the division. Hence the order in
# the training loop: scale, backward, unscale, clip, step, update.


# %%
def bf16_round(x: Tensor) -> Tensor:
    """Round float32 numbers to the nearest that a bfloat16 can hold.

    Args:
        x: float32, of any shape.

    Returns:
        float32, the shape of x. To nearest; a tie goes to the one whose last bit is 0. torch's own bfloat16 is off
        limits here: do it with the bits.

    Edges: inf stays inf, and what is beyond the largest bfloat16 becomes inf. nan stays nan, whichever of its many bit
    patterns comes in. Numbers below 1e-38 are rounded like all others. x stays as it is.
    """
    raise NotImplementedError("TODO: bf16_round")


class GradScaler:
    """A scale for losses that finds its own size; the methods are called as torch's."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        """Begin with a scale, and no good steps yet.

        init_scale: the first scale. growth_factor, backoff_factor: by what it is multiplied after growth_interval good
        steps in a row, or after one that overflowed.
        """
        raise NotImplementedError("TODO: GradScaler.__init__")

    def get_scale(self) -> float:
        """Return the scale as it is now."""
        raise NotImplementedError("TODO: GradScaler.get_scale")

    def scale(self, loss: Tensor) -> Tensor:
        """Return loss times the scale, in the graph."""
        raise NotImplementedError("TODO: GradScaler.scale")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, in place, and note whether all are finite.

        optimizer: has `param_groups`, a list of dicts with "params". Parameters without a gradient are passed over.

        Edges: a second call for the same optimizer before `update()` raises RuntimeError: it would divide twice.
        """
        raise NotImplementedError("TODO: GradScaler.unscale_")

    def step(self, optimizer: Any) -> None:
        """Call `optimizer.step()` if all its gradients are finite; unscale them first if nobody has.

        Edges: each optimizer is skipped for its own gradients only.
        """
        raise NotImplementedError("TODO: GradScaler.step")

    def update(self) -> None:
        """Choose the scale of the next step, once a step, after all optimizers.

        If there was an inf or a nan: scale times backoff_factor, and the count of good steps begins anew. Else it is
        one more; when it reaches growth_interval, scale times growth_factor, and it begins anew.

        Edges: one optimizer with an inf is enough.
        """
        raise NotImplementedError("TODO: GradScaler.update")


def amp_step(loss: Tensor, optimizer: Any, scaler: GradScaler, max_norm: float) -> Tensor:
    """Go backward from a loss and take one step, with scaled gradients and clipping; the lines of nanoGPT's loop.

    Args:
        loss: () with its graph.
        optimizer: has `param_groups`, `step()` and `zero_grad()`. Its gradients are empty.
        scaler: as above.
        max_norm: for `clip_grad_norm_` of section 10.

    Returns:
        () the norm of the *true* gradients before clipping.

    Afterwards the scaler is updated and the gradients are dropped. A step with inf or nan is skipped.
    """
    raise NotImplementedError("TODO: amp_step")


# %% [markdown]
# ## 14. HellaSwag
#
# (build-nanogpt: `hellaswag.py`, section 4 of the lecture. Zellers et al., 2019.)
#
# A validation loss compares two runs of one model. To compare models one asks them something. HellaSwag has 10,042
# beginnings of a text, each with four endings, one of which is right; chance is 25 %. GPT-2 (124M) comes to 29.55 %.
#
# A small model cannot answer "A, B, C or D". So let it *score* the four texts: beginning and ending in one row, and
# how surprised is it, on average, by the tokens of the ending? The least surprising one is its answer.
#
#     tokens   (4, N)    beginning + ending, filled up with 0 to the longest of the four
#     mask     (4, N)    1 at the tokens of the ending, 0 at the beginning and where it is filled up
#
# Two things to watch. The ending begins with a space: GPT-2's tokens carry the space before a word, so the text to
# encode is `" " + ending`. And the logits at place t are about the token at t + 1. So logits lose their last place,
# tokens lose their first, *and so does the mask*.
#
# The average is over an ending's own tokens. With the sum, short endings would win for being short.


# %%
def render_example(example: Mapping[str, Any], tok: Any) -> tuple[Tensor, Tensor, int]:
    """Make tokens and mask of one example of HellaSwag.

    Args:
        example: has "ctx", the beginning, "endings", a list of texts (four of them), and "label", the number of the
            right one.
        tok: a tokenizer; `tok.encode_ordinary(text)` gives a list of ids.

    Returns:
        tokens (4, N) int64, mask (4, N) int64, and the label. N is the longest of the four rows.
    """
    raise NotImplementedError("TODO: render_example")


def completion_losses(tokens: Tensor, mask: Tensor, logits: Tensor) -> Tensor:
    """Return for each row the mean of -log p over the tokens that the mask names.

    Args:
        tokens: (R, N) int64.
        mask: (R, N), 1 at the tokens to score; each row has at least one, and none in the first place.
        logits: (R, N, V), those at place t are about the token at t + 1.

    Returns:
        (R,) mean losses.

    Edges: what stands in the logits where nothing is scored does not matter, not even inf or nan. float64 is computed
    in float64.
    """
    raise NotImplementedError("TODO: completion_losses")


def most_likely_row(tokens: Tensor, mask: Tensor, logits: Tensor) -> int:
    """Return the number of the row with the smallest mean loss; arguments as for `completion_losses`.

    Edges: an int, and no tensor.
    """
    raise NotImplementedError("TODO: most_likely_row")


# %% [markdown]
# ## 15. Checkpoint and resume
#
# (nanoGPT: `ckpt.pt` and `init_from = "resume"`. build-nanogpt saves in its training loop.)
#
# A run of days ends on its second day: power, a preempted machine, a full disk. Whoever can go on *as if nothing had
# happened* has lost ten minutes. As if nothing had happened means that the loss curve is the same, to the last bit. So
# everything that the next step depends on has to be in the file:
#
#     model        weights and buffers. A tied head is one tensor in two places, and is so again after loading.
#     optimizer    the moments and the step counts. Without them the loss jumps after each resume.
#     loader       where in the data it is. Otherwise the first shard is read again, and the last one never.
#     step         the schedule of section 7 depends on it. Otherwise warm-up begins anew.
#     random       the generators: dropout, shuffled data, sampling.
#
# What is saved is *data*: tensors, numbers, texts, dicts and lists of them. A pickled model is a program, bound to
# the file names and versions of the day; loading it runs whatever is in there. `torch.load(path, weights_only=True)`
# refuses it.
#
# And a kill in the middle of saving must not cost both checkpoints, the new one and the old one. So write to another
# name beside it, and rename when all of it is there: `os.replace` is done or not done, and never half.


# %%
def save_checkpoint(path: str | Path, model: Any, opt: Any, loader: Any, step: int, rng: torch.Generator) -> None:
    """Write all that training needs to go on into one file.

    Args:
        path: the file. It may be there already, and is replaced then.
        model: its `state_dict()` is a dict of tensors.
        opt: its `state_dict()` is plain data, as that of AdamW in section 9.
        loader: its `state_dict()` is a dict of numbers: where it is in the data.
        step: the number of steps that are done.
        rng: the generator that draws in training. Its `get_state()` is a tensor.

    Only data goes into the file: `torch.load(path, weights_only=True)` reads it.

    Edges: the state of torch's global generator is saved, too, since dropout draws from it. Where saving fails on the
    way, a file that was there before is still there and whole.
    """
    raise NotImplementedError("TODO: save_checkpoint")


def load_checkpoint(path: str | Path, model: Any, opt: Any, loader: Any, rng: torch.Generator) -> int:
    """Put everything back as `save_checkpoint` has found it; return the number of steps that were done.

    Args:
        path: the file.
        model: made as it was made in the beginning, in a new process. It has `load_state_dict(state)`, as have
        opt: which holds the parameters of this model already, and
        loader: which is at the beginning of the data.
        rng: a generator; it goes on where the saved one was.

    The model is changed in place, so that `opt` still holds its parameters and a tied head stays tied.

    Edges: torch's global generator goes on where it was, too.
    """
    raise NotImplementedError("TODO: load_checkpoint")


# %% [markdown]
# ## Try it: the whole script
#
# That was every part. Put together they are the lecture's training loop, `train_gpt2` below (given). Read it slowly: of
# its lines you have written all but the model's.
#
#     tok = ByteTokenizer()
#     docs = Path("datasets/text.txt").read_text(encoding="utf-8").splitlines()
#     val, *train = write_shards(docs, Path("shards"), 40_000, tok)
#     torch.manual_seed(1337)
#     model = GPT2(GPTConfig(vocab_size=257, block_size=64, n_layer=3, n_head=4, n_embd=64))
#     loader = DataLoaderLite(train, B=8, T=64)
#     losses = train_gpt2(model, loader, steps=600, path=Path("gpt2.pt"))
#     print(tok.decode(continued(model, tok.encode_ordinary("The "), 200)))
#
# Half a minute, and then, or nearly:
#
#     step    50   loss 2.4785   norm 1.1041
#     step   300   loss 1.5262   norm 1.6573
#     step   600   loss 1.0888   norm 2.3958
#
# with sentences like "The old sleep otten. The verprires that". The first loss is 5.58, near ln(257) = 5.55, as section
# 3 wants it; on the shard to validate with it is 1.15 in the end. The text comes from a grammar whose entropy is known,
# 0.57 nats a byte: there is something left to learn.
#
# Stop it in the middle with Ctrl-C, run the same lines again, and it goes on where the last checkpoint was.
#
# The model of the lecture differs by its numbers: `GPTConfig(vocab_size=50304)`, `B=64, T=1024`, a large batch of 2 **
# 19 tokens, `max_lr=6e-4`, 715 steps of warm-up, 19,073 steps. On eight A100 that is two hours or less; it ends with a
# validation loss of 3.28 and 30 % on HellaSwag, a little above GPT-2's own. `grade run u10` trains a small one, draws
# its curve, and can use several processes, a GPU and published weights where they are there.


# %%
def train_gpt2(  # GIVEN
    model: GPT2,
    loader: DataLoaderLite,
    steps: int,
    grad_accum_steps: int = 2,
    max_lr: float = 3e-3,
    path: Path | None = None,
    seed: int = 1337,
    log: Callable[[str], None] = print,
) -> list[float]:
    """Train a model in place, as the lecture does; return the loss of each step that was taken here.

    path: a checkpoint, written every 50 steps and in the end. Where it is there already, the run goes on from it.
    """
    optimizer = AdamW(configure_param_groups(model, weight_decay=0.1), lr=max_lr)
    rng = torch.Generator().manual_seed(seed)
    first = load_checkpoint(path, model, optimizer, loader, rng) if path is not None and path.exists() else 0
    losses = []
    for step in range(first, steps):
        for group in optimizer.param_groups:
            group["lr"] = get_lr(step, max_lr, 0.1 * max_lr, warmup_steps=max(1, steps // 20), max_steps=steps)
        optimizer.zero_grad()
        loss = accumulate_gradients(model, [loader.next_batch() for _ in range(grad_accum_steps)])
        norm = clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss)
        if step % 50 == 49 or step == steps - 1:
            log(f"step {step + 1:5d}   loss {loss:.4f}   norm {float(norm):.4f}")
            if path is not None:
                save_checkpoint(path, model, optimizer, loader, step + 1, rng)
    return losses


def continued(model: GPT2, ids: Sequence[int], count: int, top_k: int = 50) -> list[int]:  # GIVEN
    """Return ids and `count` more, drawn from the top_k likeliest at each step, as the lecture draws them."""
    found = torch.tensor([list(ids)])
    with torch.no_grad():
        for _ in range(count):
            logits, _ = model(found[:, -model.config.block_size :])
            best, places = logits[0, -1].topk(min(top_k, logits.shape[2]))
            found = torch.cat([found, places[torch.multinomial(best.softmax(dim=0), 1)][None]], dim=1)
    ids_out: list[int] = found[0].tolist()
    return ids_out


# %%
# Try things here: `python exercises/u10_gpt2.py` runs what stands below, and grading leaves it out.
if __name__ == "__main__":
    print("Nothing is tried here yet.")
