"""The committed data is what `make.py` makes, and its entropies are what the README says."""

import hashlib
import importlib.util
import math
import random
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "datasets"


@pytest.fixture(scope="module")
def make():
    sys.path.insert(0, str(FOLDER))
    spec = importlib.util.spec_from_file_location("make_data", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(FOLDER))


def test_the_catalogue_describes_the_committed_files():
    catalogue = tomllib.loads((FOLDER / "catalogue.toml").read_text(encoding="utf-8"))
    here = [facts for facts in catalogue.values() if not facts.get("fetch")]
    assert len(here) == 4
    for facts in here:
        data = (FOLDER / facts["file"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (facts["bytes"], facts["sha256"])


@pytest.mark.parametrize("name", ["names", "text", "unicode"])
def test_made_again_byte_for_byte(make, name):
    assert make.MAKERS[name]() == (FOLDER / f"{name}.txt").read_bytes()


def test_floors_of_names_are_the_published_ones(make):
    assert [round(floor, 4) for floor in make.name_floors()] == [2.8112, 2.3346, 1.9778, 1.5722]


def test_counting_cannot_beat_the_bigram_floor(make):
    """An independent estimate: the conditional entropy of letter pairs in a long sample, from counts alone."""
    text = make.names(words=40_000, seed=5).decode()
    pairs = Counter(zip("\n" + text, text, strict=False))
    firsts = Counter("\n" + text[:-1])
    entropy = -sum(count * math.log(count / firsts[pair[0]]) for pair, count in pairs.items()) / len(text)
    assert entropy == pytest.approx(make.name_floors()[1], abs=0.01)


def test_rules_are_probabilities(make):
    for symbol, choices in make.grammar.rules().items():
        assert sum(weight for weight, _ in choices) == pytest.approx(1, abs=1e-12), symbol
        for _, parts in choices:
            assert all(part.startswith("'") or part in make.grammar.rules() for part in parts), symbol


def _derivations(rules, symbol, text):
    """Count in how many ways a text can be derived, and add up the probabilities of all."""
    ends = _parser(rules, text)(symbol, 0)
    return [(ways, probability) for end, ways, probability in ends if end == len(text)]


def _parser(rules, text):
    @cache
    def parse(symbol, start):
        if symbol.startswith("'"):
            word = symbol[1:]
            return ((start + len(word), 1, 1.0),) if text.startswith(word, start) else ()
        found = {}
        for weight, parts in rules[symbol]:
            for end, ways, probability in sequence(parts, start):
                had = found.get(end, (0, 0.0))
                found[end] = (had[0] + ways, had[1] + weight * probability)
        return tuple((end, *facts) for end, facts in found.items())

    @cache
    def sequence(parts, start):
        if not parts:
            return ((start, 1, 1.0),)
        return tuple(
            (end, ways * more, probability * rest)
            for middle, ways, probability in parse(parts[0], start)
            for end, more, rest in sequence(parts[1:], middle)
        )

    return parse


def test_every_sentence_has_one_derivation_and_the_entropy_is_right(make):
    """The mean of -log(probability), by an independent parser, agrees with the equations' entropy."""
    rules = make.grammar.rules()
    source, rng = make.grammar.Grammar(rules), random.Random(11)
    costs, lengths = [], []
    for _ in range(1500):
        sentence = source.draw(rng)
        ((ways, probability),) = _derivations(rules, "sentence", sentence)
        assert ways == 1, sentence
        costs.append(-math.log(probability))
        lengths.append(len(sentence))
    entropy, length = source.measures
    spread = math.sqrt(sum((cost - entropy) ** 2 for cost in costs)) / len(costs)
    assert abs(sum(costs) / len(costs) - entropy) < 4 * spread
    assert sum(lengths) / len(lengths) == pytest.approx(length, rel=0.06)


def test_the_text_is_worth_learning():
    text = (FOLDER / "text.txt").read_text(encoding="ascii")
    words = set(text.replace(".", " ").replace("(", " ").replace(")", " ").split())
    assert len(words) > 300
    assert text.count("(") == text.count(")") > 50
    assert " that " in text and text.endswith("\n")
