"""Tell a waiting learner that something still runs, and what; nobody is told anything who does not look."""

import sys
import threading
from collections.abc import Sequence
from typing import Self

from grader.cli.terminal import Terminal
from grader.language import phrase
from grader.model import ExerciseResult

FIRST_SECONDS, NEXT_SECONDS = 2.0, 10.0


class Patience:
    """A context manager around a run. ids: the exercises in the order in which they are graded."""

    def __init__(self, terminal: Terminal, ids: Sequence[str], *, quiet: bool) -> None:
        self._terminal = terminal
        self._ids = ids
        self._done = 0
        self._over = threading.Event()
        watched = sys.stderr is not None and sys.stderr.isatty()
        self._thread = threading.Thread(target=self._wait, daemon=True) if watched and not quiet else None

    def __enter__(self) -> Self:
        self._terminal.doing = self._ids[0]
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            self._terminal.wipe()

    def step(self, _result: ExerciseResult) -> None:
        """Take note that one exercise has its verdict."""
        self._done += 1
        if self._done < len(self._ids):
            self._terminal.doing = self._ids[self._done]

    def _wait(self) -> None:
        pause = FIRST_SECONDS
        while not self._over.wait(pause):
            pause = NEXT_SECONDS
            says = phrase("still running: {exercise}", exercise=self._terminal.doing)
            if len(self._ids) > 1:
                says += phrase(", {done} of {total} done", done=self._done, total=len(self._ids))
            self._terminal.flash(says)
