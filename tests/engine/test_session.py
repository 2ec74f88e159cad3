"""A whole run over the tiny course: right, untouched, wrong, blocked; the same twice; another seed, other inputs."""

import ast
import re
import shutil
from fractions import Fraction

import msgspec
import pytest

from grader.errors import CourseError, GraderFault, SubmissionError
from grader.judging import beneath
from grader.model import Outcome, Report
from grader.running.job import Options
from grader.session import Session, grade

AS_USUAL = Options()


def of(session, name, options=AS_USUAL, **more):
    return session.grade(submission=session.course.root / "submissions" / name, options=options, **more)


def outcomes(report):
    return {exercise.id: str(exercise.outcome) for exercise in report.exercises}


def comparable(report):
    """Everything but processor seconds, which nobody compares."""
    raw = msgspec.to_builtins(report)
    for unit in raw["units"]:
        for exercise in unit["exercises"]:
            for check in exercise["checks"]:
                check["seconds"] = 0
    return raw


def test_a_right_submission_gets_full_marks(session):
    report = of(session, "right")
    assert set(outcomes(report).values()) == {"pass"}
    assert (report.earned, report.points, report.exit_code) == (16, 16, 0)
    assert [unit.file.rpartition("/")[2] for unit in report.units] == ["u01_area.py", "u02_mean.py"]


def test_the_course_without_a_submission_is_the_learners_own_folder(session):
    report = session.grade()
    assert set(outcomes(report).values()) == {"todo"}
    assert (report.earned, report.exit_code) == (0, 3)


def test_an_untouched_stub_is_all_to_do(session):
    report = of(session, "untouched")
    checks = [check for exercise in report.exercises for check in exercise.checks]
    assert {check.outcome for check in checks} == {Outcome.TODO}
    assert all(" is not written yet." in check.message for check in checks)
    assert all(check.where is not None for check in checks)


def test_wrong_answers_get_partial_marks_and_a_name(session):
    report = of(session, "wrong")
    assert outcomes(report) == {
        "u01.cross": "pass",
        "u01.area": "fail",
        "u01.scale": "fail",
        "u02.column_means": "fail",
        "u02.center": "blocked",
    }
    named = [check.cause.misconception for one in report.exercises for check in one.checks if check.cause]
    assert named == ["u01.keeps_the_sign", "u02.means_of_rows"]
    area = report.exercises[1]
    assert area.earned == Fraction(4 * 2, 5)
    assert report.exit_code == 1


def test_what_needs_a_failing_exercise_waits_for_it_and_says_nothing_else(session):
    center = of(session, "wrong").exercises[4]
    for check in center.checks:
        assert (check.outcome, check.waits_for, check.message) == (Outcome.BLOCKED, "u02.column_means", "")
        assert check.mismatch is None


@pytest.mark.parametrize("submission", ["dying", "looping"])
def test_a_death_or_a_loop_blocks_what_needs_it(session, submission):
    report = of(session, submission, Options(timeout=0.2))
    assert outcomes(report)["u01.area"] == "blocked"
    assert outcomes(report)["u01.scale"] == "pass"


def test_what_ran_below_and_is_wrong_itself_comes_first_asked_for_or_not(session):
    wanted = [exercise for exercise in session.course.exercises if exercise.name == "center"]
    report = of(session, "wrong", exercises=wanted)
    assert outcomes(report) == {"u02.center": "blocked"}
    assert {check.waits_for for check in report.exercises[0].checks} == {"u02.column_means"}


def test_hidden_checks_count_and_are_marked(session):
    area = of(session, "right").exercises[1]
    assert [check.hidden for check in area.checks] == [False, False, False, True]


def test_parameters_make_checks_of_their_own(session):
    scale = of(session, "right").exercises[2]
    assert [check.id for check in scale.checks][:2] == ["test_each_corner[larger]", "test_each_corner[mirrored]"]


@pytest.mark.parametrize("submission", ["wrong", "dying"])
def test_two_runs_give_the_same_report(session, submission):
    with Session(session.course) as other:
        assert comparable(of(session, submission)) == comparable(of(other, submission))
    assert comparable(of(session, submission)) == comparable(of(session, submission))


def test_another_seed_changes_random_inputs_and_nothing_else(session):
    first, second = (of(session, "wrong", Options(seed=seed)) for seed in (1, 2))
    assert outcomes(first) == outcomes(second)
    mismatches = [[check.mismatch for one in report.exercises for check in one.checks] for report in (first, second)]
    assert mismatches[0] != mismatches[1]
    assert (first.seed, second.seed, session.course.seed) == (1, 2, 7)


def test_a_hard_coded_answer_fails_under_another_seed(session, tmp_path):
    folder = tmp_path / "peeks"
    shutil.copytree(session.course.root / "submissions" / "right", folder)
    source = (folder / "u01_area.py").read_text("utf-8")
    line = "    return ax * by - bx * ay"
    assert line in source
    (folder / "u01_area.py").write_text(source.replace(line, f"    print([a, b])\n    assert False\n{line}"), "utf-8")
    cross = [exercise for exercise in session.course.exercises if exercise.name == "cross"]
    table = {}
    while (failed := session.grade(cross, submission=folder).exercises[0].first_failure) is not None:
        (ax, ay), (bx, by) = ast.literal_eval(failed.output.splitlines()[-1])
        table[(ax, ay), (bx, by)] = ax * by - bx * ay
        known = f"    print([a, b])\n    return {table}[a, b]\n"
        (folder / "u01_area.py").write_text(source.replace(line, known), "utf-8")
    assert len(table) == 6
    outcomes = [
        check.outcome for check in session.grade(cross, submission=folder, options=Options(seed=8)).exercises[0].checks
    ]
    assert outcomes == [Outcome.PASS, Outcome.ERROR, Outcome.ERROR]


def test_random_numbers_of_the_learner_are_the_same_in_every_run(session, tmp_path):
    folder = tmp_path / "random"
    folder.mkdir()
    (folder / "u01_area.py").write_text(
        "import random\nFIRST = random.random()\ndef cross(a, b):\n    return FIRST + random.random()\n", "utf-8"
    )
    cross = [exercise for exercise in session.course.exercises if exercise.name == "cross"]
    first = session.grade(cross, submission=folder)
    with Session(session.course) as other:
        assert comparable(first) == comparable(other.grade(cross, submission=folder))
    assert first.exercises[0].checks[0].mismatch.yours != first.exercises[0].checks[1].mismatch.yours


def test_a_report_goes_to_json_and_back(session):
    report = of(session, "wrong")
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


def test_each_exercise_is_told_as_soon_as_it_is_known(session):
    told = []
    report = of(session, "right", on_exercise=told.append)
    assert tuple(told) == report.exercises


def test_a_session_can_be_used_again_after_an_edit(session, tmp_path):
    folder = tmp_path / "mine"
    shutil.copytree(session.course.root / "submissions" / "untouched", folder)
    before = outcomes(session.grade(submission=folder))
    shutil.copytree(session.course.root / "submissions" / "right", folder, dirs_exist_ok=True)
    after = outcomes(session.grade(submission=folder))
    assert (set(before.values()), set(after.values())) == ({"todo"}, {"pass"})


def test_one_function_for_one_run(tiny):
    assert grade(tiny, submission=tiny.root / "submissions" / "right").exit_code == 0


def test_a_submission_that_is_no_folder(session):
    with pytest.raises(
        SubmissionError, match=r"is not a folder\. A submission is a folder with files like u01_area.py"
    ):
        session.grade(submission=session.course.root / "nowhere")


def test_nothing_that_was_graded_is_a_fault(session):
    with pytest.raises(GraderFault, match="nothing was graded"):
        session.grade([])


# A course that is wrong is the course's fault, with file and line, and never a learner's mark.

CHECKS = '''
from grader import close, exercise

UNIT = {{"title": "Made", "lecture": "", "libraries": [], "forbid": []}}


@exercise("half", points=1)
class TestHalf:
    """Half of a number."""

    def test_any(self, {wants}):
        {body}
'''
SOLUTION = "def half(x):\n    return x / 2\n"


@pytest.mark.parametrize(
    ("wants", "body", "why"),
    [
        ("learner, orcale", "pass", "test_any asks for 'orcale'; a check can have learner, oracle, props, rng"),
        ("learner", "undefined", "test_u01_made.py:12: test_any does not run: NameError"),
        ("learner", "close(learner.half(object()), 1.0, 'x')", "does not run: Refused|half"),
        ("learner, oracle", "oracle.half(1.0)", "oracles/u01_made.py: not found"),
    ],
)
def test_a_check_that_is_wrong_is_a_fault_and_the_others_are_judged(course_of, grade, wants, body, why):
    other = "\n    def test_other(self, learner):\n        close(learner.half(3.0), 1.5, 'half(3)')\n"
    course = course_of(CHECKS.format(wants=wants, body=body) + other, SOLUTION)
    report = grade(course, SOLUTION)
    broken, other = report.exercises[0].checks
    assert (broken.outcome, other.outcome, report.exit_code) == (Outcome.FAULT, Outcome.PASS, 4)
    assert re.search(why, broken.message), broken.message
    with Session(course) as session, pytest.raises(CourseError, match=why):
        session.grade_ours()


def test_a_diagnosis_that_fails_costs_the_cause_and_not_the_verdict(course_of, grade, monkeypatch):
    body = "close(learner.half(2.0), 1.0, 'half(2)')"
    wrong = "from grader import misconception\n\n@misconception('half', says='No.')\ndef no(x):\n    return 1 / 0 0\n"
    course = course_of(CHECKS.format(wants="learner", body=body), SOLUTION, misconceptions=wrong)
    with pytest.raises(CourseError):
        grade(course, "def half(x):\n    return x\n")
    monkeypatch.delenv("GRADE_STRICT")
    with Session(course) as session:
        (check,) = grade(session, "def half(x):\n    return x\n").exercises[0].checks
        assert (check.outcome, check.cause) == (Outcome.FAIL, None)
        assert "CourseError" in session.notes[0]


def test_a_look_below_that_fails_costs_no_verdict(course_of, grade, monkeypatch):
    def planted(*_):
        raise IndexError("planted")

    monkeypatch.setattr(beneath.Ground, "_ran_under", planted)
    course = course_of(CHECKS.format(wants="learner", body="close(learner.half(2.0), 1.0, 'half(2)')"), SOLUTION)
    with pytest.raises(IndexError, match="planted"):
        grade(course, "def half(x):\n    return x\n")
    monkeypatch.delenv("GRADE_STRICT")
    with Session(course) as session:
        (check,) = grade(session, "def half(x):\n    return x\n").exercises[0].checks
        assert check.outcome is Outcome.FAIL
        assert "planted" in session.notes[0]


def test_checks_that_cannot_be_imported_are_named(course_of, grade):
    course = course_of("import nothing_like_this\n" + CHECKS.format(wants="learner", body="pass"), SOLUTION)
    with pytest.raises(CourseError, match=r"test_u01_made\.py:1: .*No module named 'nothing_like_this'"):
        grade(course, SOLUTION)


def test_an_answer_that_a_check_cannot_go_on_with_is_a_failure(course_of, grade):
    body = "close(learner.half(2.0) + 1.0, 2.0, 'half(2) + 1')"
    course = course_of(CHECKS.format(wants="learner", body=body), SOLUTION)
    check = grade(course, "def half(x):\n    return 'one'\n").exercises[0].checks[0]
    assert check.outcome is Outcome.FAIL
    assert check.message == "half(2) gave str 'one'; a float is expected."


def test_an_answer_of_the_right_kind_that_a_check_cannot_go_on_with(course_of, grade):
    body = "close(1.0 / learner.half(2.0), 1.0, '1 / half(2)')"
    course = course_of(CHECKS.format(wants="learner", body=body), SOLUTION)
    check = grade(course, "def half(x):\n    return 0.0\n").exercises[0].checks[0]
    assert check.message.startswith("half(2) gave float 0, and the check could not go on with it (ZeroDivisionError:")


def test_a_plain_assert_is_a_failure_with_its_sentence(course_of, grade):
    body = "assert learner.half(2.0) > 5, 'half(2) should be large'"
    course = course_of(CHECKS.format(wants="learner", body=body), SOLUTION)
    check = grade(course, SOLUTION).exercises[0].checks[0]
    assert (check.outcome, check.message) == (Outcome.FAIL, "half(2) should be large")


def test_two_courses_with_files_of_the_same_names(course_of, grade):
    body = "close(learner.half(2.0), {}, 'half(2)')"
    first = course_of(CHECKS.format(wants="learner", body=body.format(1.0)), SOLUTION)
    assert grade(first, SOLUTION).exit_code == 0
    second = course_of(CHECKS.format(wants="learner", body=body.format(9.0)), SOLUTION)
    assert grade(second, SOLUTION).exit_code == 1


SLOW = '''
from grader import close, edge, exercise
from grader.running.job import Options

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("half", points=1, cpu=0.2)
class TestHalf:
    """Half of a number."""

    @edge
    def test_first(self, learner):
        close(learner.half(1e9), 5e8, "half of a billion")

    @edge
    def test_second(self, learner):
        close(learner.half(3e9), 1.5e9, "half of three billion")

    @edge
    def test_third(self, learner):
        close(learner.half(5e9), 2.5e9, "half of five billion")

    def test_any(self, learner):
        close(learner.half(2.0), 1.0, "half(2)")
'''


def test_slow_edges_leave_the_core_alone(course_of, grade):
    course = course_of(SLOW, SOLUTION)
    report = grade(course, "def half(x):\n    while x > 1e8:\n        pass\n    return x / 2\n")
    outcomes = [check.outcome for check in report.exercises[0].checks]
    assert outcomes == [Outcome.TIMEOUT] * 3 + [Outcome.PASS]
    assert report.exercises[0].checks[2].message.startswith("Not run")
    assert report.exit_code == 0
