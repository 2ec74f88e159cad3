"""What an audit finds in a course that is whole, and in one that is broken in more than one place or way."""

from pathlib import Path

import pytest

from grader.author import rules_answers
from grader.author.audit import audit, read_units
from grader.author.findings import of_error
from grader.course.course import Course
from grader.errors import CourseError
from grader.judging.collect import collect
from grader.judging.judge import Judge

TINY = Path(__file__).parent.parent / "tiny"
SOLUTION = "solutions/u01_area.py"
CHECKS = "checks/test_u01_area.py"
WRONG = "solutions/misconceptions/u01_area/cross.py"
SCALE_WRONG = "solutions/misconceptions/u01_area/scale.py"
STUB = "exercises/u01_area.py"


def test_the_tiny_course_keeps_all_rules():
    course = Course.find(TINY)
    told = []
    units, found = read_units(course)
    assert found + audit(course, units, progress=told.append) == []
    counts = {one.exercise: (one.checks, one.misconceptions, one.caught, one.fewest) for one in told}
    assert counts == {
        "u01.cross": (3, 2, 2, 2),
        "u01.area": (4, 3, 3, 2),
        "u01.scale": (4, 3, 3, 1),
        "u02.column_means": (2, 2, 2, 2),
        "u02.center": (3, 2, 2, 1),
    }


def test_every_answer_needs_a_region_of_its_own(copy):
    copy.edit(
        SOLUTION,
        "    def __rmul__(self, factor: float)",
        "    __rmul__ = __mul__\n\n    def left(self, factor: float)",
    )
    found = copy.audit()
    assert copy.places(found) == [(CHECKS, 54), (SOLUTION, 63)]
    assert "Polygon.__rmul__ is bound by assignment in solutions/u01_area.py" in found[0].message
    assert "no exercise asks for Polygon.left" in found[1].message


def test_a_solution_that_fails_is_found_once_for_each_check(copy):
    copy.edit(SOLUTION, "return a[0] * b[1] - a[1] * b[0]", "return a[0] * b[1] - a[1]")
    found = copy.audit()
    assert {one.exercise for one in found} == {"u01.cross", "u01.area"}
    assert all("the solution does not pass this check: fail: cross(a, b)" in one.message for one in found[1:2])
    assert (CHECKS, 28) in copy.places(found)


def test_a_solution_that_breaks_its_own_rules_is_found(copy):
    copy.edit(CHECKS, '"forbid": ["statistics.*"]', '"forbid": ["math.*"]')
    found = copy.audit()
    assert {one.exercise for one in found} == {"u01.cross", "u01.area", "u01.scale"}
    assert "the solution breaks a rule that learners keep: rule: " in found[0].message
    assert copy.places(found)[0] == (SOLUTION, 73)


def test_a_solution_that_needs_more_time_than_its_check_has_is_found(copy):
    copy.edit(CHECKS, '"cross", points=3', '"cross", points=3, cpu=0.01')
    copy.edit(
        SOLUTION,
        "return a[0] * b[1] - a[1] * b[0]",
        "return a[0] * b[1] - a[1] * b[0] + 0 * sum(i for i in range(10**6))",
    )
    assert all("the solution does not pass this check: timeout: " in one.message for one in copy.audit())


def test_a_stub_that_fails_where_it_is_imported_is_found_once(copy):
    copy.edit(SOLUTION, "# %%\ndef circumference", "# %%\nUNIT = cross((1.0, 0.0), (0.0, 1.0))\n\n\ndef circumference")
    found = copy.audit()
    lines = (copy.root / STUB).read_text(encoding="utf-8").splitlines()
    assert copy.places(found) == [(STUB, lines.index("UNIT = cross((1.0, 0.0), (0.0, 1.0))") + 1)]
    assert "the stub fails where it is imported: NotImplementedError: TODO: cross" in found[0].message


def test_a_stub_that_is_wrong_instead_of_unwritten_is_found(copy):
    tried = "    try:\n        polygon * factor\n    except NotImplementedError:\n        return []\n"
    copy.edit("checks/props/u01_area.py", "    polygon * factor\n", tried)
    found = copy.audit()
    assert copy.places(found) == [(CHECKS, 70)]
    assert "the untouched stub is not TODO under this check: fail: " in found[0].message


def test_a_check_without_random_inputs_is_found(copy):
    copy.edit(
        CHECKS,
        'self, learner, oracle, rng):\n        """any two corners',
        'self, learner, oracle):\n        """any two corners',
    )
    copy.edit(
        CHECKS,
        "a, b = corners_of(rng, 2)\n            close",
        "a, b = (1.0, 2.0), (3.0, 4.5)\n            close",
    )
    copy.edit(CHECKS, "decides_the_sign(self, learner, rng)", "decides_the_sign(self, learner)")
    copy.edit(CHECKS, "a, b = corners_of(rng, 2)", "a, b = (1.0, 2.0), (3.0, 4.5)")
    found = copy.audit()
    assert copy.places(found) == [(CHECKS, 14), (CHECKS, 18)]
    assert "no check takes `rng`" in found[0].message
    assert "asks the same with another seed" in found[1].message
    copy.edit(CHECKS, '"""The cross product of', '# seed-free: there is one cross product\n    """The cross product of')
    copy.edit(CHECKS, '# seed-free: there is one cross product\n    """The', '"""The')
    copy.edit(CHECKS, 'with its sign."""\n', 'with its sign."""\n\n    # seed-free: there is one cross product\n')
    assert copy.audit() == []


def test_taking_rng_without_using_it_is_found(copy):
    text = (copy.root / CHECKS).read_text(encoding="utf-8")
    copy.write(CHECKS, text.replace("corners_of(rng, 2)", "[(1.0, 2.0), (3.0, 4.5)]"))
    found = copy.audit()
    assert copy.places(found) == [(CHECKS, 18)]
    assert "asks the same with another seed" in found[0].message


def test_a_check_that_is_not_the_same_twice_is_found(copy):
    copy.edit(CHECKS, "import pytest\n", "import random\n\nimport pytest\n")
    copy.edit(
        CHECKS,
        "close(learner.cross((1.0, 0.0), (0.0, 1.0))",
        "close(learner.cross((1.0, random.random()), (0.0, 1.0))",
    )
    found = copy.audit()
    assert copy.places(found) == [(CHECKS, 20)]
    assert "two runs with one seed differ" in found[0].message


def test_a_check_that_fails_with_another_seed_is_found(copy):
    copy.edit(
        CHECKS,
        "        a, b = corners_of(rng, 2)\n        close",
        "        assert rng.random() == 0, 'unlucky'\n        a, b = corners_of(rng, 2)\n        close",
    )
    number = number_of(copy)
    copy.edit(CHECKS, "rng.random() == 0", f"rng.random() == {number!r}")
    found = copy.audit()
    assert copy.places(found) == [(CHECKS, 22)]
    assert "the solution does not pass with seed 8: fail: unlucky" in found[0].message


def number_of(copy):
    """Return the first number that the check of the sign gets with the course's seed."""
    course = Course.find(copy.root)
    unit = course.units[0]
    item = next(item for item in collect(course, unit) if item.check.name == "test_order_decides_the_sign")
    return Judge(course, unit)._rng(item).random()


def test_a_stale_stub_is_found_where_it_differs(copy):
    line = copy.edit(STUB, "    def area(self) -> float:", "    def area(self):")
    found = copy.audit(fresh=False)
    assert copy.places(found) == [(STUB, line)]
    assert "run `grade author build u01`" in found[0].message


def test_a_stub_cut_short_is_found_at_its_end(copy):
    text = (copy.root / STUB).read_text(encoding="utf-8")
    copy.write(STUB, "".join(text.splitlines(keepends=True)[:10]))
    assert copy.places(copy.audit(fresh=False)) == [(STUB, 11)]


def test_a_missing_stub_is_found(copy):
    (copy.root / STUB).unlink()
    found = copy.audit(fresh=False)
    assert copy.places(found) == [(STUB, 1)]
    assert "there is no stub" in found[0].message


def test_a_missing_solution_is_found(copy):
    (copy.root / SOLUTION).unlink()
    found = copy.audit(fresh=False)
    assert copy.places(found) == [(SOLUTION, 1)]
    assert "cannot be read" in found[0].message


def test_an_exercise_without_checks_is_found(copy):
    with (copy.root / CHECKS).open("a", encoding="utf-8") as file:
        file.write(
            '\n\n@exercise("circumference", points=1, answers=("Polygon.area",))\nclass TestIt:\n    """Text."""\n'
        )
    found = copy.audit()
    assert ["no check: write a function" in one.message for one in found].count(True) == 1


def test_files_that_belong_to_no_unit_are_found(copy):
    names = (
        "solutions/u01_aria.py",
        "solutions/misconceptions/u03_old.py",
        "checks/oracles/u07.py",
        "exercises/u01_area_old.py",
        "checks/hidden/test_u08_x.py",
    )
    for name in names:
        copy.write(name, "")
    found = copy.audit()
    assert {place for place, _ in copy.places(found)} == set(names)
    assert any("Is u01_area meant?" in one.message for one in found)


def test_one_broken_unit_does_not_hide_the_others(copy):
    copy.write("checks/test_u02_x.py", "def broken(:\n")
    copy.edit(CHECKS, '"cross", points=3', '"cross", points=0')
    found = copy.audit()
    assert copy.places(found) == [("checks/test_u02_x.py", 1), (CHECKS, 14)]


def test_a_check_file_that_breaks_while_it_is_audited_is_found(copy):
    course = Course.find(copy.root)
    units = course.units
    copy.edit(CHECKS, "class TestCross:", "class TestCross")
    assert copy.places(audit(course, units)) == [(CHECKS, 15)]


def test_words_that_are_no_literal_are_found(copy):
    copy.edit(SCALE_WRONG, 'says="Only the first coordinate is multiplied."', "says=str(1)")
    assert copy.places(copy.audit()) == [(SCALE_WRONG, 12)]


def test_all_breaks_are_found_at_once(copy):
    copy.edit(CHECKS, '"cross", points=3', '"cross"')
    copy.edit(CHECKS, "@weight(2)", "@weight(0)")
    copy.edit(WRONG, "return a[0] * b[1] + a[1] * b[0]", "return a[0] * b[1] - a[1] * b[0]")
    copy.edit(STUB, "    def area(self) -> float:", "    def area(self):")
    assert copy.places(copy.audit(fresh=False)) == [(CHECKS, 14), (CHECKS, 35), (STUB, 34), (WRONG, 7)]


def test_misconceptions_in_one_file_a_unit_are_refused_with_what_to_do(copy):
    old = "solutions/misconceptions/u01_area.py"
    copy.write(old, (copy.root / WRONG).read_text(encoding="utf-8"))
    (found,) = copy.audit()
    assert copy.places([found]) == [(old, 1)]
    assert found.message == (
        "misconceptions are a file an exercise. Move those of each exercise to u01_area/EXERCISE.py beside this file, "
        "what several of them use to u01_area/_shared.py, and delete this file."
    )


def test_two_courses_in_one_process_are_judged_by_their_own_checks(copy):
    assert copy.audit() == []
    other = type(copy)(copy.root.parent / "second")
    other.edit(CHECKS, "(0.0, 1.0)), 1.0,", "(0.0, 1.0)), 2.0,")
    assert other.places(other.audit()) == [(CHECKS, 18)]


def test_an_error_with_a_place_makes_a_finding_there():
    one = of_error(CourseError("a/b.py:12: wrong: very."), "u01_x", "", Path("c.py"))
    assert (one.file, one.line, one.message) == (Path("a/b.py"), 12, "wrong: very.")
    two = of_error(CourseError("no place"), "u01_x", "", Path("c.py"), 3)
    assert (two.file, two.line, two.message) == (Path("c.py"), 3, "no place")


def test_every_command_is_a_name_that_no_exercise_may_have():
    front = pytest.importorskip("grader.cli.front")
    assert set(front.COMMANDS) <= rules_answers.COMMANDS
