"""Write several files of a course folder together: what was there is saved first, and all of it can be undone.

A backup of this kind is a folder `.grade/backup/20261128-140355-update/`: `manifest.json` says which files, `files/`
holds them as they were. Undoing one writes another one, so it can be undone, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.cli.backup import names
from grader.errors import UsageError
from grader.language import heard, later, phrase
from grader.submission.files import shown
from grader.submission.whole import write_whole

KIND = "update"
MANIFEST = "manifest.json"
FILES = "files"


@dataclass(frozen=True)
class Write:
    """One file. old, new: its bytes before and after; None where there is no such file."""

    path: Path
    old: bytes | None
    new: bytes | None


class _Entry(msgspec.Struct, frozen=True):
    path: str
    was_there: bool


def on_disk(path: Path) -> bytes | None:
    """Return a file's bytes, None where there is none. Raises UsageError where it cannot be read."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        says = later("{file} cannot be read: {reason}.")
        raise UsageError(phrase(says, file=shown(path), reason=heard(error.strerror or ""))) from error


def carry_out(root: Path, folder: Path, writes: Sequence[Write]) -> str:
    """Save what is there, then write. Returns the backup's name. Raises UsageError, with nothing changed.

    root: of the course. folder: of the backups. Killed in the middle, each file is old or new; old ones are saved.
    """
    for write in writes:
        if on_disk(write.path) != write.old:
            says = later("{file} was saved meanwhile. Nothing was changed; run it again.")
            raise UsageError(phrase(says, file=shown(write.path)))
    name = save(root, folder, writes)
    done: list[Write] = []
    for write in writes:
        try:
            _put(write.path, write.new)
        except OSError as error:
            says = later("{file} cannot be written: {reason}. Nothing was changed.")
            try:
                for one in reversed(done):
                    _put(one.path, one.old)
            except OSError:
                says = later("{file} cannot be written: {reason}. Other files are new already: grade update --undo")
            raise UsageError(phrase(says, file=shown(write.path), reason=heard(error.strerror or ""))) from error
        done.append(write)
    return name


def newest(folder: Path) -> Path:
    """Return the folder of the newest backup of this kind. Raises UsageError where there is none."""
    found = sorted(path.parent for path in folder.glob(f"*-{KIND}/{MANIFEST}"))
    if not found:
        raise UsageError(phrase("There is no update to undo."))
    return found[-1]


def undoing(root: Path, backup: Path) -> list[Write]:
    """Return what puts everything back that a backup holds. Raises UsageError for one that cannot be read."""
    try:
        entries = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=list[_Entry])
        saved = [
            (root / one.path, (backup / FILES / one.path).read_bytes() if one.was_there else None) for one in entries
        ]
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(phrase("{file} cannot be read: {reason}.", file=shown(backup), reason=error)) from error
    writes = [Write(path, on_disk(path), old) for path, old in saved]
    return [write for write in writes if write.old != write.new]


def save(root: Path, folder: Path, writes: Sequence[Write]) -> str:
    """Save what these writes replace, and return the backup's name. Raises UsageError."""
    name = next(one for one in names(KIND) if not (folder / one).exists())
    backup = folder / name
    entries = [_Entry(write.path.relative_to(root).as_posix(), write.old is not None) for write in writes]
    try:
        (backup / FILES).mkdir(parents=True)
        for write, entry in zip(writes, entries, strict=True):
            if write.old is not None:
                (backup / FILES / entry.path).parent.mkdir(parents=True, exist_ok=True)
                (backup / FILES / entry.path).write_bytes(write.old)
        write_whole(backup / MANIFEST, msgspec.json.format(msgspec.json.encode(entries), indent=1) + b"\n")
    except OSError as error:
        says = later("{file} cannot be saved: {reason}. So nothing was changed.")
        raise UsageError(phrase(says, file=shown(backup), reason=heard(error.strerror or ""))) from error
    return name


def _put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
