"""`grade report`: a learner's progress as one HTML file, made of what was recorded. It grades only if asked."""

from base64 import b64encode
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Entry, Place
    from grader.report.learner import Learner, Line, Part, Picture
    from grader.submission.verdicts import Kept

FILE = "chainrule-report.html"
KINDS = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
MOST = 8 << 20  # bytes of a picture
HEAD = 200  # bytes in which a page of ours says that it is one


@click.command()
@click.option(
    "--out", metavar="FILE", default=FILE, show_default=True, help="Where to write it; - for standard output."
)
@click.option("--force", is_flag=True, help="Replace FILE even where it is no such report.")
@click.option("--name", metavar="TEXT", default="", help="Whose report it is.")
@click.option(
    "--picture", "pictures", metavar="FILE", multiple=True, help="Put a PNG, JPEG or SVG in it; may be given again."
)
@click.option("--grade", "anew", is_flag=True, help="Grade every exercise first, and record it.")
@look()
def report(*, out: str, force: bool, name: str, pictures: tuple[str, ...], anew: bool) -> int:
    """Write your progress as a page for a browser.

    It is made of the verdicts that were recorded. Where you, or the checks, changed since, the page says so.
    """
    from grader.cli.place import Place
    from grader.report import learner
    from grader.submission.files import shown

    target = None if out == "-" else Path(out)
    images = tuple(_picture(Path(path)) for path in pictures)
    if target is not None:
        _may_replace(target, force=force)
    with Place.here(terminal()) as place:
        if anew:
            _grade(place)
        page = learner.render(_learner(place, name, images))
        if target is None:
            # Whatever the encoding of the output is, an ASCII page is right in it.
            place.terminal.say(page.encode("ascii", "xmlcharrefreplace").decode("ascii"))
            return 0
        _write(target, page)
        place.terminal.say(phrase("Wrote {file}.", file=shown(target.absolute())))
    return 0


def _grade(place: "Place") -> None:
    from grader.cli import grading
    from grader.cli.wish import Wish

    wish = Wish(everything=True)
    grading.remember(place, wish, grading.graded(place, wish, place.course.exercises))


def _learner(place: "Place", name: str, pictures: "tuple[Picture, ...]") -> "Learner":
    from grader.report.learner import Learner

    current = place.current()
    parts = tuple(_part(place, unit.name) for unit in place.course.units)
    now = current.id if current else ""
    return Learner(course=place.course.title, name=name, now=now, parts=parts, pictures=pictures)


def _part(place: "Place", name: str) -> "Part":
    from grader.report.learner import Part

    unit = place.course.unit(name)
    return Part(
        key=unit.key,
        title=unit.title,
        lecture=unit.lecture,
        file=place.scanned(unit).file,
        lines=tuple(_line(place, entry) for entry in place.entries(unit.exercises)),
        problem=place.broken(unit) if any(place.state.of(one.id).outcome for one in unit.exercises) else None,
    )


def _line(place: "Place", entry: "Entry") -> "Line":
    from grader.cli.standing import WORDS
    from grader.report.learner import Line
    from grader.submission import verdicts

    exercise, record = entry.exercise, entry.record
    kept = verdicts.load(place.course.state_folder, exercise) if record.outcome else None
    if kept is not None and kept.result.digest != record.digest:
        kept = None  # of another copy of the course: not what the record speaks of
    return Line(
        id=exercise.id,
        text=exercise.text.partition("\n")[0],
        kind=entry.standing.lower(),
        word=phrase(WORDS[entry.standing]),
        where=entry.place,
        points=exercise.points,
        tries=record.tries,
        hints=record.hints,
        result=kept.result if kept else None,
        graded=_day(kept.at) if kept else "",
        passed=_day(kept.passed) if kept and kept.passed else "",
        since=_since(entry, kept),
    )


def _since(entry: "Entry", kept: "Kept | None") -> tuple[str, ...]:
    """Return what is no longer as it was when the verdict was made."""
    from grader.submission import verdicts

    command = f"grade {entry.exercise.id}"
    if kept is None:
        says = phrase("Its verdict was not kept. To see it:  {command}", command=command)
        return (says,) if entry.record.outcome else ()
    said = []
    if entry.edited:
        said.append(phrase("Your code was changed since this verdict. Grade it again:  {command}", command=command))
    if kept.checks != verdicts.digest(entry.exercise):
        said.append(phrase("The checks were changed since this verdict. Grade it again:  {command}", command=command))
    return tuple(said)


def _day(time: datetime) -> str:
    """Return the day of a time, as calendars here have it."""
    return time.astimezone().date().isoformat()


def _picture(path: Path) -> "Picture":
    """Read a picture. Raises UsageError."""
    from grader.errors import UsageError
    from grader.report.learner import Picture

    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(phrase("{file} is no picture that a page can show: PNG, JPEG or SVG.", file=path))
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        says = phrase("{file} cannot be read: {reason}.", file=path, reason=heard(error.strerror or str(error)))
        raise UsageError(says) from error
    if len(data) > MOST:
        raise UsageError(phrase("{file} is larger than {limit} MB.", file=path, limit=MOST >> 20))
    return Picture(name=path.stem.replace("_", " "), source=f"data:{kind};base64,{b64encode(data).decode('ascii')}")


def _may_replace(target: Path, *, force: bool) -> None:
    """Raise UsageError where something else than a report would be lost."""
    from grader.errors import UsageError
    from grader.report.learner import MARK

    if target.is_dir():
        raise UsageError(
            phrase("{file} is a folder. Say which file: --out {example}", file=target, example=target / FILE)
        )
    if force or not target.exists():
        return
    try:
        with target.open("rb") as file:
            is_ours = MARK.encode() in file.read(HEAD)
    except OSError:
        is_ours = False
    if not is_ours:
        says = later("{file} is there and is no report of grade. Another name: --out FILE; to replace it: --force")
        raise UsageError(phrase(says, file=target))


def _write(target: Path, page: str) -> None:
    from grader.errors import UsageError
    from grader.submission.whole import write_whole

    try:
        write_whole(target, page.encode("utf-8"))
    except OSError as error:
        reason = heard(error.strerror or str(error))
        raise UsageError(phrase("{file} cannot be written: {reason}.", file=target, reason=reason)) from error
