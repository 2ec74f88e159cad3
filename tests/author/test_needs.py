"""An exercise that cannot do without an answer of another one says so, or the audit does."""

from grader.course.course import Course

CHECKS = "checks/test_u01_area.py"


def test_a_need_that_nobody_declared_is_found(copy):
    line = copy.edit(CHECKS, ', needs=("cross",)', "")
    (found,) = copy.audit()
    assert copy.places([found]) == [(CHECKS, line)]
    assert found.exercise == "u01.area"
    assert found.message.startswith("its checks change where cross of 'cross' is not written or wrong: add 'cross' to")


def test_a_later_answer_is_no_need(copy):
    copy.edit(
        CHECKS,
        '    def test_unit_square(self, learner):\n        """of the two unit vectors it is 1"""\n',
        '    def test_unit_square(self, learner):\n        """of the two unit vectors it is 1"""\n'
        "        2 * learner.Polygon([])\n",
    )
    (found,) = copy.audit()
    assert (found.exercise, found.file.name) == ("u01.cross", "test_u01_area.py")
    assert found.message.startswith(
        "its checks change where Polygon.__mul__, Polygon.__rmul__ of 'scale' is not written, and that comes"
    )


def test_what_follows_from_another_finding_is_not_said(copy):
    copy.edit(CHECKS, ', needs=("cross",)', "")
    answers = '("Polygon.__mul__", "Polygon.__rmul__"),'
    copy.edit(CHECKS, answers, f'{answers} needs=("area",),')
    copy.edit(
        CHECKS,
        '        """both coordinates of each corner are multiplied"""\n',
        '        """both coordinates of each corner are multiplied"""\n'
        "        learner.Polygon(corners_of(rng, 3)).area()\n",
    )
    assert [found.exercise for found in copy.audit()] == ["u01.area"]


def test_what_runs_and_decides_nothing_is_no_need(copy):
    copy.edit(
        CHECKS,
        '    def test_unit_square(self, learner):\n        """of the two unit vectors it is 1"""\n',
        '    def test_unit_square(self, learner):\n        """of the two unit vectors it is 1"""\n'
        "        try:\n            2 * learner.Polygon([])\n        except Exception:\n            pass\n",
    )
    assert copy.audit() == []


def test_what_a_need_needs_is_needed_too(copy):
    answers = '("Polygon.__mul__", "Polygon.__rmul__"),'
    copy.edit(CHECKS, answers, f'{answers} needs=("area",),')
    unit = Course.find(copy.root).unit("u01")
    assert [unit.needed(exercise) for exercise in unit.exercises] == [(), ("cross",), ("cross", "area")]
