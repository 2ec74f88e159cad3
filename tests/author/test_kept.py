"""An audit by exercises, on several processes, and of what has changed since it was clean."""

import shutil
import sys
from importlib import metadata

import pytest

from grader.author import clean
from grader.author.audit import audit
from grader.author.trial import Audited
from grader.course.course import Course

CHECKS = "checks/test_u01_area.py"
SOLUTION = "solutions/u01_area.py"
CROSS, AREA = ("solutions/misconceptions/u01_area/" + name for name in ("cross.py", "area.py"))
ALL = {"cross", "area", "scale"}
CHANGES = {  # what is changed, and which exercises are to be tried again
    "nothing": ("README.md", "", "Read me.\n", set()),
    "a misconception": (CROSS, "Your two products", "The two products", {"cross"}),
    "what misconceptions share": ("solutions/misconceptions/u01_area/_shared.py", "", "x = 1\n", ALL),
    "a check": (CHECKS, "both coordinates of each", "both numbers of each", {"scale"}),
    "a check of one that others need": (
        CHECKS,
        '"""order decides the sign"""',
        '"""the order tells"""',
        {"cross", "area"},
    ),
    "what checks share": (CHECKS, '"libraries": []', '"libraries": ["json"]', ALL),
    "what an exercise declares": (CHECKS, "points=4,\n    answers", "points=5,\n    answers", ALL),
    "a hidden check": ("checks/hidden/test_u01_area.py", "a star with nine corners", "a star", {"area"}),
    "the solution": (SOLUTION, "# %% [markdown]", "# %% [markdown] more", ALL),
    "an oracle": ("checks/oracles/u01_area.py", '"""', '"""Well. ', ALL),
    "a prop": ("checks/props/u01_area.py", '"""', '"""Well. ', ALL),
    "the seed": ("pyproject.toml", "seed = 7", "seed = 8", ALL),
    "data": ("datasets/words.txt", "", "a b c\n", ALL),
}


def tried_again(root):
    """Return the exercises that must be audited as the course is now."""
    course = Course.find(root)
    unit = course.unit("u01")
    return {one.name for one in unit.exercises if clean.kept(course, unit, one) is None}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_clean_is_tried_again_when_what_it_depends_on_has_changed(audited, tmp_path, what):
    root = tmp_path / "course"
    shutil.copytree(audited, root)
    file, old, new, again = CHANGES[what]
    path = root / file
    path.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8") if old else ""
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert tried_again(root) == again


def test_another_engine_library_python_or_environment_tries_all_again(monkeypatch, tmp_path):
    """The key of what runs is read once a process, so each is asked of a fresh one."""
    folder = tmp_path / "engine"
    shutil.copytree(clean.ENGINE, folder, ignore=shutil.ignore_patterns("__pycache__", "checks"))
    machine = clean._machine.__wrapped__
    same = machine(folder)
    assert same == machine(clean.ENGINE) == machine(folder)
    with (folder / "judging" / "judge.py").open("a", encoding="utf-8") as file:
        file.write("# one line more\n")
    assert machine(folder) != same
    for change in (("setenv", "OMP_NUM_THREADS", "3"), ("setattr", sys, "version", "4.0")):
        with monkeypatch.context() as patch:
            getattr(patch, change[0])(*change[1:])
            assert machine(clean.ENGINE) != same
    with monkeypatch.context() as patch:
        installed = list(metadata.distributions())
        patch.setattr(metadata, "distributions", lambda: installed[1:])
        assert machine(clean.ENGINE) != same


def test_what_has_findings_is_never_kept(copy):
    copy.edit(CROSS, "return a[0] * b[1] + a[1] * b[0]", "return a[0] * b[1] - a[1] * b[0]")
    (first,) = copy.audit()
    assert "adds_the_products: no check fails on it" in first.message
    assert tried_again(copy.root) == {"cross"}
    assert copy.audit() == [first]


def test_processes_find_the_same_in_the_same_order(copy):
    copy.edit(CROSS, "return a[0] * b[1] + a[1] * b[0]", "return a[0] * b[1] - a[1] * b[0]")
    copy.edit(AREA, "zip(self.corners, self.corners[1:], strict=False))) / 2", "[]))")
    course = Course.find(copy.root)
    runs = []
    for jobs in (1, 2):
        told = []
        found = audit(course, course.units, jobs=jobs, fresh=True, progress=told.append)
        runs.append((found, [(one.exercise, one.caught) for one in told]))
    assert runs[0] == runs[1]
    assert [name for name, _ in runs[0][1]] == ["u01.cross", "u01.area", "u01.scale"]
    assert {one.exercise for one in runs[0][0]} == {"u01.cross", "u01.area"}


def test_an_audit_of_some_exercises_says_nothing_of_the_others(copy, grade):
    copy.edit(CROSS, "return a[0] * b[1] + a[1] * b[0]", "return a[0] * b[1] - a[1] * b[0]")
    copy.edit(CHECKS, '"cross", points=3', '"cross"')
    code, out, _ = grade("audit", "u01.area", "u01.scale")
    assert (code, out.splitlines()[-1]) == (0, "No findings")
    assert [row.split()[0] for row in out.splitlines()[:-2]] == ["u01.area", "u01.scale"]
    code, out, _ = grade("audit", "u01.cross", "u01_area.area", "--jobs", "1")
    assert (code, out.splitlines()[-1]) == (1, "2 findings")


def test_an_audit_of_what_is_not_there_is_refused(grade):
    assert grade("audit", "u01.crosss")[::2] == (
        2, "No exercise of u01_area is called 'crosss'. There is: cross, area, scale.\n"
    )  # fmt: skip
    assert grade("audit", "u07.cross")[0] == 2


def test_fresh_tries_what_was_clean(grade, copy):
    assert grade("audit", "u01.cross")[0] == 0
    course = Course.find(copy.root)
    unit = course.unit("u01")
    clean.keep(course, unit, unit.exercises[0], Audited("u01.cross", checks=99, misconceptions=2, caught=2, fewest=2))
    assert "99 checks" in grade("audit", "u01.cross")[1]
    old = [copy.root / ".grade/store/u01_area.known" / name / "old" for name in ("cross", "area")]
    for path in old:
        path.mkdir(parents=True)
    code, out, _ = grade("audit", "u01.cross", "--fresh")
    assert (code, "99 checks" in out, "3 checks" in out) == (0, False, True)
    assert [path.exists() for path in old] == [False, True]
