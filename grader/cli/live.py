"""How far a run is, while somebody watches it."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.terminal import Terminal

if TYPE_CHECKING:
    from grader.training.checkpoint import Checkpoint
    from grader.training.page import Words
    from grader.training.trainer import Trainer

REDRAW_SECONDS = 0.2
TENTHS = 10


class Progress:
    """Shows how far a run is: on a terminal in one row that changes, elsewhere in a line at each tenth."""

    def __init__(self, on: Terminal, words: "Words", chunk: int, *, quiet: bool) -> None:
        live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._terminal = on
        self._words = words
        self._chunk = chunk
        self._quiet = quiet
        self._live = live and not words.style.plain
        self._shown = 0.0

    def close(self) -> None:
        """Take away the row."""
        self._terminal.wipe()

    def watched(self, trainer: "Trainer", run: "Checkpoint", path: Path) -> "Iterator[Checkpoint]":
        """Yield the run after each chunk, once it is saved."""
        from grader.training.trainer import chunks

        began, first = time.monotonic(), run.step
        if self._live and not self._quiet:
            self._terminal.flash(self._words.waiting(run))
        for after in chunks(trainer, run):
            after.save(path)
            yield after
            self._show(run, after, (time.monotonic() - began) / (after.step - first))
            run = after

    def _show(self, before: "Checkpoint", run: "Checkpoint", pace: float) -> None:
        """pace: seconds a step."""
        total, now = run.facts.total, time.monotonic()
        if self._quiet:
            return
        if not self._live:
            if TENTHS * run.step // total > TENTHS * before.step // total:
                self._terminal.note(self._words.progress(run, self._chunk))
        elif now - self._shown >= REDRAW_SECONDS:
            self._shown = now
            self._terminal.flash(self._words.progress(run, self._chunk, pace * (total - run.step)))
