"""Several exercises: a row each, in words; a unit that is all right, untouched or unreadable is one row."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from grader.language import phrase
from grader.model import ExerciseResult, Location, Outcome, Report, UnitResult
from grader.report.page import Page
from grader.report.stack import place
from grader.report.style import cells, elide, padded, visible
from grader.report.verdict import ShownCheck, outcome_of, whole_file
from grader.report.words import count, edges_open, of

WORD = 7  # of BLOCKED
UNIFORM = (Outcome.PASS, Outcome.TODO)
LATE = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED)


def table(page: Page, report: Report) -> None:
    """Add all units of a report."""
    for unit in report.units:
        if len(report.units) > 1 and uniform(unit):
            _unit_row(page, unit)
        else:
            page.gap()
            page.head(unit.unit.partition("_")[0], unit.title, unit.file)
            rows(page, unit.exercises)
            page.gap()


def rows(page: Page, exercises: Sequence[ExerciseResult]) -> None:
    """Add a row an exercise: word, id, line, points, the first check that did not pass."""
    columns = [_columns(exercise) for exercise in exercises]
    widths = [max(map(cells, column)) for column in zip(*columns, strict=True)]
    if sum(widths) + WORD + 2 * len(widths) > page.style.width:
        widths[1] = 0  # the line can be read below, or where the exercise is graded alone
    for exercise, (name, line, points) in zip(exercises, columns, strict=True):
        word = outcome_of(exercise).upper()
        if page.style.plain:
            page.head(word, name, place(_where(exercise)), _points(points), next(iter(_endings(exercise)), ""))
        else:
            left = " " * (widths[2] - cells(points))
            shown = [padded(name, widths[0]), padded(line, widths[1]) if widths[1] else "", f"{left}{points}"]
            _row(page, word, "  ".join(column for column in shown if column), _endings(exercise))


def uniform(unit: UnitResult) -> bool:
    """Whether one row says all: every exercise passed, none is written, or the file cannot be read."""
    outcomes = {outcome_of(exercise) for exercise in unit.exercises}
    return len(outcomes) == 1 and (outcomes <= set(UNIFORM) or unreadable(unit))


def unreadable(unit: UnitResult) -> bool:
    """Whether the file of a unit cannot be read."""
    shown = [exercise.first_failure for exercise in unit.exercises]
    return bool(shown) and all(check is not None and whole_file(check) for check in shown)


def first_to_show(report: Report) -> tuple[UnitResult, ExerciseResult] | None:
    """Return what is shown in full: the first failure; where there is none the first exercise that is not written."""
    open_ = [(unit, exercise) for unit in report.units for exercise in unit.exercises if _open(exercise)]
    failed = [pair for pair in open_ if outcome_of(pair[1]) not in LATE]
    failed.sort(key=lambda pair: outcome_of(pair[1]) is Outcome.MISSING)  # what is there comes first
    return next(iter(failed or open_), None)


def missing(report: Report, but: UnitResult) -> list[str]:
    """Return what was not handed in and may be there under another name, a message a unit. but: the unit shown."""
    return [unit.missing for unit in report.units if "\n" in unit.missing and unit is not but]


def totals(page: Page, report: Report) -> None:
    """Add the points, and how many exercises ended how."""
    counted = Counter(outcome_of(exercise) for exercise in report.exercises)
    ended = phrase(", ").join(f"{counted[outcome]} {outcome.upper()}" for outcome in Outcome if counted[outcome])
    points = _points(of(report.earned, report.points)) if report.points else ""
    edges = sum(len(exercise.open_edges) for exercise in report.exercises if outcome_of(exercise) is Outcome.PASS)
    page.gap()
    page.parts(0, points, ended, edges_open(edges))
    if counted[Outcome.FAULT]:
        page.say(phrase("FAULT is our bug: what it stands for was not judged, and nothing of it was recorded."), 0)


def first_failing(exercise: ExerciseResult, *, title: bool = True) -> str:
    """Return `check 4 of 7: gradient of the mean loss`, or what the exercise waits for."""
    check = exercise.first_failure
    if check is None or check.outcome is Outcome.TODO:
        return ""
    if check.outcome is Outcome.BLOCKED:
        return phrase("waits for {exercise}", exercise=check.waits_for) if check.waits_for else ""
    number = ShownCheck(exercise, check).number
    return phrase("{check}: {title}", check=number, title=check.title) if number and title and check.title else number


def _endings(exercise: ExerciseResult) -> list[str]:
    """Return what may stand at the end of a row, longest first."""
    check, long = exercise.first_failure, first_failing(exercise)
    if check is None:
        return [edges_open(len(exercise.open_edges))]
    if check.outcome is Outcome.BLOCKED:
        names = check.waits_for, check.waits_for.partition(".")[2]
        return [long, *(phrase("after {exercise}", exercise=name) for name in names)] if long else []
    return [long, first_failing(exercise, title=False)]


def _open(exercise: ExerciseResult) -> bool:
    return outcome_of(exercise) is not Outcome.PASS


def _columns(exercise: ExerciseResult) -> tuple[str, str, str]:
    return exercise.id, _line(exercise), of(exercise.earned, exercise.points)


def _line(exercise: ExerciseResult) -> str:
    where = _where(exercise)
    return phrase("line {number}", number=where.line) if where else ""


def _points(number: str) -> str:
    return phrase("{number} points", number=number)


def _where(exercise: ExerciseResult) -> Location | None:
    """Return where to look; after a pass there is nothing to look for."""
    check = exercise.first_failure
    if check is None:
        return None
    return (check.where if check.outcome not in LATE else None) or exercise.where


def _unit_row(page: Page, unit: UnitResult) -> None:
    points = sum(exercise.points for exercise in unit.exercises)
    earned = sum((exercise.earned for exercise in unit.exercises), Fraction(0))
    word = outcome_of(unit.exercises[0]).upper()
    where = _where(unit.exercises[0]) if unreadable(unit) else None
    endings = [place(where), phrase("line {number}", number=where.line)] if where else [unit.title]
    name, total = unit.unit.partition("_")[0], count(len(unit.exercises), "exercise")
    if page.style.plain:
        page.head(word, name, total, _points(of(earned, points)), endings[0])
    else:
        _row(page, word, f"{name:<4} {padded(total, 13)}  {of(earned, points):>10}", endings)


def _row(page: Page, word: str, columns: str, endings: Sequence[str]) -> None:
    """Add a row with the first ending that fits."""
    start = f"{' ' * (WORD - len(word))}  {elide(visible(columns), page.style.width - WORD - 2)}"
    room = page.style.width - len(word) - cells(start) - 2
    ending = next((visible(text) for text in endings if cells(visible(text)) <= room), "")
    page.rows.append(page.word(word) + f"{start}  {ending}".rstrip())
