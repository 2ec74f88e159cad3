"""`grade show`: what an exercise asks for, in the learner's words, before anything is run."""

import re
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

FULL = 80  # a line of a docstring that is as long was broken for its length, not for its meaning
STARTS = re.compile(r"[-*>|] |>>>|[\w*, ]{1,30}:( |$)")

if TYPE_CHECKING:
    from grader.author.source import Source
    from grader.cli.place import Place
    from grader.course import Exercise, Unit
    from grader.report.page import Page


@click.command()
@click.argument("exercise", metavar="[EX]", required=False)
@look()
def show(exercise: str | None) -> int:
    """Show what EX asks for and how it is checked.

    Without EX: the current exercise, the first that has not passed.
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
    where = place.survey(unit).location(exercise)
    at = where.place if where else place.survey(unit).file
    page.head(exercise.id, at, count(exercise.points, "point") if exercise.points else "")
    _contract(page, place, unit, exercise)
    page.gap()
    for paragraph in exercise.text.split("\n\n"):
        page.say(" ".join(paragraph.split()))
    _checks(page, exercise)
    _rules(page, unit, exercise)


def _contract(page: "Page", place: "Place", unit: "Unit", exercise: "Exercise") -> None:
    """Add the signature and the docstring of each answer, for a class those of its methods too."""
    source = _source(unit)
    if source is None:
        says = later("What to write is said in {file}, in the docstrings there.")
        page.say(phrase(says, file=place.survey(unit).file))
        return
    for answer in exercise.answers:
        for name, found in source.definitions.items():
            if name == answer or (name.startswith(f"{answer}.") and found.doc):
                page.gap()
                page.say(found.signature.replace(f" {name.rpartition('.')[2]}", f" {name}", 1))
                for indent, paragraph in paragraphs(found.doc):
                    page.say(paragraph, 6 + indent) if paragraph else page.gap()


def paragraphs(doc: str) -> list[tuple[int, str]]:
    """Return a docstring's paragraphs with their indentation, empty ones for gaps; only full lines are joined."""
    found: list[tuple[int, str]] = []
    full = False
    for line in doc.split("\n"):
        text = line.strip()
        if full and text and not STARTS.match(text):
            indent, before = found[-1]
            found[-1] = (indent, f"{before} {text}")
        elif text or (found and found[-1][1]):
            found.append((len(line) - len(line.lstrip()), text))
        full = len(line) >= FULL
    return found


def _source(unit: "Unit") -> "Source | None":
    """Return the solution, which has the contract beside the answer; None in a course that came without."""
    from grader.author import source

    return source.read(unit.solution) if unit.solution.exists() else None


def _checks(page: "Page", exercise: "Exercise") -> None:
    """Number the checks as verdicts do; hidden ones are counted, not named."""
    from grader.report.words import count

    page.gap()
    page.say(count(len(exercise.checks), "check"))
    for number, check in enumerate(exercise.checks, 1):
        if not check.hidden:
            weight = phrase("   (counts {number} times)", number=check.weight) if check.weight > 1 else ""
            edge = phrase("   (edge)") if check.edge else ""
            page.say(f"{number:>3}  {check.title}{weight}{edge}")
    if any(check.edge and not check.hidden for check in exercise.checks):
        page.gap()
        page.say(phrase("An edge has points, but the exercise passes without it."))
    hidden = sum(check.hidden for check in exercise.checks)
    if hidden:
        page.say(phrase("  and {checks}", checks=count(hidden, "hidden check")))


def _rules(page: "Page", unit: "Unit", exercise: "Exercise") -> None:
    page.gap()
    libraries = phrase(" and ").join([phrase("Python's standard library"), *unit.libraries])
    page.fact(phrase("You may"), phrase("import {libraries}", libraries=libraries))
    rules = [*unit.forbid, *exercise.forbid]
    if rules:
        says = later("not use {rules}: the point is to write it yourself")
        page.fact(phrase("You may"), phrase(says, rules=", ".join(rules)))
    if exercise.needs:
        page.fact(phrase("Needs"), ", ".join(f"{unit.key}.{name}" for name in exercise.needs))
    page.fact(phrase("Time"), phrase("{seconds} s of computing for each check", seconds=f"{exercise.cpu:g}"))
