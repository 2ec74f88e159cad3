"""What a reset would change: the bytes of one file as they are and as they would be, and what to ask before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.author.source import parse, read_text
from grader.author.stubs import answer_stub, stub
from grader.cli import patch
from grader.cli.backup import Backup
from grader.cli.place import Place
from grader.course import Exercise, Unit
from grader.errors import UsageError
from grader.language import later, phrase
from grader.report.words import count
from grader.submission import shown
from grader.survey import Span, Survey


@dataclass(frozen=True)
class Change:
    """what: an exercise's id, or a unit's key where it is the whole file."""

    file: Path
    what: str
    old: bytes
    new: bytes
    question: str


def stubbed(place: Place, word: str) -> Iterator[Change]:
    """Yield what putting stubs back changes, one after the other, each on the file as it is then. Raises UsageError."""
    unit = next((unit for unit in place.course.units if word in (unit.name, unit.key)), None)
    if unit is not None:
        yield _whole(unit, unit.key, _stub(unit).encode(), phrase("the stub"))
        return
    for exercise in place.targets.find([word]):
        yield _stubbed(place, exercise)


def restored(place: Place, backup: Backup) -> Iterator[Change]:
    """Yield what putting a saved file, or the answer in it, back changes. Raises UsageError."""
    unit = next((unit for unit in place.course.units if backup.file.stem == unit.name), None)
    if unit is None:
        raise UsageError(phrase("{file} belongs to no unit of this course.", file=backup.file))
    saved = backup.file.read_bytes()
    if backup.what == unit.key:
        yield _whole(unit, unit.key, saved, phrase("the file saved as {name}", name=backup.name))
        return
    exercise = place.targets.one(backup.what)
    then = place.survey_of(unit, backup.file.parent)
    now, old = _spans(place, unit, exercise)
    pieces = {span: patch.cut(saved, then.spans[answer]) for answer, span in now.items() if answer in then.spans}
    if not pieces:
        says = later("{file} cannot be read as Python; take what you need from it by hand.")
        raise UsageError(phrase(says, file=shown(backup.file)))
    yield _change(unit, exercise, old, pieces, phrase("those saved as {name}", name=backup.name))


def _stubbed(place: Place, exercise: Exercise) -> Change:
    unit = place.course.unit(exercise.unit)
    text = _stub(unit)
    written = parse(text, unit.solution).definitions
    now, old = _spans(place, unit, exercise)
    pieces = {
        span: patch.fitted(answer_stub(text, unit.solution, answer), patch.cut(old, span))
        for answer, span in now.items()
        if answer in written  # not so for an alias, which the stub gives
    }
    return _change(unit, exercise, old, pieces, phrase("the stub"))


def _stub(unit: Unit) -> str:
    if not unit.solution.exists():
        says = later(
            "The stubs of this course are not here. Take {name} again from where you got the course; "
            "with git: {command}"
        )
        raise UsageError(phrase(says, name=unit.stub.name, command=f"git checkout -- {shown(unit.stub)}"))
    return stub(read_text(unit.solution), unit.solution)


def _spans(place: Place, unit: Unit, exercise: Exercise) -> tuple[dict[str, Span], bytes]:
    """Return where the answers stand now, and the file's bytes. Raises UsageError where they cannot be found."""
    found = place.survey(unit)
    whole = phrase("The whole file, after saving it: {command}", command=f"grade reset {unit.key}")
    if found.source is not None and found.source.is_notebook:
        raise UsageError(phrase("{file} is a notebook; change it by hand.", file=found.file))
    if found.source is None or found.problem is not None:
        says = phrase("{exercise} cannot be found: {problem}", exercise=exercise.id, problem=_problem(found))
        raise UsageError(f"{says}\n{whole}")
    missing = [answer for answer in exercise.answers if answer not in found.spans]
    if missing:
        says = phrase("{file} has no {names} to replace.", file=found.file, names=", ".join(missing))
        raise UsageError(f"{says}\n{whole}")
    return {answer: found.spans[answer] for answer in exercise.answers}, found.source.data


def _problem(found: Survey) -> str:
    where = found.problem.where if found.problem else None
    at = where.place if where else found.file
    return phrase("{place} keeps the file from being read.", place=at)


def _change(unit: Unit, exercise: Exercise, old: bytes, pieces: Mapping[Span, list[bytes]], by: str) -> Change:
    lines = count(sum(span.last - span.first + 1 for span in pieces), "line")
    places = ", ".join(f"{span.first}-{span.last}" for span in sorted(pieces, key=lambda span: span.first))
    says = later("Replace your {lines} in {places} with {what}?")
    question = phrase(says, lines=lines, places=f"{shown(unit.stub)}:{places}", what=by)
    return Change(unit.stub, exercise.id, old, patch.replaced(old, pieces), question)


def _whole(unit: Unit, what: str, new: bytes, by: str) -> Change:
    old = unit.stub.read_bytes() if unit.stub.is_file() else b""
    question = phrase("Replace all of {file} with {what}?", file=shown(unit.stub), what=by)
    return Change(unit.stub, what, old, new, question)
