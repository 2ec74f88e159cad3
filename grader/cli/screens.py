"""What `grade` says around the verdicts: a welcome, every failure in full, every check."""

from grader.cli.front import COMMANDS
from grader.cli.place import Place
from grader.language import later, phrase
from grader.model import CheckResult, ExerciseResult, Outcome, Report
from grader.report import summary, verdict
from grader.report.hidden import withhold
from grader.report.page import Page
from grader.report.style import Style, padded, wrap
from grader.report.words import count, seconds

FOR_BEGINNERS = {
    "watch": later("check on every save"),
    "hint": later("a nudge"),
    "show": later("what is checked"),
    "list": later("all exercises"),
}


def welcome(place: Place, first: ExerciseResult) -> str:
    """Return what somebody reads who runs `grade` for the first time; an empty row sets the verdict off."""
    course = place.course
    unit = next(unit for unit in course.units if first.id.startswith(f"{unit.key}."))
    file = place.scanned(unit).file
    page = Page(place.terminal.style)
    sizes = {"units": count(len(course.units), "unit"), "exercises": count(len(course.exercises), "exercise")}
    page.say(phrase("{title}: {units}, {exercises}.", title=course.title, **sizes), 0)
    page.gap()
    for label, value in (
        (phrase("You edit"), file),
        (phrase("Start at"), f"{first.id}   {file}:{first.where.line}" if first.where else first.id),
        (phrase("Lecture"), unit.lecture),
    ):
        if value and page.style.plain:
            page.row(phrase("{label}: {text}", label=label, text=value))
        elif value:
            row, *more = wrap(value, page.style.width - 14)
            page.rows += [f"  {padded(label, 10)}  {row}", *(" " * 14 + row for row in more)]
    return page.text() + _gap(page.style)


def commands(style: Style) -> str:
    """Return the commands that a beginner wants."""
    page = Page(style)
    for name, says in FOR_BEGINNERS.items():
        if name in COMMANDS:
            command = f"grade {name}"
            plain = phrase("{label}: {text}", label=command, text=phrase(says))
            page.say(plain if style.plain else f"{command:<12}  {phrase(says)}")
    return _gap(style) + page.text()


def in_full(report: Report, style: Style, *, recorded: bool) -> str:
    """Return every failure in full, one after the other, then the table. recorded: the verdicts are."""
    report = withhold(report)
    page = Page(style)
    for unit in report.units:
        shown = [exercise for exercise in unit.exercises if exercise.outcome is not Outcome.PASS]
        for exercise in shown[:1] if summary.unreadable(unit) else shown:
            verdict.show(page, exercise, unit.file, recorded=recorded)
            page.gap()
    summary.table(page, report)
    summary.totals(page, report)
    return page.text()


def checks(report: Report, style: Style) -> str:
    """Return every check with its outcome; hidden ones without their titles."""
    page = Page(style)
    for exercise in (exercise for unit in report.units if not unit.missing for exercise in unit.exercises):
        page.gap()
        page.say(phrase("{exercise}: every check", exercise=exercise.id), 0)
        for number, check in enumerate(exercise.checks, 1):
            mark = f"{number:>{len(str(len(exercise.checks)))}}  {check.outcome:<7}"
            title = _title(check)
            if check.seconds >= 0.005:  # less is nothing to read about
                title = phrase("{title}, {seconds}", title=title, seconds=seconds(check.seconds))
            page.item(mark, title, column=len(mark) + 2)
    return _gap(style) + page.text()


def _title(check: CheckResult) -> str:
    """Return `x ** 0 is the constant 1 (edge)`, with the case in brackets where there are several."""
    if check.hidden:
        return phrase("(hidden check)")
    case = f" {check.id[check.id.index('[') :]}" if "[" in check.id else ""
    return f"{check.title}{case}{phrase(' (edge)') if check.edge else ''}"


def _gap(style: Style) -> str:
    return "" if style.plain else "\n"
