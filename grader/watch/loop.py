"""The loop: a save or a key starts a `grade` of its own, and another save of the same file ends one that still runs.

Each verdict comes from a process, as if the learner had typed the command: nothing is left over from one to the next,
and a changed course is taken up at once. A resident session makes it quick; where there is none, it works as well.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.resident import hosts
from grader.watch.files import Lines, Save, WatchedFiles, edited

PATIENCE = 2.0  # seconds that one which is not wanted any more has for its end


class Keyboard(Protocol):
    """Where keys come from."""

    def key(self, seconds: float) -> str:
        """Wait so long at most; return the key that was pressed, or nothing."""


@dataclass(frozen=True)
class Orders:
    """What to have done. Each is the words of a `grade`.

    saved: for a save, and the lines that were changed since the last verdict; None where nothing is to be done.
    keys: by key. quit: keys that end it.
    """

    saved: Callable[[Save, Lines], Sequence[str] | None]
    keys: dict[str, Sequence[str]]
    quit: str = "q"


@dataclass
class Loop:
    """Watches until somebody quits.

    begin, end: told before a save's verdict, and after it. every: seconds between two looks. again: the exit code of a
    `grade` that met other bytes than were saved; those are graded as soon as they are seen.
    """

    files: WatchedFiles
    keyboard: Keyboard
    orders: Orders
    begin: Callable[[Save], None]
    end: Callable[[], None]
    every: float
    again: int
    _graded: dict[Path, bytes | None] = field(default_factory=dict)
    _waiting: dict[Path, Save] = field(default_factory=dict)
    _typed: list[Sequence[str]] = field(default_factory=list)
    _running: "tuple[subprocess.Popen[bytes], Save | None] | None" = None

    def run(self) -> None:
        """Watch. Raises KeyboardInterrupt."""
        self._graded = self.files.contents()
        try:
            while True:
                self._look()
                self._go_on()
                key = self.keyboard.key(self.every)
                if key and key in self.orders.quit:
                    return
                if key in self.orders.keys:
                    self._typed.append(self.orders.keys[key])
        finally:
            self._stop()

    def _look(self) -> None:
        """Take note of what was saved; what was saved before and is not graded yet is not wanted any more."""
        for save in self.files.saves():
            self._waiting[save.path] = save
            if self._running and self._running[1] and self._running[1].path == save.path:
                self._stop()

    def _go_on(self) -> None:
        """See whether what runs has ended, and begin what comes next: what was typed, then what was saved."""
        if self._running is not None:
            process, save = self._running
            code = process.poll()
            if code is None:
                return
            self._running = None
            if save is not None and code != self.again:
                self._graded[save.path] = save.data
                self.end()
        if self._typed:
            self._start(self._typed.pop(0), None)
        elif self._waiting:
            save = self._waiting.pop(next(iter(self._waiting)))
            lines = edited(self._graded.get(save.path), save.data)
            words = self.orders.saved(save, lines)
            if words is not None:
                self.begin(save)
                self._start(words, save)

    def _start(self, words: Sequence[str], save: Save | None) -> None:
        self._running = subprocess.Popen(command(words), stdin=subprocess.DEVNULL), save  # noqa: S603 (our own module)

    def _stop(self) -> None:
        """End what runs."""
        if self._running is None:
            return
        process, self._running = self._running[0], None
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def command(words: Sequence[str]) -> list[str]:
    """Return the command line of a `grade` with this Python; no module is looked for in the current folder."""
    return [sys.executable, *hosts.settings(), "-P", "-m", "grader", *words]
