"""What a batch has written: a report a learner, and a journal that says what each was made of.

A report is there whole or not at all. The journal gets its line after the report; who is killed between the two grades
one submission again and finds the same. One batch at a time writes to a folder.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import Self

import msgspec

from grader.errors import UsageError
from grader.language import heard, later, phrase
from grader.submission.whole import write_whole

if sys.platform != "win32":
    import fcntl

JOURNAL, REPORTS = "journal.jsonl", "reports"


class Line(msgspec.Struct, frozen=True):
    """One line of the journal. file: the report's name. key: of all that it depends on. digest: of its bytes."""

    file: str
    key: str
    digest: str


class Ledger:
    """A folder that a batch writes to. Use it as a context manager: it is locked for others as long."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError where it cannot be written, or another batch does."""
        self.folder = folder
        self.reports = folder / REPORTS
        self.damaged = 0  # lines of the journal that say nothing: what was written when a disk was full
        try:
            for path in (folder, self.reports):
                path.mkdir(exist_ok=True)
            self._journal = os.open(folder / JOURNAL, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise unwritten(folder, error) from error
        try:
            if sys.platform != "win32":
                fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._journal)
            raise UsageError(phrase("Another grade batch writes to {folder}. Wait for it.", folder=folder)) from error
        self._known = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._journal)

    def key(self, file: str) -> str:
        """Return what the report of that name was made of; empty where there is none, or not that one any more."""
        line = self._known.get(file)
        try:
            whole = line is not None and _digest((self.reports / file).read_bytes()) == line.digest
        except OSError:
            return ""
        return line.key if line is not None and whole else ""

    def write(self, file: str, key: str, report: str) -> None:
        """Write a report and note what it was made of. Raises UsageError where there is no room, or no right."""
        data = report.encode("utf-8", "backslashreplace")
        line = Line(file, key, _digest(data))
        try:
            write_whole(self.reports / file, data)
            self._add(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise unwritten(self.folder, error) from error
        self._known[file] = line

    def left(self, files: set[str]) -> list[str]:
        """Return the reports that are there and belong to nobody of these."""
        return sorted(path.name for path in self.reports.glob("*.json") if path.name not in files)

    def _add(self, line: bytes) -> None:
        if os.write(self._journal, line) < len(line):
            raise OSError(28, "No space left on device")

    def _read(self) -> dict[str, Line]:
        data = (self.folder / JOURNAL).read_bytes()
        known: dict[str, Line] = {}
        for text in data.splitlines():
            try:
                line = msgspec.json.decode(text, type=Line)
                known[line.file] = line
            except msgspec.MsgspecError:
                self.damaged += 1
        if data and not data.endswith(b"\n"):  # the next line stands alone again
            self._add(b"\n")
        return known


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def unwritten(path: Path, error: OSError) -> UsageError:
    """Return what to say where something cannot be written: what there is stays, and the same command goes on."""
    says = later(
        "{folder} cannot be written: {reason}.\nWhat was written before is whole. Start the same command again, and it "
        "goes on from there."
    )
    return UsageError(phrase(says, folder=path, reason=heard(error.strerror or "")))
