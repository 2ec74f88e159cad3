"""What a reset would change: the bytes of one file as they are and as they would be, and what to ask before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.author.source import PercentFile, parse
from grader.author.stubs import answer_stub, made
from grader.cli import patch
from grader.cli.backup import Backup
from grader.cli.place import Place
from grader.cli.spots import spot
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import UsageError
from grader.language import later, phrase
from grader.report.words import count
from grader.submission.files import shown
from grader.submission.scanned import Scanned, Span


@dataclass(frozen=True)
class Edit:
    """what: an exercise's id, or a unit's key where it is the whole file."""

    file: Path
    what: str
    old: bytes
    new: bytes
    question: str


def stubbed(place: Place, word: str) -> Iterator[Edit]:
    """Yield what putting stubs back changes, one after the other, each on the file as it is then. Raises UsageError."""
    unit = next((unit for unit in place.course.units if word in (unit.name, unit.key)), None)
    if unit is not None:
        yield _whole(unit, unit.key, _stub(place, unit).encode(), phrase("the stub"))
        return
    answer = place.targets.answer(word)
    if answer is not None:
        yield _stubbed(place, answer[0], answer[1:])
        return
    for exercise in place.targets.find([word]):
        yield _stubbed(place, exercise, exercise.answers)


def without_answers(place: Place, exercise: Exercise) -> bytes:
    """Return the learner's file with the stub in place of an exercise's answers. Raises UsageError."""
    return _stubbed(place, exercise, exercise.answers).new


def restored(place: Place, backup: Backup) -> Iterator[Edit]:
    """Yield what putting a saved file, or the answer in it, back changes. Raises UsageError."""
    unit = next((unit for unit in place.course.units if backup.file.stem == unit.name), None)
    if unit is None:
        raise UsageError(phrase("{file} belongs to no unit of this course.", file=backup.file))
    saved = backup.file.read_bytes()
    if backup.what == unit.key:
        yield _whole(unit, unit.key, saved, phrase("the file saved as {name}", name=backup.name))
        return
    exercise = place.targets.one(backup.what)
    then = place.scanned_in(unit, backup.file.parent)
    there = then.spans or then.outline
    now, old = _spans(place, unit, exercise)
    if not all(answer in there for answer in exercise.answers):
        yield _whole(unit, exercise.id, saved, phrase("the file saved as {name}", name=backup.name))
        return
    pieces = {span: patch.cut(saved, there[answer]) for answer, span in now.items()}
    yield _change(unit, exercise, old, pieces, phrase("those saved as {name}", name=backup.name))


def _stubbed(place: Place, exercise: Exercise, answers: Sequence[str]) -> Edit:
    """Return the stub in place of each of the answers; of one that is missing, put in where it was. Raises UsageError.

    answers: of the exercise, those that are meant.
    """
    unit = place.course.unit(exercise.unit)
    text = _stub(place, unit)
    ours = parse(text, unit.solution)
    now, old = _spans(place, unit, exercise)
    stubs = {name: answer_stub(text, unit.solution, name) for name in answers if name in ours.definitions}
    pieces = {now[name]: patch.fitted(piece, patch.cut(old, now[name])) for name, piece in stubs.items() if name in now}
    added = []
    for name, piece in stubs.items():  # an alias is in none: it is given
        if name not in now:
            row, like, below = _spot(place.scanned(unit), ours, name, unit)
            added.append((row, patch.beside(old, row, piece, like=like, below=below)))
    change = _change(unit, exercise, old, pieces, phrase("the stub"))
    if not added:
        return change
    says = later("Put the stub of {names} back into {file}?")
    question = phrase(says, names=", ".join(name for name in stubs if name not in now), file=shown(unit.stub))
    question = f"{change.question}\n{question}" if pieces else question
    return replace(change, new=patch.replaced(old, pieces, added), question=question)


def _spot(found: Scanned, ours: PercentFile, name: str, unit: Unit) -> tuple[int, int, bool]:
    where = spot(ours, name, found.spans or found.outline, found.text.lines)
    if where is None:
        says = phrase("{file} has no {names} to replace.", file=found.file, names=name)
        raise UsageError(f"{says}\n{_whole_file(unit)}")
    return where


def _stub(place: Place, unit: Unit) -> str:
    if not unit.solution.exists():
        says = later(
            "The stubs of this course are not here. Take {name} again from where you got the course; "
            "with git: {command}"
        )
        raise UsageError(phrase(says, name=unit.stub.name, command=f"git checkout -- {shown(unit.stub)}"))
    return made(unit, place.language).decode()


def _spans(place: Place, unit: Unit, exercise: Exercise) -> tuple[dict[str, Span], bytes]:
    """Return where the answers stand now, those that are there, and the file's bytes.

    Of a file that is no Python, where they seem to stand. Raises UsageError where nothing can be told.
    """
    found = place.scanned(unit)
    if found.source is not None and found.source.is_notebook:
        raise UsageError(phrase("{file} is a notebook; change it by hand.", file=found.file))
    there = found.spans or found.outline
    if found.source is None or not there:
        says = phrase("{exercise} cannot be found: {problem}", exercise=exercise.id, problem=_problem(found))
        raise UsageError(f"{says}\n{_whole_file(unit)}")
    return {answer: there[answer] for answer in exercise.answers if answer in there}, found.source.data


def _whole_file(unit: Unit) -> str:
    return phrase("The whole file, after saving it: {command}", command=f"grade reset {unit.key}")


def _problem(found: Scanned) -> str:
    where = found.problem.where if found.problem else None
    at = where.place if where else found.file
    return phrase("{place} keeps the file from being read.", place=at)


def _change(unit: Unit, exercise: Exercise, old: bytes, pieces: Mapping[Span, list[bytes]], by: str) -> Edit:
    lines = count(sum(span.last - span.first + 1 for span in pieces), "line")
    places = ", ".join(f"{span.first}-{span.last}" for span in sorted(pieces, key=lambda span: span.first))
    says = later("Replace your {lines} in {places} with {what}?")
    question = phrase(says, lines=lines, places=f"{shown(unit.stub)}:{places}", what=by)
    return Edit(unit.stub, exercise.id, old, patch.replaced(old, pieces), question)


def _whole(unit: Unit, what: str, new: bytes, by: str) -> Edit:
    notebook = unit.stub.with_suffix(".ipynb")
    if not unit.stub.exists() and notebook.exists():  # two files of one unit would not be graded
        says = later("{file} holds your answers. Move it away first.")
        raise UsageError(phrase(says, file=shown(notebook)))
    old = unit.stub.read_bytes() if unit.stub.is_file() else b""
    question = phrase("Replace all of {file} with {what}?", file=shown(unit.stub), what=by)
    return Edit(unit.stub, what, old, new, question)
