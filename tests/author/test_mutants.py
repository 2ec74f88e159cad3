"""The mutants of a solution: each one small slip in one answer, whatever the code looks like."""

import ast
from itertools import zip_longest
from pathlib import Path
from textwrap import dedent

import pytest

from grader.author.mutants import mutants
from grader.author.slips import KINDS
from grader.author.source import read
from grader.course.course import Course

ROOT = Path(__file__).parent.parent.parent
UNITS = [unit for folder in (ROOT, ROOT / "tests" / "tiny") for unit in Course.find(folder).units]
SOLUTION = "solutions/u01_area.py"
BODY = "    return a[0] * b[1] - a[1] * b[0]\n"


def heads(text):
    """Return each statement without the statements inside it, in the order of the file."""
    blocks = ("body", "orelse", "finalbody", "handlers", "cases")
    found = []
    for node in ast.walk(ast.parse(dedent(text))):
        if isinstance(node, ast.stmt):
            fields = {name: [] if name in blocks else value for name, value in ast.iter_fields(node)}
            found.append((node.lineno, ast.dump(type(node)(**fields))))
    return [dumped for _, dumped in sorted(found, key=lambda pair: pair[0])]


@pytest.mark.every(4)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_each_mutant_is_the_solution_with_one_statement_changed(unit):
    source = read(unit.solution)
    regions = {region.name: region for region in source.regions}
    lines = "".join(source.lines).splitlines()
    made = list(mutants(unit))
    assert len({one.text for one in made}) == len({one.name for one in made}) == len(made) > 0
    assert {one.exercise for one in made} == set(unit.exercises)
    for mutant in made:
        region = regions[mutant.answer]
        assert region.begin < mutant.line < region.end
        changed = mutant.text.splitlines()
        assert changed[: region.begin] == lines[: region.begin]
        assert changed[region.end - len(lines) - 1 :] == lines[region.end - 1 :]
        assert mutant.kind in KINDS
        where = source.definitions[mutant.answer]
        function = heads("\n".join(lines[where.first - 1 : where.last]))
        slipped = heads("\n".join(changed[where.first - 1 : len(changed) - len(lines) + where.last]))
        assert sum(one != other for one, other in zip_longest(function, slipped)) == 1, mutant.name


@pytest.mark.every(4)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_mutants_are_the_same_every_time(unit):
    assert list(mutants(unit)) == list(mutants(unit))


def test_the_course_has_mutants_of_every_kind():
    assert {mutant.kind for unit in UNITS for mutant in mutants(unit)} == set(KINDS)


# A body of `cross`, and all that is tried in it.
BODIES = {
    "a + b": ["{+ -> -}", "a{+ b -> }", "{a + -> }b"],
    "a @ b": ["{@ -> *}", "a{@ b -> }", "{a @ -> }b", "{a @ b -> b @ a}"],
    "a < b": ["{< -> <=}", "{< -> >}"],
    "a <= b < 2": ["{<= -> <}", "{<= -> >=}", "{< -> <=}", "{< -> >}", "{2 -> 3}", "{2 -> 1}"],
    "a and b": ["{and -> or}", "{a and -> }b", "a{and b -> }"],
    "not a": ["{not -> }a"],
    "-a": ["{- -> }a"],
    "a[0]": ["{0 -> 1}", "{0 -> -1}"],
    "0.5": ["{0.5 -> 1.5}", "{0.5 -> 0.25}"],
    "True": ["{True -> False}"],
    "'x'": ["'{x -> }'"],
    "a['x']": [],
    "a if b else 0": ["a{if b else 0 -> }", "{a if b else -> }0", "{0 -> 1}", "{0 -> -1}"],
    "a[1:b]": ["[{1 -> 0}:b]", "[{1 -> 2}:b]", "[1:{b -> }]", "[1:b{ -> + 1}]", "[1:b{ -> - 1}]"],
    "a[:]": ["a{[:] -> }"],
    "a[::-1]": ["[:{:-1 -> }]", "{- -> }1", "-{1 -> 2}", "-{1 -> 0}"],
    "range(b)": ["range(b{ -> + 1})", "range(b{ -> - 1})"],
    "range(b - 1)": ["{1 -> 0}", "{1 -> 2}", "{- -> +}", "b{- 1 -> }", "{b - -> }1", "{b - 1 -> 1 - b}"],
    "a.T": ["a{.T -> }"],
    "a.copy()": ["a{.copy() -> }"],
    "float(a)": ["{float(a) -> a}"],
    "math.dist(a, b)": ["{math.dist(a, b) -> a}", "({a, b -> b, a})", "a{, b -> }"],
    "a.sum(axis=0)": [
        "a{.sum(axis=0) -> }",
        "sum({axis=0 -> })",
        "{sum -> mean}",
        "axis={0 -> 1}",
        "axis={0 -> -1}",
    ],
    "a.all(axis=(0, 1), keepdims=True)": [
        "a{.all(axis=(0, 1), keepdims=True) -> }",
        "{axis=(0, 1), -> }keepdims",
        "{all -> any}",
        "(0,{1 -> })",
        "keepdims={True -> False}",
    ],
    "[x for x in a if x]": ["if {x -> True}]"],
    "[a, b]": ["[{a, -> }b]", "[a{, b -> }]"],
    "f'{a + 1}'": ["{+ -> -}", "a{+ 1 -> }", "{a + -> }1", "{1 -> 2}", "{1 -> 0}"],
}


@pytest.mark.parametrize("body", BODIES)
def test_slips_of_an_expression(copy, body):
    copy.edit(SOLUTION, BODY, f"    return {body}\n")
    changes = changes_of(copy)
    if "(0, 1)" not in body:
        assert len(changes) == len(BODIES[body]), changes
    for change in BODIES[body]:
        assert any(change in one for one in changes), (change, changes)


STATEMENTS = {
    "a += b": ["a {+= -> =} b", "a {+= -> -=} b", "{a += b -> pass}"],
    "a.append(b)": ["{a.append(b) -> pass}"],
    "a.x = b": ["{a.x = b -> pass}"],
    "a = b": [],
    "a = abs(a)": ["{a = abs(a) -> pass}", "a = {abs(a) -> a}"],
    "if a:\n        return b": ["if { -> not}a:", "if {a -> True}:", "if {a -> False}:"],
    "if not a:\n        return b": ["if {not -> }a:", "if {not a -> True}:", "if {not a -> False}:"],
    "if a:\n        raise ValueError(f'{a} - {b}')": [
        "if { -> not}a:",
        "if {a -> False}:",
        "raise {ValueError -> RuntimeError}(f'{a} - {b}')",
    ],
    "while a:\n        break": ["while {a -> False}:", "{break -> pass}"],
    "with a:\n        return b": ["{with a -> if True}:"],
    "for x in a:\n        continue": ["{continue -> pass}"],
    "x: list[int | None] = a": [],
}


@pytest.mark.parametrize("body", STATEMENTS)
def test_slips_of_a_statement(copy, body):
    copy.edit(SOLUTION, BODY, f"    {body}\n")
    assert sorted(changes_of(copy)) == sorted(STATEMENTS[body])


def changes_of(copy):
    made = [one for one in mutants(Course.find(copy.root).units[0]) if one.answer == "cross"]
    for one in made:
        ast.parse(one.text)
    return [one.change for one in made]


def test_names_do_not_depend_on_other_answers_nor_on_layout(copy):
    before = [one.name for one in mutants(Course.find(copy.root).units[0])]
    copy.edit(SOLUTION, "import math\n", "import math\nimport os\n")
    copy.edit(SOLUTION, BODY, "    # another comment\n    return (a[0]*b[1]\n        - a[1] * b[0])\n")
    assert [one.name for one in mutants(Course.find(copy.root).units[0])] == before


def test_two_slips_that_read_the_same_are_numbered(copy):
    copy.edit(SOLUTION, BODY, "    a += b\n    a += b\n    return a\n")
    names = [one.name for one in mutants(Course.find(copy.root).units[0]) if one.answer == "cross"]
    assert names[0] == "cross: a {+= -> =} b"
    assert "cross: a {+= -> =} b #2" in names


def test_text_that_is_not_ascii_stays_in_its_place(copy):
    copy.edit(SOLUTION, BODY, "    return 'ä' + a[0] * 'ö' + 'é'\n")
    texts = [one.text for one in mutants(Course.find(copy.root).units[0]) if one.answer == "cross"]
    assert any("    return 'ä' + a[0] * 'ö' + ('')\n" in text for text in texts)
