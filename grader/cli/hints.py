"""`grade hint` and `grade solution`: help, one rung at a time, and the reference once it cannot spoil anything."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import Positive, look, terminal
from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.author.source import Source
    from grader.cli.place import Place
    from grader.course import Exercise
    from grader.report.page import Page


@click.command()
@click.argument("exercise", metavar="[EX]", required=False)
@click.option("--level", type=Positive(int), metavar="N", help="Show hint N again; 1 is the vaguest.")
@click.option("--all", "everything", is_flag=True, help="Show all hints.")
@look()
def hint(exercise: str | None, level: int | None, *, everything: bool) -> int:
    """Show the next hint for EX.

    Without EX: for the current exercise, the first that has not passed.
    """
    from grader.cli.place import Place, all_done
    from grader.errors import UsageError
    from grader.report.page import Page

    with Place.here(terminal()) as place:
        found = place.chosen(exercise)
        if found is None:
            place.terminal.say(all_done(place.course))
            return 0
        rungs = ladder(place, found)
        if level is not None and level > len(rungs):
            says = later("{exercise} has {number} hints; there is no hint {level}.")
            raise UsageError(phrase(says, exercise=found.id, number=len(rungs), level=level))
        page = Page(place.terminal.style)
        seen = place.state.of(found.id).hints
        wanted = list(range(1, len(rungs) + 1)) if everything else [level or seen + 1]
        for number in wanted:
            _rung(page, found, rungs, number)
        if wanted and wanted[-1] >= len(rungs):
            _what_is_left(page, place, found, len(rungs))
        _remember(place, found, min(max([0, *wanted]), len(rungs)))
        place.terminal.say(page.text())
    return 0


@click.command()
@click.argument("exercise", metavar="EX")
@click.option("--give-up", is_flag=True, help="Show it although the exercise has not passed.")
@look()
def solution(exercise: str, *, give_up: bool) -> int:
    """Show our answer to EX, once yours has passed."""
    from grader.cli.place import Place

    with Place.here(terminal()) as place:
        found = place.targets.one(exercise)
        source = _reference(place, found)
        if source is None:
            place.terminal.note(phrase("This course came without solutions."))
            return 1
        if not (give_up or place.state.of(found.id).passed):
            says = later(
                "{exercise} has not passed yet, and reading an answer is not finding it.\n"
                "A nudge:  grade hint {exercise}\n"
                "Show it all the same:  grade solution {exercise} --give-up"
            )
            place.terminal.note(phrase(says, exercise=found.id))
            return 1
        place.terminal.say(_answer(place, source, found))
    return 0


def ladder(place: "Place", exercise: "Exercise") -> list[tuple[str, str]]:
    """Return the hints of an exercise with the answer that each is for, the vaguest of each answer first."""
    source = _reference(place, exercise)
    if source is None:
        return []
    return [(answer, text) for answer in exercise.answers for text in source.hints(answer)]


def _reference(place: "Place", exercise: "Exercise") -> "Source | None":
    from grader.author import source

    path = place.course.unit(exercise.unit).solution
    return source.read(path) if path.exists() else None


def _rung(page: "Page", exercise: "Exercise", rungs: Sequence[tuple[str, str]], number: int) -> None:
    if number > len(rungs):
        return
    answer, text = rungs[number - 1]
    page.gap()
    title = phrase("{exercise}  hint {number} of {total}", exercise=exercise.id, number=number, total=len(rungs))
    page.say(title + (phrase("  for {answer}", answer=answer) if len(exercise.answers) > 1 else ""), 0)
    for line in text.split("\n"):
        page.say(line)


def _what_is_left(page: "Page", place: "Place", exercise: "Exercise", rungs: int) -> None:
    """Say what there is after the last rung."""
    seen = place.state.of(exercise.id)
    if not rungs:
        page.say(phrase("{exercise} has no hints.", exercise=exercise.id), 0)
    elif seen.hints >= rungs:
        page.gap()
        says = later("{exercise}: you have seen all of its hints. Again:  grade hint {exercise} --all")
        page.say(phrase(says, exercise=exercise.id), 0)
    flag = "" if seen.passed else " --give-up"
    if _reference(place, exercise) is not None:
        command = f"grade solution {exercise.id}{flag}"
        page.say(phrase("After this there is only:  {command}", command=command))
    else:
        page.say(phrase("What is checked:  {command}", command=f"grade show {exercise.id}"))


def _remember(place: "Place", exercise: "Exercise", shown: int) -> None:
    if shown > place.state.of(exercise.id).hints:
        place.state.hinted(exercise.id, shown)
        place.save()


def _answer(place: "Place", source: "Source", exercise: "Exercise") -> str:
    """Return our lines for each answer, without the markers and the hints, as they would be pasted."""
    from grader.author.regions import BEGIN, CONTINUED, END, HINT
    from grader.report.style import visible
    from grader.submission import shown

    rows = []
    for answer in exercise.answers:
        found = source.definitions.get(answer)
        if found is None:
            continue
        rows.append(f"{shown(source.path)}:{found.first}   {answer}")
        in_hint = False
        for line in source.lines[found.first - 1 : found.last]:
            text = line.strip()
            in_hint = text.startswith(HINT) or (in_hint and text.startswith(CONTINUED))
            if not in_hint and text not in (BEGIN, END):
                rows.append(visible(line.rstrip("\r\n")))
        rows.append("")
    if place.terminal.style.plain:
        rows = [row for row in rows if row]
    return "\n".join(rows).rstrip("\n")
