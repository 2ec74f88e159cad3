"""Files under edit: what they hold now, and since when. Contents are compared, never dates alone.

A file's time is only a reason to read it: two saves within the tick of a clock have the same one, on some mounts a tick
is two seconds, and no file system promises to tell of a change. Nothing here parses what it reads.
"""

import difflib
import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

YOUNG_SECONDS = 3.0  # for so long after a change a file is read at each look: its clock may be as coarse as 2 s
OLD_SECONDS = 2.0  # for so long a file is believed that looks the same
SETTLE_SECONDS = 0.15  # for so long a file may be empty or away while an editor saves it
MOST_BYTES = 32 << 20

Lines = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Save:
    """One file with new contents. data: None where it is not there, or cannot be read."""

    path: Path
    data: bytes | None

    @property
    def fingerprint(self) -> str:
        """The digest by which whoever grades knows these bytes again; empty where there are none."""
        return hashlib.sha256(self.data).hexdigest()[:16] if self.data is not None else ""


class WatchedFile:
    """One file. path: where it should be. now: a clock, in seconds."""

    def __init__(self, path: Path, now: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._now = now
        self._looks: tuple[int, ...] | None = self._look()
        self.data = self._read()
        self._read_at = self._changed_at = now()
        self._doubt: float | None = None

    def save(self) -> Save | None:
        """Return what it holds, if that is something else than at the last time; else None."""
        if not self._is_due():
            return None
        data, now = self._read(), self._now()
        self._read_at = now
        if data == self.data:
            self._doubt = None
            return None
        self._changed_at = now
        if not data and self._is_settling(now):
            return None
        self._doubt = None
        self.data = data
        return Save(self.path, data)

    def _is_due(self) -> bool:
        looks, now = self._look(), self._now()
        changed, self._looks = looks != self._looks, looks
        return (
            changed
            or self._doubt is not None
            or now - self._changed_at < YOUNG_SECONDS
            or now - self._read_at >= OLD_SECONDS
        )

    def _is_settling(self, now: float) -> bool:
        """Say whether an empty or missing file may still be on its way: many editors remove it, and write it anew."""
        self._doubt = now if self._doubt is None else self._doubt
        return now - self._doubt < SETTLE_SECONDS

    def _look(self) -> tuple[int, ...] | None:
        with suppress(OSError):
            found = self.path.stat()
            return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode
        return None

    def _read(self) -> bytes | None:
        try:
            with self.path.open("rb") as file:
                return file.read(MOST_BYTES)
        except OSError:
            return None


class WatchedFiles:
    """Some files, looked at one after the other."""

    def __init__(self, paths: Iterable[Path], now: Callable[[], float] = time.monotonic) -> None:
        self._files = {path: WatchedFile(path, now) for path in paths}

    def saves(self) -> list[Save]:
        """Return the files with new contents."""
        return [save for file in self._files.values() if (save := file.save()) is not None]

    def contents(self) -> dict[Path, bytes | None]:
        """Return what each held when it was last looked at."""
        return {path: file.data for path, file in self._files.items()}


def edited(before: bytes | None, after: bytes | None) -> Lines:
    """Return the lines of the new contents where the old ones were changed, as (first, last), counted from 1.

    Where lines were taken out, the two lines between which they stood.
    """
    old, new = (before or b"").splitlines(), (after or b"").splitlines()
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    matcher = difflib.SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    ranges = []
    for kind, _, _, first, last in matcher.get_opcodes():
        if kind == "delete":
            ranges.append((max(1, start + first), min(len(new), start + first + 1)))
        elif kind != "equal":
            ranges.append((start + first + 1, start + last))
    return tuple((first, last) for first, last in ranges if first <= last)


def _same(old: list[bytes], new: list[bytes]) -> int:
    """Return how many lines both begin with."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
