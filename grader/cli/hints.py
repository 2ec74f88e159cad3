"""`grade hint` and `grade solution`: help, one rung at a time, and the reference once it cannot spoil anything."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import Positive, look, terminal
from grader.language import later, phrase
from grader.qualnames import is_in

if TYPE_CHECKING:
    from grader.author.source import PercentFile
    from grader.cli.place import Place
    from grader.course.declarations import Exercise
    from grader.report.page import Page


@click.command()
@click.argument("exercise", metavar="[EX]", required=False)
@click.option("--level", type=Positive(int), metavar="N", help="Show hint N again; 1 is the vaguest.")
@click.option("--all", "everything", is_flag=True, help="Show all hints.")
@look()
def hint(exercise: str | None, level: int | None, *, everything: bool) -> int:
    """Show the next hint for EX, or for one function of it.

    Of several functions: for the one that fails or is not written yet. Without EX: for the current exercise, where you
    worked last.
    """
    from grader.cli.place import Place, all_done
    from grader.errors import UsageError
    from grader.report.page import Page

    with Place.here(terminal()) as place:
        named = place.targets.answer(exercise) if exercise else None
        found = named[0] if named else place.chosen(exercise)
        if found is None:
            place.terminal.say(all_done(place.course))
            return 0
        if level is None and not everything and _is_broken(place, found, where_last=exercise is None):
            return 1
        ladders = _named(_ladders(place, found), named[1] if named else "")
        answer = _turn(place, found, ladders)
        rungs = ladders.get(answer, ())
        if level is not None and level > len(rungs):
            says = later("{exercise} has {number} hints; there is no hint {level}.")
            name = answer if len(ladders) > 1 or named else found.id
            raise UsageError(phrase(says, exercise=name, number=len(rungs), level=level))
        page = Page(place.terminal.style)
        seen = _seen(place, found).get(answer, 0)
        wanted = {answer: [level or seen + 1]} if answer else {}
        if everything:
            wanted = {name: list(range(1, len(texts) + 1)) for name, texts in ladders.items()}
        for name, numbers in wanted.items():
            for number in numbers:
                _rung(page, found, ladders, name, number)
        if everything or not rungs or (level or seen + 1) >= len(rungs):
            _what_is_left(page, place, found, answer, len(rungs))
        _remember(place, found, {name: min(max(numbers), len(ladders[name])) for name, numbers in wanted.items()})
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


def _is_broken(place: "Place", exercise: "Exercise", *, where_last: bool) -> bool:
    """Say what keeps the file from being run, if something does: no hint helps there, and none is used up.

    where_last: the file that was worked on last counts, whatever is the next exercise.
    """
    from grader.model import ExerciseResult
    from grader.report import verdict
    from grader.report.page import Page

    last = next((one for one in place.course.exercises if one.id == place.state.last), exercise)
    exercise = last if where_last else exercise
    unit = place.course.unit(exercise.unit)
    problem = place.broken(unit)
    if problem is None:
        return False
    page = Page(place.terminal.style)
    verdict.show(
        page, ExerciseResult(id=exercise.id, points=0, checks=(problem,)), place.scanned(unit).file, recorded=True
    )
    place.terminal.say(page.text())
    return True


def _ladders(place: "Place", exercise: "Exercise") -> dict[str, tuple[str, ...]]:
    """Return the hints of each function of an exercise, the vaguest first."""
    source = _reference(place, exercise)
    if source is None:
        return {}
    said, regions = place.course.unit(exercise.unit).said, map(source.regions_of, exercise.answers)
    return {region.name: tuple(map(said, region.hints)) for some in regions for region in some}


def _named(ladders: dict[str, tuple[str, ...]], name: str) -> dict[str, tuple[str, ...]]:
    """Return those of one answer, or all where none is named."""
    return {one: hints for one, hints in ladders.items() if not name or is_in(one, name)} or ladders


def _turn(place: "Place", exercise: "Exercise", ladders: "Mapping[str, Sequence[str]]") -> str:
    """Return the function that needs a hint: the one that the last verdict named, else the first that is not there.

    One that is not written is not there, either. Where nothing is known to be wrong: the first of which hints are left.
    """
    from grader.model import Outcome

    record = place.state.of(exercise.id)
    found = place.scanned(place.course.unit(exercise.unit))
    passed = record.stands(found.digest(exercise))
    unwritten = [name for name in ladders if (span := found.span(name)) is None or span.unwritten]
    blamed = [name for name in ladders if found.defined(name) == record.blamed and record.outcome != Outcome.TODO]
    known = [] if passed else [*blamed, *unwritten]
    seen = _seen(place, exercise)
    left = [name for name, rungs in ladders.items() if seen.get(name, 0) < len(rungs)]
    return next(iter((*known, *left, *ladders)), "")


def _reference(place: "Place", exercise: "Exercise") -> "PercentFile | None":
    from grader.author import source

    path = place.course.unit(exercise.unit).solution
    return source.read(path) if path.exists() else None


def _rung(page: "Page", exercise: "Exercise", ladders: dict[str, tuple[str, ...]], name: str, number: int) -> None:
    rungs = ladders[name]
    if number > len(rungs):
        return
    page.gap()
    title = phrase("{exercise}  hint {number} of {total}", exercise=exercise.id, number=number, total=len(rungs))
    page.say(title + (phrase("  for {answer}", answer=name) if name != exercise.name else ""), 0)
    for line in rungs[number - 1].split("\n"):
        page.say(line)


def _what_is_left(page: "Page", place: "Place", exercise: "Exercise", name: str, rungs: int) -> None:
    """Say what there is after the last rung of a ladder."""
    seen = place.state.of(exercise.id)
    if not rungs:
        page.say(phrase("{exercise} has no hints.", exercise=exercise.id), 0)
    elif _seen(place, exercise).get(name, 0) >= rungs:
        page.gap()
        target = exercise.id if name == exercise.name else f"{exercise.id.partition('.')[0]}.{name}"
        says = later("{exercise}: you have seen all of its hints. Again:  grade hint {exercise} --all")
        page.say(phrase(says, exercise=target), 0)
    flag = "" if seen.passed else " --give-up"
    if _reference(place, exercise) is not None:
        command = f"grade solution {exercise.id}{flag}"
        page.say(phrase("After this there is only:  {command}", command=command))
    else:
        page.say(phrase("What is checked:  {command}", command=f"grade show {exercise.id}"))


def _seen(place: "Place", exercise: "Exercise") -> Mapping[str, int]:
    """Return how many hints of each function have been shown. Those of an older record were shown from the first on."""
    record = place.state.of(exercise.id)
    if record.rungs or not record.hints:
        return record.rungs
    left, seen = record.hints, {}
    for name, rungs in _ladders(place, exercise).items():
        seen[name] = min(left, len(rungs))
        left -= seen[name]
    return seen


def _remember(place: "Place", exercise: "Exercise", shown: Mapping[str, int]) -> None:
    """Keep what was shown, and what had been before hints were counted for each function."""
    seen = _seen(place, exercise)
    shown = {**seen, **{name: max(number, seen.get(name, 0)) for name, number in shown.items()}}
    if any(number > seen.get(name, 0) for name, number in shown.items()):
        place.state.hinted(exercise.id, shown)
        place.save()


def _answer(place: "Place", source: "PercentFile", exercise: "Exercise") -> str:
    """Return our lines for each answer, without the markers and the hints, as they would be pasted."""
    from grader.author.regions import BEGIN, CONTINUED, END, HINT
    from grader.report.style import visible
    from grader.submission.files import shown

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
