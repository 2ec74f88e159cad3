"""The run of unit 10: the whole training script, on a GPT-2 of three million parameters and a text in bytes.

Outside of a worker it trains in several processes, on a GPU in bfloat16 and compiled; and published weights are loaded.
"""

import contextlib
import json
import math
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

WHERE = {"rank": 0, "ranks": 1, "device": "cpu"}
RUN = {
    "about": "a GPT-2 of three million parameters learns a text, byte by byte",
    "uses": [
        "memory_and_flops",
        "gpt2",
        "shards",
        "data_loader_lite",
        "get_lr",
        "configure_param_groups",
        "adamw",
        "clip_grad_norm",
        "accumulate_gradients",
        "mixed_precision",
        "hellaswag",
    ],
    "steps": 500,
    "chunk": 10,
    "cpu": 120.0,
    "memory": 2048,
    "open": True,
    "data": ["text"],
    "floor": {"text": 0.5677},
    "compare": {"text": "Our solution comes to about 0.79 on train and 0.87 on dev here."},
}
SIZES = {"vocab_size": 320, "block_size": 64, "n_layer": 4, "n_head": 4, "n_embd": 256}  # 257 tokens, padded to 5 * 64
EOT = 256
B, T, STEP = 8, 64, 1024  # a micro batch, and tokens of a step through all ranks
RATE, DECAY, NORM = 1e-3, 0.1, 1.0
LINES, EXAMPLES, WRITTEN = 20, 60, 400
CONTEXT, ENDING = 36, 20  # bytes of an example in the manner of HellaSwag
TEXT = {}
LIVE = {}  # what the state of the last chunk is made of: outside of a worker it needs not be put together anew


class Bytes:
    """A tokenizer: bytes, and EOT."""

    def __init__(self):
        self.special_tokens = {"<|endoftext|>": EOT}

    def encode_ordinary(self, text):
        return list(text.encode())


class Batches:
    """A loader that can be saved by what was taken from it, whatever the number of ranks."""

    def __init__(self, loader):
        self.loader, self.taken = loader, 0

    def next(self):
        self.taken += WHERE["ranks"]
        return _here(self.loader.next_batch())

    def skip(self, taken):
        while self.taken < taken:
            self.next()


def prepare(text):
    lines = text.splitlines(keepends=True)
    docs = ["".join(lines[at : at + LINES]) for at in range(0, len(lines), LINES)]
    folder = Path(tempfile.mkdtemp())
    size = max(len(text.encode()) // 10, 2 * STEP)
    TEXT.update(shards=learner.write_shards(docs, folder, size, Bytes()), text=text[: size // 2])


def begin(seed):
    return {**_saved(*_parts()), "norms": []}


def advance(state, seed, step, count, total):
    parts = model, optimizer, batches = _restored(state, step)
    losses, norms = [], list(state["norms"])
    for at in range(step, step + count):
        rate = learner.get_lr(at, RATE, RATE / 10, max(total // 20, 1), total)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        micro = [batches.next() for _ in range(max(STEP // (B * T * WHERE["ranks"]), 1))]
        with _precision():
            loss = learner.accumulate_gradients(_quick(model), micro)
        loss = _averaged(model, float(loss))
        norms.append(float(learner.clip_grad_norm_(model.parameters(), NORM)))
        optimizer.step()
        losses.append(loss)
    LIVE.update(parts=parts, step=step + count)
    return {**_saved(*parts), "norms": norms}, losses


def finish(state, seed):
    model, _, batches = _restored(state, len(state["norms"]))
    pace = _pace(model, batches)
    right = _right_endings(model)
    measures = {
        "train": float(np.mean([_loss(model, batches.next()) for _ in range(EXAMPLES)])),
        "dev": _dev(model),
        "right endings of 60, by chance 15": right,
        "tokens a second": round(pace),
        "share of what a bare matrix product reaches": learner.estimate_mfu(_config(), pace, _peak()),
    }
    sample = _written(model)
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(learner.bf16_round(p.float().cpu()))
    measures["dev, weights rounded to bfloat16"] = _dev(model)
    return {
        "measures": measures,
        "samples": [sample],
        "curves": {"norm of the gradient, before clipping": state["norms"]},
    }


def _config():
    return learner.GPTConfig(**SIZES)


def _parts():
    model = learner.GPT2(_config()).to(WHERE["device"])
    optimizer = learner.AdamW(learner.configure_param_groups(model, DECAY), RATE)
    loader = learner.DataLoaderLite(TEXT["shards"][1:], B, T, WHERE["rank"], WHERE["ranks"])
    return model, optimizer, Batches(loader)


def _here(batch):
    """Return the tensors on this rank's device."""
    return tuple(part.to(WHERE["device"]) for part in batch)


def _saved(model, optimizer, batches):
    """Return what has to last, as tensors by their places in it, and a text that has everything else."""
    tensors = []
    whole = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "taken": batches.taken}
    text = json.dumps(_put_by(whole, tensors)).encode()
    return {"rest": np.frombuffer(text, dtype=np.uint8), **{f"{at}": one for at, one in enumerate(tensors)}}


def _put_by(value, tensors):
    if isinstance(value, torch.Tensor):
        known = [
            at for at, one in enumerate(tensors) if one.data_ptr() == value.data_ptr() and one.shape == value.shape
        ]
        if not known:
            tensors.append(value.detach().cpu())
        return {"tensor": known[0] if known else len(tensors) - 1}
    if isinstance(value, dict):
        return {"items": [[name, _put_by(part, tensors)] for name, part in value.items()]}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_put_by(part, tensors) for part in value]}
    return {"plain": value}


def _taken_out(value, state):
    ((kind, inside),) = value.items()
    if kind == "tensor":
        return state[f"{inside}"].to(WHERE["device"], copy=True)
    if kind == "items":
        return {name: _taken_out(part, state) for name, part in inside}
    if kind in ("list", "tuple"):
        return {"list": list, "tuple": tuple}[kind](_taken_out(part, state) for part in inside)
    return inside


def _restored(state, step):
    if LIVE.get("step") == step and WHERE["device"] != "cpu":
        return LIVE["parts"]
    model, optimizer, batches = _parts()
    whole = _taken_out(json.loads(state["rest"].tobytes()), state)
    model.load_state_dict(whole["model"])
    optimizer.load_state_dict(whole["optimizer"])
    batches.skip(whole["taken"])
    return model, optimizer, batches


def _precision():
    if WHERE["device"] != "cpu" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return contextlib.nullcontext()


def _quick(model):
    """Return the model, compiled where that pays."""
    if WHERE["device"] == "cpu":
        return model
    if LIVE.get("compiled_of") is not model:
        LIVE.update(compiled=torch.compile(model), compiled_of=model)
    return LIVE["compiled"]


def _averaged(model, loss):
    """Average gradients and loss over the ranks."""
    if WHERE["ranks"] == 1:
        return loss
    from torch import distributed

    numbers = [p.grad for p in model.parameters() if p.grad is not None]
    total = torch.tensor([loss], device=WHERE["device"])
    for one in (*numbers, total):
        distributed.all_reduce(one)
        one /= WHERE["ranks"]
    return total.item()


@torch.no_grad()
def _loss(model, batch):
    return model(*batch)[1].item()


def _dev(model):
    loader = learner.DataLoaderLite(TEXT["shards"][:1], B, T)
    return float(np.mean([_loss(model, _here(loader.next_batch())) for _ in range(16)]))


@torch.no_grad()
def _right_endings(model):
    """Count the examples whose true ending the model finds likeliest, among four."""
    text, right = TEXT["text"].replace("\n", " "), 0
    starts = [at for at in range(len(text) - CONTEXT - ENDING - 1) if text[at + CONTEXT] == " "]
    chosen = starts[:: max(len(starts) // EXAMPLES, 1)][:EXAMPLES]
    endings = [text[at + CONTEXT + 1 :][:ENDING] for at in chosen]
    for number, at in enumerate(chosen):
        four = [endings[(number + shift) % len(chosen)] for shift in (0, 7, 19, 31)]
        label = number % 4
        four[0], four[label] = four[label], four[0]
        example = {"ctx": text[at : at + CONTEXT], "endings": four, "label": label}
        tokens, mask, label = learner.render_example(example, Bytes())
        tokens, mask = _here((tokens[:, :T], mask[:, :T]))
        right += int(learner.most_likely_row(tokens, mask, model(tokens)[0])) == label
    return right


@torch.no_grad()
def _written(model):
    ids = torch.full((1, 1), EOT, device=WHERE["device"])
    for _ in range(WRITTEN):
        logits = model(ids[:, -T:])[0][:, -1, :EOT]
        ids = torch.cat([ids, torch.multinomial(logits.softmax(dim=1), 1)], dim=1)
    return bytes(ids[0, 1:].tolist()).decode(errors="replace").strip()


def _pace(model, batches):
    """Return tokens a second of a step through all ranks, forward and backward."""
    micro = [batches.next()]
    learner.accumulate_gradients(_quick(model), micro)
    _wait()
    began = time.perf_counter()
    for _ in range(5):
        learner.accumulate_gradients(_quick(model), micro)
    _wait()
    model.zero_grad()
    return 5 * B * T * WHERE["ranks"] / (time.perf_counter() - began)


def _peak():
    """Return operations a second of a large matrix product here, times the ranks."""
    n = 1024 if WHERE["device"] == "cpu" else 8192
    a = torch.ones(n, n, device=WHERE["device"])
    with _precision():
        a @ a
        _wait()
        began = time.perf_counter()
        for _ in range(5):
            a @ a
        _wait()
    return 5 * 2 * n**3 * WHERE["ranks"] / (time.perf_counter() - began)


def _wait():
    if WHERE["device"] != "cpu":
        torch.cuda.synchronize()


# Published weights: the learner's model beside a GPT-2 that is written out here, on the same prompt.

PROMPT = (15496, 11, 314, 1101, 257, 3303, 2746, 11)  # "Hello, I'm a language model,", the lecture's
MORE, HEAD = 24, 64  # tokens to add; channels of a head


@torch.no_grad()
def published(place):
    weights = _weights(place)
    wte, wpe = weights["wte.weight"], weights["wpe.weight"]
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("h."))
    heads = max(wte.shape[1] // HEAD, 1)
    sizes = {"n_layer": layers, "n_head": heads, "n_embd": wte.shape[1]}
    config = learner.GPTConfig(vocab_size=len(wte), block_size=len(wpe), **sizes)
    model = learner.GPT2(config)
    as_published = {f"transformer.{name}": value for name, value in weights.items()}
    learner.load_hf_state_dict(model, {**as_published, "lm_head.weight": wte})
    prompt = [number % len(wte) for number in PROMPT]
    yours, reference = (
        _greedy(lambda ids: model(ids)[0], prompt),
        _greedy(lambda ids: _gpt2(weights, ids, heads), prompt),
    )
    ids = torch.tensor([reference])
    gap = (model(ids)[0] - _gpt2(weights, ids, heads)).abs().max().item()
    alike = sum(a == b for a, b in zip(yours[len(prompt) :], reference[len(prompt) :], strict=True))
    measures = {"parameters": int(learner.count_parameters(config)), "largest difference of a logit": gap}
    return {"measures": {**measures, f"tokens like the reference's, of {MORE}": alike}, "samples": [_decoded(yours)]}


def _weights(place):
    """Return tensors by the names of the published file. Raises FileNotFoundError."""
    path = Path(place)
    path = path / "model.safetensors" if path.is_dir() else path
    if path.is_file():
        found = _safetensors(path)
    else:
        try:
            from transformers import GPT2LMHeadModel
        except ImportError:
            raise FileNotFoundError(f"{place} is no file, and transformers is not installed") from None
        found = GPT2LMHeadModel.from_pretrained(place, local_files_only=True).state_dict()
    named = {name.removeprefix("transformer."): value for name, value in found.items()}
    ends = (".attn.bias", ".attn.masked_bias")
    return {name: value for name, value in named.items() if name != "lm_head.weight" and not name.endswith(ends)}


def _safetensors(path):
    kinds = {"F32": "<f4", "F16": "<f2", "F64": "<f8"}
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        start, found = file.tell(), {}
        for name, entry in header.items():
            if name == "__metadata__" or entry["dtype"] not in kinds:
                continue
            first, last = entry["data_offsets"]
            file.seek(start + first)
            numbers = np.frombuffer(file.read(last - first), kinds[entry["dtype"]]).astype(np.float32)
            found[name] = torch.from_numpy(numbers).reshape(entry["shape"])
    return found


def _gpt2(weights, ids, heads):
    """Return the logits of a GPT-2 by its published weights, (B, T, V)."""

    def linear(name, x):
        return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def norm(name, x):
        return functional.layer_norm(x, x.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"])

    rows, length = ids.shape
    x = weights["wte.weight"][ids] + weights["wpe.weight"][:length]
    seen = torch.ones(length, length, dtype=torch.bool).tril()
    at = 0
    while f"h.{at}.ln_1.weight" in weights:
        q, k, v = (
            part.view(rows, length, heads, -1).transpose(1, 2)
            for part in linear(f"h.{at}.attn.c_attn", norm(f"h.{at}.ln_1", x)).chunk(3, dim=2)
        )
        scores = (q @ k.transpose(2, 3) / math.sqrt(q.shape[3])).masked_fill(~seen, -math.inf)
        mixed = (scores.softmax(dim=3) @ v).transpose(1, 2).reshape(rows, length, -1)
        x = x + linear(f"h.{at}.attn.c_proj", mixed)
        wide = functional.gelu(linear(f"h.{at}.mlp.c_fc", norm(f"h.{at}.ln_2", x)), approximate="tanh")
        x = x + linear(f"h.{at}.mlp.c_proj", wide)
        at += 1
    return norm("ln_f", x) @ weights["wte.weight"].T


def _greedy(logits_of, ids):
    for _ in range(MORE):
        ids = [*ids, int(logits_of(torch.tensor([ids]))[0, -1].argmax())]
    return ids


def _decoded(ids):
    """Return the text of some tokens, where a tokenizer is at hand; else their numbers."""
    with contextlib.suppress(Exception):
        import tiktoken

        return tiktoken.get_encoding("gpt2").decode(ids)
    with contextlib.suppress(Exception):
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained("gpt2", local_files_only=True).decode(ids)
    return " ".join(map(str, ids))
