"""`grade again`: an exercise once more, from memory, in a scratch file of its own; the first answer stays as it is."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.course.declarations import Exercise
    from grader.model import Report
    from grader.submission.repeats import Repeats

FOLDER = "again"
TODO = 3  # the exit code where nothing is wrong and something is not written


@click.command()
@click.argument("exercise", metavar="[EX]", required=False)
@click.option("--timed", is_flag=True, help="Say at the end how long it took.")
@click.option("--new", "anew", is_flag=True, help="Begin with the stub again; what you have is saved first.")
@look()
def again(exercise: str | None, *, timed: bool, anew: bool) -> int:
    """Write EX once more, from memory.

    The first time it makes a scratch file, again/EX/, with the stub of EX and the rest of your file; then it grades
    what you write there. Your first answer stays as it is, and so does its verdict. Without EX: what is due. An
    exercise is due 1 day after it passed, then 3, 7, 16, 35 days after the last time, then every 70 days.
    """
    from grader.cli.place import Place
    from grader.submission.repeats import Repeats

    with Place.here(terminal()) as place:
        repeats = Repeats.load(place.course.state_folder)
        if exercise is None:
            place.terminal.say(_due(place, repeats))
            return 0
        found = place.targets.one(exercise)
        if anew or not repeats.is_open(found.id) or not scratch(place, found).is_file():
            _begin(place, repeats, found, timed=timed)
            return 0
        return _grade(place, repeats, found)


def scratch(place: "Place", exercise: "Exercise") -> Path:
    """Return the file in which an exercise is written again."""
    return place.course.root / FOLDER / exercise.id / place.course.unit(exercise.unit).stub.name


def due(place: "Place", repeats: "Repeats") -> list[str]:
    """Return the exercises that have passed and are due, the one that waits longest first."""
    return repeats.due(exercise.id for exercise in place.course.exercises if place.state.of(exercise.id).passed)


def _due(place: "Place", repeats: "Repeats") -> str:
    from grader.report.page import Page

    page = Page(place.terminal.style)
    waiting = due(place, repeats)
    going = [one.id for one in place.course.exercises if repeats.is_open(one.id) and scratch(place, one).is_file()]
    if going:
        page.labelled(phrase("Begun"), phrase(", ").join(going))
    if waiting:
        page.labelled(phrase("Due"), phrase(", ").join(waiting))
        page.commands(f"grade again {waiting[0]}")
        return page.text()
    coming = [one for one in place.course.exercises if one.id in repeats.known and place.state.of(one.id).passed]
    first = min(coming, key=lambda one: repeats.known[one.id].due, default=None)
    if first is None:
        page.say(phrase("Nothing has passed yet, so there is nothing to write again."), 0)
    else:
        says = later("Nothing is due. The next one is {exercise}, on {day}.")
        page.say(phrase(says, exercise=first.id, day=repeats.known[first.id].due.isoformat()), 0)
    return page.text()


def _begin(place: "Place", repeats: "Repeats", exercise: "Exercise", *, timed: bool) -> None:
    """Make the scratch file. Raises UsageError."""
    from grader.cli.backup import Backups
    from grader.cli.changes import without_answers
    from grader.errors import UsageError
    from grader.language import heard
    from grader.report.page import Page
    from grader.submission.files import shown
    from grader.submission.whole import write_whole

    if not place.state.of(exercise.id).passed:
        says = later("{exercise} has not passed yet. First write it:  {command}")
        raise UsageError(phrase(says, exercise=exercise.id, command=f"grade {exercise.id}"))
    file, text = scratch(place, exercise), without_answers(place, exercise)
    if file.is_file():
        saved = Backups(place.course.state_folder / "backup").save(exercise.id, file, file.read_bytes())
        place.terminal.say(phrase("Saved your version: {file}", file=shown(saved.file)))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text)
    except OSError as error:
        says = later("{file} cannot be written: {reason}. Nothing was changed.")
        raise UsageError(phrase(says, file=shown(file), reason=heard(error.strerror or ""))) from error
    repeats.begin(exercise.id, timed=timed)
    unit = place.course.unit(exercise.unit)
    where = place.scanned_in(unit, file.parent).location(exercise)
    page = Page(place.terminal.style)
    page.head(phrase("Again"), exercise.id, where.place if where else shown(file))
    for paragraph in exercise.paragraphs:
        page.say(unit.said(paragraph), 6)
    page.say(phrase("Write it there from memory. Your first answer stays where it is."))
    if timed:
        page.say(phrase("The clock runs until it passes."))
    page.commands(f"grade again {exercise.id}")
    place.terminal.say(page.text())


def _grade(place: "Place", repeats: "Repeats", exercise: "Exercise") -> int:
    from grader.cli import grading
    from grader.cli.place import Place
    from grader.cli.wish import Wish
    from grader.report.page import Page
    from grader.submission.files import shown

    wish = Wish(targets=(exercise.id,), submission=shown(scratch(place, exercise).parent), save=False)
    with Place.here(place.terminal, wish.submission, trusts=False) as there:
        report: Report = grading.graded(there, wish, [exercise])
        if report.exit_code == TODO:
            where = there.scanned(place.course.unit(exercise.unit)).location(exercise)
            page = Page(place.terminal.style)
            page.head("TODO", exercise.id, where.place if where else wish.submission or "")
            page.say(
                phrase("It is not written yet. Replace the line that raises NotImplementedError, save, then run:"), 6
            )
            page.say(f"grade again {exercise.id}", 8)
            place.terminal.say(page.text())
            return TODO
        grading.show(there, wish, report)
    if report.exit_code:
        place.terminal.say(phrase("Once more:  {command}", command=f"grade again {exercise.id}"))
    else:
        known, took = repeats.end(exercise.id)
        if took is not None:
            place.terminal.say(phrase("It took {time}.", time=_in_words(took)))
        place.terminal.say(phrase("Next time: {day}.", day=known.due.isoformat()))
    return report.exit_code


def _in_words(took: timedelta) -> str:
    minutes, seconds = divmod(int(took.total_seconds()), 60)
    return phrase("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)
