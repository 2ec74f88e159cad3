"""What the run of unit 10 does beside training: published weights, and the state between two chunks."""

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from grader.course.course import Course
from grader.judging.reference import solution

torch = pytest.importorskip("torch")
ROOT = Path(__file__).parents[2]
UNIT = Course.find(ROOT).unit("u10")
C, V, T, LAYERS = 128, 300, 40, 2


@pytest.fixture
def run():
    module = ModuleType("run")
    module.learner = solution(UNIT)
    exec(compile(UNIT.run.read_bytes(), str(UNIT.run), "exec"), vars(module))  # noqa: S102 (ours)
    return module


def weights():
    """Return a GPT-2 by Hugging Face's names, (in, out) where Conv1D has them so."""
    rng = np.random.default_rng(5)
    shapes = {"wte.weight": (V, C), "wpe.weight": (T, C), "ln_f.weight": (C,), "ln_f.bias": (C,)}
    for at in range(LAYERS):
        for name, wide in (
            ("attn.c_attn", (C, 3 * C)),
            ("attn.c_proj", (C, C)),
            ("mlp.c_fc", (C, 4 * C)),
            ("mlp.c_proj", (4 * C, C)),
        ):
            shapes |= {f"h.{at}.{name}.weight": wide, f"h.{at}.{name}.bias": wide[1:]}
        for name in ("ln_1", "ln_2"):
            shapes |= {f"h.{at}.{name}.weight": (C,), f"h.{at}.{name}.bias": (C,)}
    return {name: rng.normal(0.0, 0.1, shape).astype("<f4") for name, shape in shapes.items()}


def written(path, arrays):
    """Write a file in the format safetensors."""
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        places = [len(body), len(body) + array.nbytes]
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": places}
        body += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


@pytest.mark.parametrize("front", ["", "transformer."])
def test_published_weights_give_the_continuation_of_the_reference(run, tmp_path, front):
    written(tmp_path / "model.safetensors", {f"{front}{name}": array for name, array in weights().items()})
    for place in (tmp_path, tmp_path / "model.safetensors"):
        measures = run.published(str(place))["measures"]
        assert measures["parameters"] == sum(array.size for array in weights().values())
        assert measures["largest difference of a logit"] < 1e-3
        assert measures["tokens like the reference's, of 24"] == 24


def test_a_matrix_that_was_not_turned_shows(run, tmp_path):
    written(tmp_path / "model.safetensors", weights())
    right = run.learner.load_hf_state_dict

    def turned_back(model, sd_hf):
        right(model, sd_hf)
        with torch.no_grad():
            square = model.blocks[1].attn.c_proj.weight
            square.copy_(square.T.clone())

    run.learner.load_hf_state_dict = turned_back
    measures = run.published(str(tmp_path))["measures"]
    assert measures["largest difference of a logit"] > 0.1
    assert measures["tokens like the reference's, of 24"] < 24


def test_a_file_that_is_not_there_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(FileNotFoundError, match="nowhere is no file"):
        run.published(str(tmp_path / "nowhere"))


def test_moments_and_the_tied_head_last_from_chunk_to_chunk(run):
    run.prepare((ROOT / "datasets" / "text.txt").read_text("utf-8")[:40_000])
    torch.manual_seed(1)
    begun = run.begin(1)
    whole, losses = run.advance(begun, 1, 0, 2, 4)
    first, one = run.advance(begun, 1, 0, 1, 4)
    parted, two = run.advance(first, 1, 1, 1, 4)
    assert [*one, *two] == losses
    assert whole["norms"] == parted["norms"]
    assert all(np.array_equal(np.asarray(whole[name]), np.asarray(parted[name])) for name in whole)
    shapes = [tuple(one.shape) for name, one in whole.items() if name.isdecimal()]
    assert shapes.count((320, 256)) == 3  # the head and wte are one; its two moments
