"""Markdown for a pull request comment or a job summary: a table, and each first failure in a block to open.

What learners wrote stands in fenced blocks that it cannot close, and in cells where every mark is an entity: no table
breaks, no HTML acts, nobody is mentioned. Not covered: a host that renders entities before it looks for mentions inside
of code.
"""

import re
from collections.abc import Iterator

from grader.language import phrase
from grader.model import ExerciseResult, Outcome, Report, UnitResult
from grader.report import verdict
from grader.report.hidden import withhold
from grader.report.page import Page
from grader.report.portable import portable
from grader.report.stack import in_short, place
from grader.report.style import Style, elide, visible
from grader.report.summary import first_failing, unreadable
from grader.report.words import count, edges_open, of, unverified

LIMIT = 60_000  # characters; GitHub refuses a comment of more than 65,536
CELL, MESSAGE = 120, 600
MARKS = re.compile(
    r"[^\w\s.,:;/=\-]"  # whatever may be a mark
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore is one at the end of a word only
    r"|:(?=//)|(?<=www)\."  # what makes a link
)
OPEN = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED)


def render(report: Report, *, hidden: bool = False, limit: int = LIMIT) -> str:
    """Return the Markdown; it ends in a newline.

    hidden: show what hidden checks ask and found; for instructors only.
    limit: characters; failures that would exceed it are counted instead.
    """
    report = portable(report if hidden else withhold(report))
    head = phrase("### {course}: {number} points", course=_cell(report.course), number=of(report.earned, report.points))
    if report.problem:
        return f"{head}\n\n**{report.outcome.upper()}**: {_sentence(report.problem)}\n"
    rows = [head, "", *_table(report), ""]
    rows += [f"**{_cell(said)}**", ""] if (said := unverified(report)) else []
    left = limit - sum(len(row) + 1 for row in rows)
    details = list(_details(report))
    shown = 0
    for block in details:
        left -= len(block) + 1
        if left < 200:
            break
        rows.append(block)
        shown += 1
    if shown < len(details):
        rows.append(
            phrase(
                "Not shown here, to keep this short: {failures}.", failures=count(len(details) - shown, "more failure")
            )
        )
    return "\n".join(rows).rstrip("\n") + "\n"


def _table(report: Report) -> Iterator[str]:
    if not report.exercises:
        yield phrase("**FAULT**: nothing was graded. This is our bug, or the course is not complete.")
        return
    yield phrase("| Outcome | Exercise | Points | First check that did not pass |")
    yield "| --- | --- | ---: | --- |"
    for unit in report.units:
        if unit.missing:
            cells = ["MISSING", _code(unit.unit.partition("_")[0]), of(unit.earned, unit.points)]
            yield f"| {' | '.join([*cells, _sentence(unit.missing)])} |"
            continue
        for exercise in unit.exercises:
            word = verdict.outcome_of(exercise).upper()
            cells = [word, _code(exercise.id), of(exercise.earned, exercise.points), _cell(_first(exercise))]
            yield f"| {' | '.join(cells)} |"


def _details(report: Report) -> Iterator[str]:
    for unit in report.units:
        for exercise in () if unit.missing else unit.exercises:
            if verdict.outcome_of(exercise) not in OPEN:
                yield _detail(exercise, unit)
            if unreadable(unit):
                break  # it is the same for the others


def _detail(exercise: ExerciseResult, unit: UnitResult) -> str:
    page = Page(Style())
    verdict.show(page, exercise, unit.file)
    text = page.text()
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    word, first = verdict.outcome_of(exercise).upper(), _first(exercise)
    summary = f"{word} {_code(exercise.id)}{', ' if first else ''}{_cell(first)}"
    return f"<details>\n<summary>{summary}</summary>\n\n{fence}text\n{text}{fence}\n\n</details>\n"


def _first(exercise: ExerciseResult) -> str:
    check = exercise.first_failure
    if check is None:
        return edges_open(len(exercise.open_edges))
    if check.outcome in OPEN:
        return first_failing(exercise)
    return first_failing(exercise) or place(check.where) or in_short(check.message)


def _code(text: str) -> str:
    return f"<code>{_cell(text)}</code>"


def _sentence(text: str) -> str:
    """Return a message of several lines as one, whole."""
    return _cell(" ".join(text.split()), MESSAGE)


def _cell(text: str, most: int = CELL) -> str:
    """Return text for one line of Markdown or HTML: each mark is an entity, and nothing follows an `@` closely."""
    shown = elide(visible(text), most)
    return MARKS.sub(lambda mark: f"&#{ord(mark[0])};" + ("&#8203;" if mark[0] == "@" else ""), shown)
