"""`grade reset`: put the stub of an exercise back, and undo that. Nothing is replaced that was not saved before."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.cli.backup import Backup, Backups
    from grader.cli.changes import Edit
    from grader.cli.place import Place


@click.command()
@click.argument("exercises", metavar="EX...", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--list", "as_list", is_flag=True, help="List what was saved before a reset.")
@click.option("--restore", metavar="ID", help="Put back what a reset replaced.")
@look()
def reset(exercises: tuple[str, ...], restore: str | None, *, yes: bool, as_list: bool) -> int:
    """Put the stub of EX back; yours is saved first.

    EX is an exercise, one function of it, such as Value.exp, or a unit for its whole file.
    """
    from grader.cli import changes
    from grader.cli.backup import Backups
    from grader.cli.place import Place
    from grader.cli.update import put_back
    from grader.errors import UsageError

    if sum((bool(exercises), restore is not None, as_list)) != 1:
        raise UsageError(phrase("Say what to reset, or one of --list and --restore ID."))
    with Place.here(terminal()) as place:
        backups = Backups(place.course.state_folder / "backup")
        if as_list:
            place.terminal.say("\n".join(backup.line for backup in backups.all()) or phrase("Nothing was saved yet."))
        elif restore is not None:
            backup = backups.find(restore)
            if backup.what == "update":
                put_back(place, backup.file.parent)
            else:
                _apply(place, backups, changes.restored(place, backup), yes=yes)
        else:
            for word in exercises:
                _apply(place, backups, changes.stubbed(place, word), yes=yes)
    return 0


def _apply(place: "Place", backups: "Backups", changes: "Iterable[Edit]", *, yes: bool) -> None:
    for change in changes:
        if change.new == change.old:
            place.terminal.say(phrase("{what} is as it would be; nothing to do.", what=change.what))
        elif yes or _agreed(place, change):
            _tell(place, change, _write(backups, change))
            place.forget()
        else:
            place.terminal.say(phrase("Nothing was changed."))


def _agreed(place: "Place", change: "Edit") -> bool:
    """Ask. Raises UsageError where nobody can answer."""
    from grader.errors import UsageError

    if not place.terminal.asks:
        raise UsageError(phrase("{question} Nobody is here to answer: add --yes.", question=change.question))
    return click.confirm(change.question)


def _write(backups: "Backups", change: "Edit") -> "Backup | None":
    """Save what is there, then replace it. Raises UsageError, with nothing changed."""
    from grader.errors import UsageError
    from grader.submission.files import shown
    from grader.submission.whole import write_whole

    if (change.file.read_bytes() if change.file.is_file() else b"") != change.old:
        says = later("{file} was saved meanwhile. Nothing was changed; run it again.")
        raise UsageError(phrase(says, file=shown(change.file)))
    backup = backups.save(change.what, change.file, change.old) if change.old else None
    try:
        change.file.parent.mkdir(exist_ok=True)
        write_whole(change.file, change.new)
    except OSError as error:
        says = later("{file} cannot be written: {reason}. Nothing was changed.")
        reason = heard(error.strerror or "")
        raise UsageError(phrase(says, file=shown(change.file), reason=reason)) from error
    return backup


def _tell(place: "Place", change: "Edit", backup: "Backup | None") -> None:
    from grader.submission.files import shown

    if backup is None:
        place.terminal.say(phrase("Wrote {file}.", file=shown(change.file)))
        return
    place.terminal.say(phrase("Saved your version: {file}", file=shown(backup.file)))
    others = phrase(" Nothing else in the file was touched.") if "." in change.what else ""
    place.terminal.say(phrase("Replaced {what}.", what=change.what) + others)
    place.terminal.say(phrase("Undo:  {command}", command=f"grade reset --restore {backup.name}"))
