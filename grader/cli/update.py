"""`grade update`: bring a new version of the course around what was written, and undo that."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

if TYPE_CHECKING:
    from pathlib import Path

    from grader.cli.place import Place
    from grader.cli.renewal import Renewed
    from grader.cli.transaction import Write
    from grader.course.course import Course

FOLDER = "FOLDER|ARCHIVE"
MOST = 6  # names of one kind that are told


@click.command()
@click.argument("version", metavar=f"[{FOLDER}]", required=False)
@click.option("--dry-run", "dry", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--base", metavar=FOLDER, help="The version that your files were made from, where that is not known.")
@click.option("--pull", "pulls", is_flag=True, help="Let git pull the new version first; your files stay out of it.")
@click.option("--undo", is_flag=True, help="Put back what the last update changed; once more does it again.")
@look()
def update(version: str | None, base: str | None, *, dry: bool, pulls: bool, undo: bool) -> int:
    """Bring a new version of the course; what you wrote stays.

    FOLDER|ARCHIVE is the new version, such as ../chainrule-new or a zip file of it. Without it: the course as it lies
    here, after git pull, say. Stubs and texts are renewed around your answers. A line "# NEW" has what the new version
    says where you changed the same line.
    """
    from grader.cli.newer import brought
    from grader.cli.newer import version as opened
    from grader.cli.place import Place
    from grader.cli.pull import go_on, pull
    from grader.cli.renewal import renewed
    from grader.cli.transaction import newest
    from grader.errors import UsageError

    if undo + pulls + bool(version or base or dry) > 1:
        raise UsageError(phrase("{option} stands alone.", option="--undo" if undo else "--pull"))
    with Place.here(terminal()) as place, ExitStack() as stack:
        if undo:
            put_back(place, newest(_backups(place)))
            return 0
        if pulls:
            pull(place, _backups(place))
            return go_on()
        course = stack.enter_context(opened(version, place.course)) if version else place.course
        old = stack.enter_context(opened(base, place.course)) if base else None
        found = list(renewed(place, course, old, in_place=version is None))
        again = carried(place, found, known=version is None)
        writes = [*(brought(place.course, course) if version else ()), *written(place, found)]
        _tell(place, course, found, writes, again)
        if dry:
            place.terminal.say(phrase("Nothing was changed."))
        elif again or any(not _is_kept(place, write) for write in writes):
            carry_out(place, writes)
        else:
            _remember(writes)
            place.terminal.say(phrase("Everything is up to date; nothing to do."))
    return 0


def _remember(writes: "Sequence[Write]") -> None:
    """Keep what files were made from, where nothing else changes; where that is not possible, the next time will do."""
    from contextlib import suppress

    from grader.submission.whole import write_whole

    with suppress(OSError):
        for write in writes:
            write.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(write.path, write.new or b"")


def put_back(place: "Place", backup: "Path") -> None:
    """Put back what an update changed, and the record where nothing was graded since. backup: where it was saved."""
    from grader.cli import transaction
    from grader.report.page import Page
    from grader.submission.files import shown
    from grader.submission.progress import State

    state = place.state
    writes = [write for write in transaction.undoing(place.course.root, backup) if write.path != state.path]
    old, before = State.load(backup / transaction.FILES / state.folder.name), state.written
    if old.records:
        state.back(old)
    if state.written != before and state.keeps:
        writes.append(transaction.Write(state.path, transaction.on_disk(state.path), state.written))
    if not writes:
        place.terminal.say(phrase("Everything is as it was before the update; nothing to do."))
        return
    files = phrase(", ").join(
        shown(write.path) for write in writes if place.course.learner_folder in write.path.parents
    )
    number = _of_course(place, writes)
    carry_out(place, writes)
    page = Page(place.terminal.style)
    page.labelled(phrase("Put back"), *filter(None, (files, number)))
    place.terminal.say(page.text())


def carry_out(place: "Place", writes: "Sequence[Write]") -> None:
    """Write all of it, and say where what was there is saved. Raises UsageError, with nothing changed."""
    from grader.cli import transaction
    from grader.report.page import Page
    from grader.submission.files import shown

    name = transaction.carry_out(place.course.root, _backups(place), writes)
    place.forget()
    page = Page(place.terminal.style)
    page.labelled(phrase("Saved"), phrase("{folder} holds all of it as it was.", folder=shown(_backups(place) / name)))
    page.labelled(phrase("Undo"), "grade update --undo")
    place.terminal.say(page.text())


def _backups(place: "Place") -> "Path":
    return place.course.state_folder / "backup"


def carried(place: "Place", found: "Sequence[Renewed]", *, known: bool) -> list[str]:
    """Move what has passed along in the record. Returns what has to be graded again, since its checks changed.

    known: whether what was asked before is what was kept; else it is what the course here asks.
    """
    from grader.cli import origins

    before = origins.was_asked(place.course)
    if not known:
        before |= {one.id: origins.asked(unit, one) for unit in place.course.units for one in unit.exercises}
    there = {exercise.id: exercise for exercise in place.course.exercises}
    again = []
    for one in found:
        for exercise in one.unit.exercises:
            if exercise.id not in there or not place.is_done(there[exercise.id]):
                continue
            asks = origins.asked(one.unit, exercise)
            if before.get(exercise.id, asks) != asks:
                again.append(exercise.id)
                place.state.moved(exercise.id, "")
            elif one.scanned is not None:
                place.state.moved(exercise.id, one.scanned.digest(exercise))
    return again


def written(place: "Place", found: "Sequence[Renewed]") -> "list[Write]":
    """Return what is written beside the course's own files: the kept stubs, the learner's files, the record."""
    from grader.cli import origins
    from grader.cli.transaction import Write, on_disk

    done = [one for one in found if not one.left]
    asks = {exercise.id: origins.asked(one.unit, exercise) for one in found for exercise in one.unit.exercises}
    new = {origins.kept(place.course, one.unit): one.base for one in done}
    new[origins.folder(place.course) / origins.ASKED] = origins.written(asks)
    writes = [one.write for one in done if one.write is not None]
    if place.state.keeps and place.state.records:
        new[place.state.path] = place.state.written
    kept = [Write(path, on_disk(path), data) for path, data in new.items()]
    return [write for write in [*writes, *kept] if write.old != write.new]


def _tell(
    place: "Place", course: "Course", found: "Sequence[Renewed]", writes: "Sequence[Write]", again: list[str]
) -> None:
    from grader.report.page import Page

    page = Page(place.terminal.style)
    for one in found:
        said = _said(one)
        if said:
            page.labelled(one.unit.key, *said)
    gone = [unit for unit in place.course.units if unit.name not in course.names and place.work.holds(unit)]
    for unit in gone:
        page.labelled(unit.key, phrase("No unit of the new version. Your file stays where it is."))
    number = _of_course(place, writes)
    if number:
        page.labelled(phrase("Course"), number)
    if again:
        says = later("{names}. What is checked has changed.")
        page.labelled(phrase("Grade again"), phrase(says, names=_first(again)))
    if page.text().strip():
        place.terminal.say(page.text())


def _of_course(place: "Place", writes: "Sequence[Write]") -> str:
    """Return how many of the files are the course's own; nothing where none is."""
    number = len([write for write in writes if not _is_learners(place, write)])
    says = later("{number} file of the course") if number == 1 else later("{number} files of the course")
    return phrase(says, number=number) if number else ""


def _is_kept(place: "Place", write: "Write") -> bool:
    return place.course.state_folder in write.path.parents


def _is_learners(place: "Place", write: "Write") -> bool:
    return _is_kept(place, write) or place.course.learner_folder in write.path.parents


def _first(names: "Sequence[str]") -> str:
    """Return the first few names, and how many more there are."""
    more = [phrase("and {number} more", number=len(names) - MOST)] if len(names) > MOST else []
    return phrase(", ").join([*names[:MOST], *more])


def _said(one: "Renewed") -> list[str]:
    """Return the sentences on one unit's file; none where nothing changed in it."""
    if one.left:
        return [one.left]
    if one.write is None:
        return []
    if one.write.old is None:
        return [phrase("A new file: {file}", file=one.write.path.name)]
    news, comma = one.news, phrase(", ")
    parts = [phrase("texts")] if news.text else []
    for says, names in (
        (later("contracts: {names}"), news.contracts),
        (later("given code: {names}"), news.given),
        (later("new: {names}"), news.added),
        (later("no longer there: {names}"), news.removed),
    ):
        parts += [phrase(says, names=_first(names))] if names else []
    said = [phrase("{parts}.", parts=phrase("; ").join(parts))] if parts else []
    if one.fresh:
        said.append(phrase("Nothing of yours was in it: it is the new stub."))
    for old, new in news.renamed:
        says = later("{old} is called {new} now. Your answer stands under its old name, beside the new stub.")
        said.append(phrase(says, old=old, new=new))
    if one.kept:
        said.append(phrase("What you wrote stays: {names}.", names=comma.join(one.kept)))
    return [*said, *conflicts(one)]


def conflicts(one: "Renewed") -> list[str]:
    """Return the sentence on what both sides changed, if anything."""
    if not one.conflicts:
        return []
    places = phrase(", ").join(name or phrase("the text between") for name in one.conflicts)
    says = later(
        "You and the new version changed the same lines: {names}. Yours stay; the new ones stand above, as # NEW."
    )
    return [phrase(says, names=places)]
