"""What was replaced: a folder each time, `.grade/backup/20260930-140355-u05.softmax/`, with the whole file in it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from grader.errors import UsageError
from grader.language import heard, later, phrase
from grader.submission.files import shown

STAMP = len("20260930-140355")
MOST = (1 << 10) - 1  # backups of one thing in one second


@dataclass(frozen=True)
class Backup:
    """One saved file. name: what `--restore` takes. what: an exercise's id, or a unit's key for the whole file.

    Where an update was saved, it is `update`, and the file is the list of all of them.
    """

    name: str
    what: str
    file: Path

    @property
    def line(self) -> str:
        """A row of a list."""
        return f"{self.name}   {shown(self.file)}"


def names(what: str) -> Iterator[str]:
    """Yield names for a backup of this second; the first one that is free is taken."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in count(1):
        yield f"{stamp}{f'.{number}' if number > 1 else ''}-{what}"


class Backups:
    """The backups of a course folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Backup]:
        """Return every backup, the oldest first."""
        folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        found = []
        for folder in folders:
            files = sorted((*folder.glob("*.py"), *folder.glob("manifest.json"))) if folder.is_dir() else []
            if files:
                found.append(Backup(folder.name, folder.name[STAMP:].partition("-")[2], files[0]))
        return found

    def find(self, name: str) -> Backup:
        """Return the backup whose name is, or begins with, this. Raises UsageError."""
        saved = self.all()
        found = [backup for backup in saved if backup.name == name] or [
            backup for backup in saved if backup.name.startswith(name)
        ]
        if len(found) == 1:
            return found[0]
        if found:
            says = later("{number} backups begin so: {names}. Which one?")
            raise UsageError(phrase(says, number=len(found), names=", ".join(backup.name for backup in found)))
        raise UsageError(phrase("No backup {name}. grade reset --list shows what there is.", name=name))

    def save(self, what: str, file: Path, data: bytes) -> Backup:
        """Save a file's bytes before they are replaced. Raises UsageError where that is not possible."""
        for name in islice(names(what), MOST):
            saved = self._folder / name / file.name
            try:
                saved.parent.mkdir(parents=True)
                saved.write_bytes(data)
            except FileExistsError:
                continue
            except OSError as error:
                says = later("{file} cannot be saved: {reason}. So nothing was changed.")
                raise UsageError(phrase(says, file=saved, reason=heard(error.strerror or ""))) from error
            return Backup(name, what, saved)
        says = later("{folder} has too many backups of this second. Nothing was changed.")
        raise UsageError(phrase(says, folder=self._folder))
