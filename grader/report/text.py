"""Text for a terminal: one exercise as a verdict, several as a table with the first failure in full."""

from collections.abc import Iterator

from grader.language import phrase
from grader.model import ExerciseResult, Frozen, Location, Outcome, Report
from grader.report import passed, summary, verdict
from grader.report.hidden import QUIET, withhold, withhold_exercise
from grader.report.page import Page
from grader.report.stack import in_short, place
from grader.report.style import Style, cells, elide, visible
from grader.report.words import unverified


class Ahead(Frozen, frozen=True, kw_only=True):
    """What comes after a verdict. Whatever is empty or 0 is left out.

    exercise, where: the next one to write. done, total: exercises passed so far, of all of the course.
    solution: offer to compare with the reference after a pass. recorded: the verdicts are.
    """

    exercise: str = ""
    where: Location | None = None
    done: int = 0
    total: int = 0
    solution: bool = True
    recorded: bool = False


def render(report: Report, *, hidden: bool = False, style: Style | None = None, ahead: Ahead | None = None) -> str:
    """Return the report as text; it ends in a newline.

    hidden: show what hidden checks ask and found; for instructors only.
    """
    ahead = ahead or Ahead(solution=False)
    report = report if hidden else withhold(report)
    page = Page(style or Style())
    exercises = report.exercises
    if report.problem:
        page.head(report.outcome.upper(), report.submission)
        page.say(report.problem)
        summary.totals(page, report)
    elif not exercises:
        page.head("FAULT", phrase("nothing was graded"))
        page.say(phrase("No exercise was found to grade. This is our bug, or the course is not complete."), 7)
    elif len(exercises) == 1 and verdict.outcome_of(exercises[0]) is Outcome.PASS:
        passed.show(page, exercises[0], solution=ahead.solution)
    elif len(exercises) == 1:
        verdict.show(page, exercises[0], report.units[0].file, recorded=ahead.recorded)
    else:
        _several(page, report, recorded=ahead.recorded)
    page.gap()
    page.say(unverified(report))
    _ahead(page, ahead)
    return page.text()


def line(exercise: ExerciseResult, style: Style | None = None) -> str:
    """Return one row on one exercise, without a newline: for watching and for lists. Of what fits, it says the most."""
    exercise = withhold_exercise(exercise)
    page = Page(style or Style())
    word = verdict.outcome_of(exercise).upper()
    room = page.style.width - len(word) - 2
    said = [visible("   ".join(part for part in parts if part)) for parts in _said(exercise)]
    return f"{page.word(word)}  {next((row for row in said if cells(row) <= room), elide(said[-1], room))}"


def lines(report: Report, style: Style | None = None) -> Iterator[str]:
    """Yield one row an exercise; of a unit that was not handed in, one for all."""
    for unit in report.units:
        for exercise in unit.exercises[:1] if unit.missing else unit.exercises:
            yield line(exercise, style)


def _said(exercise: ExerciseResult) -> Iterator[tuple[str, ...]]:
    """Yield what a row may say, the longest first."""
    check = exercise.first_failure
    if check is None:
        yield exercise.id, passed.in_short(exercise)
    elif verdict.whole_file(check) or check.outcome is Outcome.RULE:
        name = exercise.id if check.outcome is Outcome.RULE else ""
        yield name, place(check.where), in_short(check.message)
        yield name, place(check.where) or in_short(check.message)
    else:
        number = summary.first_failing(exercise, title=False)
        short = check.cause.says if check.cause else in_short(check.message)
        if short and check.outcome not in QUIET:
            yield exercise.id, number, short
        yield exercise.id, summary.first_failing(exercise) or place(exercise.where)
        yield exercise.id, number
    yield (exercise.id,)


def _several(page: Page, report: Report, *, recorded: bool) -> None:
    shown = summary.first_to_show(report)
    if not (len(report.units) == 1 and summary.unreadable(report.units[0])):
        summary.table(page, report)
    if shown is not None:
        unit, exercise = shown
        page.gap()
        verdict.show(page, exercise, unit.file, recorded=recorded)
        for said in summary.missing(report, unit):
            page.gap()
            page.say(said)
    summary.totals(page, report)


def _ahead(page: Page, ahead: Ahead) -> None:
    if not (ahead.exercise or ahead.total):
        return
    page.gap()
    if ahead.exercise:
        at = f"   {ahead.where.place}" if ahead.where else ""
        page.labelled(phrase("Next"), f"{ahead.exercise}{at}")
    if ahead.total:
        page.labelled(phrase("Progress"), phrase("{part} of {whole}", part=ahead.done, whole=ahead.total))
