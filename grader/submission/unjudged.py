"""What is reported where nothing was judged: a unit that was not handed in, or a submission that is none."""

from collections.abc import Iterable, Sequence
from typing import Any

from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import GraderFault, NotHandedIn, SubmissionError
from grader.model import CheckResult, ExerciseResult, Outcome, Report, UnitResult
from grader.submission.files import Submission


def unit_result(
    unit: Unit, exercises: Iterable[Exercise], outcome: Outcome, message: str, file: str = ""
) -> UnitResult:
    """Return a unit of which every check ended in one way, for one reason; without a point."""
    results = tuple(_exercise(unit, exercise, outcome, message) for exercise in exercises)
    return UnitResult(unit=unit.name, title=unit.said(unit.title), exercises=results, file=file)


def not_handed_in(unit: Unit, exercises: Iterable[Exercise], work: Submission) -> UnitResult:
    """Report a unit whose file is not in the submission, once for all of its exercises."""
    try:
        work.read(unit)
    except NotHandedIn as error:
        return unit_result(unit, exercises, Outcome.MISSING, str(error), work.name(f"{unit.name}.py"))
    raise GraderFault(f"the file of {unit.name} came while it was graded")


def report(course: Course, chosen: Sequence[Exercise], error: SubmissionError, **facts: Any) -> Report:
    """Return the report on a submission that cannot be graded at all.

    chosen: what was to be graded. facts: of the report: submission, seed, engine.
    """
    outcome = Outcome.MISSING if isinstance(error, NotHandedIn) else Outcome.ERROR
    units = {unit: [exercise for exercise in chosen if exercise.unit == unit.name] for unit in course.units}
    return Report(
        course=course.title,
        units=tuple(unit_result(unit, some, outcome, str(error)) for unit, some in units.items() if some),
        problem=str(error),
        **facts,
    )


def _exercise(unit: Unit, exercise: Exercise, outcome: Outcome, message: str) -> ExerciseResult:
    checks = tuple(
        CheckResult(
            id=check.name,
            title=unit.said(check.title),
            outcome=outcome,
            weight=check.weight,
            hidden=check.hidden,
            edge=check.edge,
            message=message,
        )
        for check in exercise.checks
    )
    return ExerciseResult(id=exercise.id, points=exercise.points, checks=checks)
