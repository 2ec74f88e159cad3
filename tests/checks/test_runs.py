"""The runs of the course: each trains our solution, and goes on from what was saved as if it had never stopped."""

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import data
from grader.course.course import Course
from grader.course.training import training
from grader.session import Session
from grader.submission.files import Folder
from grader.submission.scanned import scan
from grader.training.asker import Text, used
from grader.training.checkpoint import load
from grader.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
COURSE = Course.find(ROOT)
UNITS = [unit for unit in COURSE.units if unit.run.exists()]
PROGRAMS = [path for unit in UNITS for path in sorted((ROOT / "tests" / "submissions" / unit.key).iterdir())]


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as session:
        yield session


def few(unit):
    """Return a run in chunks of two steps, on the course's own text."""
    plan = replace(training(unit.run), chunk=2)
    embedded = [one for one in data.catalogue(COURSE.data) if one.name in plan.data and not one.fetch]
    if not embedded:
        return plan, Text()
    content = embedded[0].path.read_text("utf-8")
    lines = content.splitlines(keepends=True)
    return plan, Text(embedded[0].name, embedded[0].path.name, "".join(lines[:400]))


def trainer(session, unit, plan, text, folder=COURSE.solutions):
    scanned = scan(unit, Folder(folder), lambda: session.launchers.reader())
    return closing(Trainer(unit, plan, scanned, session.launcher(unit), text, timeout=60.0))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.key)
def test_it_trains_our_solution_and_goes_on_from_what_was_saved(session, unit, tmp_path):
    plan, text = few(unit)
    with trainer(session, unit, plan, text) as one:
        assert one.unwritten() is None
        begun = one.begin(one.facts(1, 6))
        whole = one.advance(one.advance(begun))
    one_chunk = tmp_path / f"{unit.key}.npz"
    with trainer(session, unit, plan, text) as one:
        one.advance(one.begin(one.facts(1, 6))).save(one_chunk)
    with trainer(session, unit, plan, text) as one:
        parted = one.advance(load(one_chunk))
        found = one.finish(parted)
    assert parted.losses == whole.losses
    assert len(whole.losses) == 4
    assert found.measures


@pytest.mark.every(5)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_it_trains_what_others_wrote(session, program):
    """A run calls what exercises promise, and no given name: programs in the lecture's manner have others."""
    unit = COURSE.unit(program.parent.name)
    plan, text = few(unit)
    with trainer(session, unit, plan, text, program) as one:
        run = one.advance(one.begin(one.facts(1, 2)))
        assert one.finish(run).measures


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.key)
def test_all_that_it_says_is_translated(unit):
    from grader.author import rules_unit

    assert not list(rules_unit._run(unit))
    for folder in unit.run.parent.glob("*/"):
        if re.fullmatch(r"[a-z]{2}", folder.name):
            assert (folder / f"{unit.name}.toml").exists()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.key)
def test_what_it_names_is_there(unit):
    plan = training(unit.run)
    sets = {one.name for one in data.catalogue(COURSE.data)}
    assert used(unit, plan)[0]
    assert set(plan.data) | (set(plan.compare) | set(plan.floor) | set(plan.steps)) - {""} <= sets
    assert {name for name in plan.data if name not in plan.compare} == set()


def test_the_units_have_one():
    assert {unit.key for unit in COURSE.units} == {unit.key for unit in UNITS}
