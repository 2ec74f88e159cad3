"""Timing two things in turns, so that a busy machine slows both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. ours, theirs: seconds. goal: the ratio that we want, 0 where there is none."""

    what: str
    against: str
    ours: float
    theirs: float
    goal: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours / self.theirs

    def text(self) -> str:
        """Return the line as Markdown."""
        goal = f"{self.goal:.2g}" if self.goal else ""
        return (
            f"| {self.what} | {_time(self.ours)} | {self.against} | {_time(self.theirs)} | {self.ratio:.3f} | {goal} |"
        )


HEAD = "| what | ours | against | theirs | ratio | goal |\n|---|---|---|---|---|---|"


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the median seconds of both, run in turns after one run of each that does not count."""
    ours()
    theirs()
    left, right = [], []
    for _ in range(times):
        left.append(seconds(ours))
        right.append(seconds(theirs))
    return statistics.median(left), statistics.median(right)


def seconds(function: Callable[[], object]) -> float:
    """Return the wall-clock seconds of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _time(value: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} us"
