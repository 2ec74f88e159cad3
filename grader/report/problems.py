"""Lines for editors: `file:line:column: message`, one a failure; what is not written yet is no problem.

It is the form of compilers: Vim's errorformat is `%f:%l:%c: %m`, Emacs knows it as it is.
"""

from collections.abc import Iterator

from grader.language import phrase
from grader.model import UNDONE, CheckResult, ExerciseResult, Report, UnitResult
from grader.report import verdict
from grader.report.hidden import withhold
from grader.report.stack import ROW, in_short
from grader.report.style import elide, visible
from grader.report.summary import first_failing, unreadable

MOST = 400  # cells of a message


def render(report: Report, *, hidden: bool = False) -> str:
    """Return the lines; each ends in a newline, and no failure is no line.

    hidden: show what hidden checks ask and found; for instructors only.
    """
    return "".join(f"{line}\n" for line in lines(report if hidden else withhold(report)))


def lines(report: Report) -> Iterator[str]:
    """Yield a line a failing exercise, of a unit whose file cannot be read one for all."""
    for unit in report.units:
        failing = [exercise for exercise in unit.exercises if verdict.outcome_of(exercise) not in UNDONE]
        for exercise in failing[:1] if unreadable(unit) else failing:
            yield _line(unit, exercise)


def _line(unit: UnitResult, exercise: ExerciseResult) -> str:
    check = exercise.first_failure
    where = (check.where if check else None) or exercise.where
    word = verdict.outcome_of(exercise).upper()
    said = first_failing(exercise) if check else ""
    cell = where.place.removeprefix(where.file).strip() if where and where.cell else ""
    text = (
        f"{phrase(', ').join(part for part in (f'{word} {exercise.id}', cell, said) if part)}. {_what(check)}".strip()
    )
    line, column = (where.line, _column(check)) if where else (1, 1)
    return (
        f"{visible(where.file if where else unit.file)}:{line}:{column}: {elide(visible(' '.join(text.split())), MOST)}"
    )


def _what(check: CheckResult | None) -> str:
    """Return why where that is known, else what went wrong, in a sentence or two."""
    if check is None:
        return ""
    if check.cause is not None:
        return check.cause.says
    if check.message or check.mismatch is None:
        return in_short(check.message)
    found = check.mismatch
    label = f"{found.label}{found.at}"
    return phrase(
        "{label}: yours {yours}, expected {expected}.", label=label, yours=found.yours, expected=found.expected
    )


def _column(check: CheckResult | None) -> int:
    """Return where a caret of the message stands, counted from 1."""
    rows = [row["rest"] for line in check.message.split("\n") if (row := ROW.fullmatch(line))] if check else []
    return max((row.find("^") for row in rows if not row.strip(" ").partition("^")[0]), default=0) + 1
