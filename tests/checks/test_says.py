"""Numbers that a title or a misconception's sentence states are those of the check that it is shown under.

Whether a sentence is true can be tested as far as it is about numbers: each must be in the check (its own code, the
helpers and constants that it uses, its limits), in the wrong program itself, or in the unit's text, where a learner
can read it. What follows from such a number by arithmetic is worked out in `FOLLOWS`.
"""

import ast
import math
import re
import sys
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.diagnose import listing

COURSE = Course.find(Path(__file__))
NUMBER = re.compile(r"(?<![\w.^])\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?![\w^])")
SMALL = {0.0, 1.0, 2.0, 3.0}  # how often, how many at a time: words more than facts


def numbers_in(text):
    return {float(number.replace(",", "").rstrip(".")) for number in NUMBER.findall(text)}


def constants(node):
    """Return the numbers of a piece of code, and those that its arithmetic, its texts and its lists' lengths give."""
    found = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, int | float):
            found.add(abs(float(one.value)))
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            found |= {float(number) for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", one.value)} | {len(one.value)}
        elif isinstance(one, ast.List | ast.Tuple | ast.Set):
            found.add(float(len(one.elts)))
        elif isinstance(one, ast.BinOp) and not any(isinstance(part, ast.Name | ast.Call) for part in ast.walk(one)):
            found.add(abs(value_of(one)))
    return found


def value_of(node):
    try:
        return float(eval(compile(ast.Expression(node), "", "eval"), {}))  # noqa: S307 (ours)
    except (ArithmeticError, TypeError, ValueError):
        return math.nan


def used_by(node, tree):
    """Return a node and, one after the other, the functions and constants of its file that it uses."""
    known = {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}
    known |= {
        target.id: one
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if hasattr(target, "id")
    }
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        found.append(one)
        names = {part.id for part in ast.walk(one) if isinstance(part, ast.Name)}
        waiting += [known.pop(name) for name in names & known.keys()]
    return found


def titled():
    """Yield (unit, class, method, title, numbers of the check)."""
    for unit in COURSE.units:
        for path in filter(Path.exists, (unit.checks, unit.hidden)):
            tree = ast.parse(path.read_text("utf-8"))
            for group in (one for one in tree.body if isinstance(one, ast.ClassDef)):
                limits = set().union(*map(constants, group.decorator_list))
                for check in (one for one in group.body if isinstance(one, ast.FunctionDef) and ast.get_docstring(one)):
                    title = ast.get_docstring(check).partition("\n\n")[0]
                    bare = ast.FunctionDef(**{**vars(check), "body": check.body[1:]})
                    known = limits.union(*map(constants, used_by(bare, tree)))
                    yield unit, group.name, check.name, title, known


def gelu_gap():
    """Return how far x times the sigmoid of 1.702 x is from gelu, at most."""
    points = [number / 100 for number in range(-600, 601)]
    exact = [x * (1 + math.erf(x / math.sqrt(2))) / 2 for x in points]
    return max(abs(x / (1 + math.exp(-1.702 * x)) - right) for x, right in zip(points, exact, strict=True))


def variants_gap():
    """Return how far the tanh variant of gelu is from the exact one, at most."""
    points = [number / 100 for number in range(-600, 601)]
    inner = [math.sqrt(2 / math.pi) * (x + 0.044715 * x**3) for x in points]
    return max(abs(x * (math.tanh(t) - math.erf(x / math.sqrt(2))) / 2) for x, t in zip(points, inner, strict=True))


def printable(byte):
    """Return the character that GPT-2 writes for a byte which is none: they are numbered from 256 on."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return 256 + sum(one not in shown for one in range(byte))


# What is stated, where, and how it follows. A number that is said with one digit is as good as that digit.
FOLLOWS = {
    ("TestNumericalGradient.test_both_sides", 3e-4): ((10 + 1e-5) ** 3 - 10**3) / 1e-5 - 300,
    ("TestTopologicalOrder.test_ladder", 31.0): 30 + 1,
    ("TestBigramCounts.test_dtype", 16777216.0): 2**24,
    ("TestBigramCounts.test_other_alphabets", 31.0): 30 + 1,
    ("TestEvaluateSample.test_from_words_to_a_loss", 900.0): 700 + 200,
    ("TestActivations.test_log_near_zero", 1e12): 1 / 1e-12,
    ("TestGradientFlow.test_complex", 30.0): math.degrees((0.4 + 0.7) / 2),
    ("TestTrainBpe.test_any_text", 100.0): 356 - 256,
    ("TestRegexTokenizer.test_any_text", 70.0): 326 - 256,
    ("TestRegexTokenizer.test_encoding_cuts", 123.0): 1234 // 10,
    ("TestBytesToUnicode.test_known_ones", 288.0): printable(32),
    ("TestBytesToUnicode.test_known_ones", 266.0): printable(10),
    ("TestBytesToUnicode.test_known_ones", 323.0): printable(173),
    ("TestGPT2Tokenizer.test_long_text", 80000.0): 8 * 10000,
    ("TestMemoryAndFlops.test_budget", 70.0): 70e9 / 1e9,
    ("TestMemoryAndFlops.test_budget", 1.4): 20 * 70e9 / 1e12,
    ("TestLoadHfStateDict.test_twelve", 148.0): 4 + 12 * 12,
    ("TestGpt2Backward.test_measured", 20.0): 16 + 4,
    ("u01.naive_sigmoid", 709.0): math.log(sys.float_info.max),
    ("u01.quick_gelu", 2e-2): gelu_gap(),
    ("u01.wrong_variant", 4.7e-4): variants_gap(),
    ("u03.fixed_fractions", 90.0): 100 * 0.9,
    ("u03.eps_in_log", 27.6): -math.log(1e-12),
    ("u08.fill_minus_1e9", 65504.0): (2 - 2**-10) * 2**15,
    ("u08.heats_up", 0.125): 0.5**3,
    ("u09.characters_for_bytes", 128.0): next(number for number in range(256) if len(chr(number).encode()) == 2),
}


def unexplained(place, text, known):
    """Return the numbers of a sentence that are stated and neither known nor follow."""
    missing = numbers_in(text) - SMALL - known
    return [number for number in missing if not math.isclose(FOLLOWS.get((place, number), 0.0), number, rel_tol=0.06)]


@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.key)
def test_the_numbers_of_titles_are_those_of_their_checks(unit):
    own = numbers_in(unit.solution.read_text("utf-8"))
    wrong = [
        f"{group}.{check}: {number:g} in {title!r}"
        for one, group, check, title, known in titled()
        if one == unit
        for number in unexplained(f"{group}.{check}", title, known | own)
    ]
    assert wrong == []


def sources(unit):
    """Return the numbers of the checks by exercise: their classes', hidden ones too, with what these use."""
    found = {}
    for path in filter(Path.exists, (unit.checks, unit.hidden)):
        tree = ast.parse(path.read_text("utf-8"))
        for group in (one for one in tree.body if isinstance(one, ast.ClassDef) and one.decorator_list):
            name = next((ast.literal_eval(mark.args[0]) for mark in group.decorator_list if mark.args), group.name)
            found.setdefault(name, set()).update(*map(constants, used_by(group, tree)))
    return found


@pytest.mark.parametrize("unit", COURSE.units, ids=lambda unit: unit.key)
def test_the_numbers_of_misconceptions_are_those_of_their_checks(unit):
    own, checks = numbers_in(unit.solution.read_text("utf-8")), sources(unit)
    wrong = []
    for one in listing.misconceptions(unit):
        exercise = one.exercise.partition(".")[2]
        files = [ast.parse(file.read_text("utf-8")) for file in unit.wrong_files(one.exercise) if file.exists()]
        name = one.name.partition(".")[2]
        nodes = [node for file in files for node in file.body if getattr(node, "name", "") == name]
        known = own | checks.get(exercise, set()).union(*(constants(ast.Module(node.body, [])) for node in nodes))
        wrong += [f"{one.name}: {number:g} in {one.says!r}" for number in unexplained(one.name, one.says, known)]
    assert wrong == []


def test_every_entry_is_needed():
    places = {f"{group}.{check}": title for _, group, check, title, _ in titled()}
    says = {one.name: one.says for unit in COURSE.units for one in listing.misconceptions(unit)}
    assert [key for key in FOLLOWS if key[1] not in numbers_in({**places, **says}.get(key[0], ""))] == []


def test_a_pattern_is_named_where_it_is_used():
    """A sentence of unit 09 says whose pattern cuts only if a check of its exercise cuts with that one."""
    unit = COURSE.unit("u09")
    cut = {
        "GPT-2": re.compile(r"GPT2_SPLIT_PATTERN|gpt2"),
        "GPT-4": re.compile(r"GPT4_SPLIT_PATTERN|gpt4|RegexTokenizer|props\.tokenizer"),
    }
    text = unit.checks.read_text("utf-8")
    parts = dict(re.findall(r'@exercise\(\s*"(\w+)"(.*?)(?=^@exercise|\Z)', text, re.MULTILINE | re.DOTALL))
    named = [
        (one.name, whose)
        for one in listing.misconceptions(unit)
        for whose in cut
        if re.search(rf"{whose}'s (?:own )?pattern", one.says) or (whose == "GPT-2" and "'ve" in one.says)
    ]
    assert named
    wrong = [
        name
        for name, whose in named
        for exercise in [next(one.exercise for one in listing.misconceptions(unit) if one.name == name)]
        if not cut[whose].search(parts[exercise.partition(".")[2]])
    ]
    assert wrong == []
