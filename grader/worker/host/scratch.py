"""Scratch folders of workers: one a worker, all of one launcher below one that is gone when the launcher is.

A host that was killed cannot tidy up. The next one does, and knows by a lock whether the owner of a folder lives.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from pathlib import Path

PREFIX = "grade-"
LOCK = "lock"


class Scratch:
    """The folder of one launcher. path: where it is."""

    def __init__(self, lent: Path | None = None) -> None:
        """lent: the folder of a process that this one is a fork of, which keeps it but for what is made here."""
        self._made: set[int] = set()
        self._lock = -1
        if lent is not None:
            self.path = lent
            return
        _sweep(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        new = self.path / "new"
        self._lock = os.open(new, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        new.rename(self.path / LOCK)  # by this name it is never seen unlocked while we live

    def make(self, number: int) -> Path:
        """Return a new folder for a worker."""
        folder = self.path / str(number)
        folder.mkdir(mode=0o700)
        self._made.add(number)
        return folder

    def empty(self, number: int) -> None:
        """Remove a worker's folder."""
        _remove(self.path / str(number))
        self._made.discard(number)

    def tidy(self, numbers: range) -> None:
        """Remove what a fork of this process may have left."""
        for folder in self.path.iterdir():
            if folder.name.isdecimal() and int(folder.name) in numbers:
                _remove(folder)

    def close(self) -> None:
        """Remove everything."""
        for number in tuple(self._made):
            self.empty(number)
        if self._lock < 0:
            return
        _remove(self.path)
        with contextlib.suppress(OSError):
            os.close(self._lock)


def _sweep(parent: Path) -> None:
    """Remove the folders of our own user whose owner was killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid != os.geteuid():
                continue
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(folder)
            finally:
                os.close(lock)


def _unlock(folder: Path) -> None:
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(folder.lstat().st_mode):
            folder.chmod(0o700)


def _remove(folder: Path) -> None:
    """Remove a folder, also where a learner's code took away the right to look into its parts."""
    _unlock(folder)
    for path, names, _ in os.walk(folder):
        for name in names:
            _unlock(Path(path, name))
    shutil.rmtree(folder, ignore_errors=True)
