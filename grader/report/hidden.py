"""What a learner may know of a hidden check: its title and how it ended; no input, no number, no cause."""

import msgspec

from grader.language import later, phrase
from grader.model import CheckResult, ExerciseResult, Outcome, Report, UnitResult
from grader.report.words import share

SAYS = later("This check is hidden: what it asks and what it expects are not shown.")
WORTH = later("It is worth {number} points.")
QUIET = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED)
OF_THE_FILE = (Outcome.SYNTAX, Outcome.RULE, Outcome.MISSING)  # said before any check has run


def withhold(report: Report) -> Report:
    """Return the report with the details of hidden checks taken out."""
    return msgspec.structs.replace(report, units=tuple(map(_unit, report.units)))


def _unit(unit: UnitResult) -> UnitResult:
    return msgspec.structs.replace(unit, exercises=tuple(map(withhold_exercise, unit.exercises)))


def withhold_exercise(exercise: ExerciseResult) -> ExerciseResult:
    """Return one exercise with the details of hidden checks taken out."""
    checks = tuple(_bare(check, exercise) if check.hidden else check for check in exercise.checks)
    return msgspec.structs.replace(exercise, checks=checks)


def _bare(check: CheckResult, exercise: ExerciseResult) -> CheckResult:
    """Keep what is named here and nothing else, so that a field added later is withheld until someone decides."""
    says = [phrase(SAYS)]
    if exercise.points:
        says.append(phrase(WORTH, number=share(exercise.share([check]))))
    message = check.message if check.outcome in OF_THE_FILE else "\n".join(says)
    return CheckResult(
        id=check.id,
        title=check.title,
        outcome=check.outcome,
        weight=check.weight,
        hidden=True,
        edge=check.edge,
        message="" if check.outcome in QUIET else message,
        where=check.where if check.outcome in OF_THE_FILE else exercise.where,
        waits_for=check.waits_for,
        seconds=check.seconds,
    )
