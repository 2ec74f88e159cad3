"""`grade show`: what an exercise asks for, in the learner's words, before anything is run."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

FULL = 80  # a line of a docstring that is as long was broken for its length, not for its meaning
COLUMN = re.compile(r"(\S+(?: \S+)* {2,})(\S.*)")  # a name, and what it is, in columns made by hand
STARTS = re.compile(r"[-*>|] |>>>|[\w*, ]{1,30}:( |$)")

if TYPE_CHECKING:
    from grader.author.source import PercentFile
    from grader.cli.place import Place
    from grader.course.declarations import Exercise
    from grader.course.unit import Unit
    from grader.report.page import Page


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of a docstring. indent: in columns. mark: what stands before it in a column of its own."""

    indent: int = 0
    text: str = ""
    mark: str = ""


@click.command()
@click.argument("exercise", metavar="[EX]", required=False)
@look()
def show(exercise: str | None) -> int:
    """Show what EX asks for and how it is checked.

    Without EX: the current exercise, where you worked last.
    """
    from grader.cli.place import Place, all_done
    from grader.report.page import Page

    with Place.here(terminal()) as place:
        found = place.targets.find([exercise]) if exercise else [place.current()]
        page = Page(place.terminal.style)
        for one in found:
            if one is None:
                page.say(all_done(place.course), 0)
            else:
                page.gap()
                _exercise(page, place, one)
        place.terminal.say(page.text())
    return 0


def _exercise(page: "Page", place: "Place", exercise: "Exercise") -> None:
    from grader.report.words import count

    unit = place.course.unit(exercise.unit)
    where = place.scanned(unit).location(exercise)
    at = where.place if where else place.scanned(unit).file
    page.head(exercise.id, at, count(exercise.points, "point") if exercise.points else "")
    _contract(page, place, unit, exercise)
    page.gap()
    for paragraph in exercise.paragraphs:
        page.say(unit.said(paragraph))
    _checks(page, unit, exercise)
    _rules(page, unit, exercise)


def _contract(page: "Page", place: "Place", unit: "Unit", exercise: "Exercise") -> None:
    """Add the signature and the docstring of each answer, for a class those of its methods too."""
    source = _source(unit)
    if source is None:
        says = later("What to write is said in {file}, in the docstrings there.")
        page.say(phrase(says, file=place.scanned(unit).file))
        return
    for answer in exercise.answers:
        for name, found in source.definitions.items():
            if name == answer or (name.startswith(f"{answer}.") and found.doc):
                page.gap()
                page.say(found.signature.replace(f" {name.rpartition('.')[2]}", f" {name}", 1))
                for one in paragraphs(found.doc):
                    _paragraph(page, one)


def _paragraph(page: "Page", one: Paragraph) -> None:
    if one.mark:
        page.item(one.mark, one.text, column=len(one.mark), indent=6 + one.indent)
    elif one.text:
        page.say(one.text, 6 + one.indent)
    else:
        page.gap()


def paragraphs(doc: str) -> list[Paragraph]:
    """Return a docstring's paragraphs, empty ones for gaps; only full lines are joined, and rows of a column."""
    from grader.author.texts import joined
    from grader.report.style import cells

    found: list[Paragraph] = []
    full = False
    for line in doc.split("\n"):
        text, indent = line.strip(), len(line) - len(line.lstrip())
        before = found[-1] if found else Paragraph()
        in_column = before.mark and indent == before.indent + len(before.mark)
        if text and (in_column or (full and not before.mark and not STARTS.match(text))):
            found[-1] = replace(before, text=joined([before.text, text]))
        elif column := COLUMN.fullmatch(text):
            found.append(Paragraph(indent, column[2], column[1]))
        elif text or before.text:
            found.append(Paragraph(indent, text))
        full = cells(line) >= FULL
    return found


def _source(unit: "Unit") -> "PercentFile | None":
    """Return the solution, which has the contract beside the answer; None in a course that came without."""
    from grader.author import source, texts

    return texts.spoken(unit, source.read(unit.solution)) if unit.solution.exists() else None


def _checks(page: "Page", unit: "Unit", exercise: "Exercise") -> None:
    """Number the checks as verdicts do; hidden ones are counted, not named."""
    from grader.report.words import count

    page.gap()
    page.say(count(exercise.total, "check"))
    shown = [check for check in exercise.checks if not check.hidden]
    numbers, last = [], 0
    for check in shown:
        first, last = last + 1, last + check.cases
        numbers.append(f"{first}-{last}" if check.cases > 1 else f"{first}")
    column = max(map(len, numbers), default=0) + 2
    for number, check in zip(numbers, shown, strict=True):
        weight = phrase(" (counts {number} times)", number=check.weight) if check.weight > 1 else ""
        edge = phrase(" (edge)") if check.edge else ""
        page.item(f"{number:>{column - 2}}", f"{unit.said(check.title)}{weight}{edge}", column=column)
    if last < exercise.total:
        page.say(phrase("and {checks}", checks=count(exercise.total - last, "hidden check")))
    if any(check.edge for check in shown):
        page.say(phrase("An edge has points, but the exercise passes without it."))


def _rules(page: "Page", unit: "Unit", exercise: "Exercise") -> None:
    from grader.report.style import cells

    page.gap()
    rows = [(phrase("Allowed"), [phrase(", ").join([phrase("Python's standard library"), *unit.libraries])])]
    forbidden = [*unit.forbid, *exercise.forbid]
    for reason in dict.fromkeys(rule.reason for rule in forbidden):
        names = phrase(", ").join(rule.name for rule in forbidden if rule.reason == reason)
        rows.append((phrase("Forbidden"), [names, phrase("({reason})", reason=unit.reason(reason))]))
    if exercise.needs:
        rows.append((phrase("Needs"), [phrase(", ").join(f"{unit.key}.{name}" for name in exercise.needs)]))
    rows.append((phrase("Time"), [phrase("{seconds} s of computing for each check", seconds=f"{exercise.cpu:g}")]))
    column = max(cells(label) for label, _ in rows) + 2
    before = ""
    for label, texts in rows:
        again = "" if label == before else label
        page.item(phrase("{label}:", label=label) if page.style.plain else again, *texts, column=column)
        before = label
