"""Lures that are made by machine, a few of each unit: what is said of them is true. `bench.lures` tries them all.

A mistake in another completion is named; a program that only shares what says little, or has one more slip, is never
named falsely.
"""

import ast

import pytest

from bench.lures import graded as tried
from bench.wrong.ground import Ground
from bench.wrong.lures import Maker, pairs
from bench.wrong.rewrite import rewritten
from grader.diagnose import listing

CHOSEN = (
    "u01.mul_swapped_local", "u01.relu_overwrites", "u02.no_max", "u05.sum_by_size", "u05.dcounts_one_path",
    "u08.mask_after", "u09.overlap_i1", "u09.tie_last",
)  # fmt: skip
LOOP = """
def f(xs, n):
    total = 0
    for x in xs:
        if x < n:
            total += 2 * x ** 2
        else:
            total -= n
    return total
"""


@pytest.mark.parametrize("name", CHOSEN)
def test_nothing_false_is_said_of_lures(session, units, tmp_path, name):
    unit = units[name.partition(".")[0]]
    ground, maker = Ground(session, unit, tmp_path), Maker(unit)
    one = next(one for one in listing.misconceptions(unit) if one.name == name)
    mine, *_ = maker.right(one)
    assert tried(ground, mine)[0] == "named"
    ends = [tried(ground, lure)[0] for lure in maker.wrong(one, 1)]
    assert "false" not in ends


@pytest.mark.parametrize(("key", "every"), [("u01", 290), ("u05", 100), ("u09", 30)])
def test_of_two_mistakes_one_is_named_or_nothing(session, units, tmp_path, key, every):
    ground, maker = Ground(session, units[key], tmp_path), Maker(units[key])
    made = [maker.both(*pair) for pair in pairs(listing.misconceptions(units[key]), every)]
    ends = [tried(ground, lure)[0] for lure in made]
    assert len(ends) >= 3
    assert set(ends) <= {"both", "silent", "true"}
    assert "both" in ends


def test_another_completion_means_the_same_and_looks_otherwise():
    other = ast.unparse(rewritten(ast.parse(LOOP).body[0]))
    names, others = {}, {}
    exec(LOOP, names)  # noqa: S102 (ours)
    exec(other, others)  # noqa: S102 (ours)
    assert others["f"]([1, 5, 2, 8], 4) == names["f"]([1, 5, 2, 8], 4)
    assert "total_2" in other
    assert "next(" in other
