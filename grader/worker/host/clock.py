"""What a check may take, and a clock that runs only while a worker is waited for.

Processor seconds are the measure, since a machine may be busy. Wall-clock seconds are the back-stop, for code that
waits without computing; what the host does meanwhile (an oracle, a call-back) is not held against the learner.
"""

import mmap
import time
from dataclasses import dataclass

from grader.language import phrase

IDLE_SECONDS = 5.0
LOOK_SECONDS = 0.5  # a host looks every 20 ms; one that did not for longer stood still, alone or with the machine
SHARES, PAIR = 64, 16  # processes that one submission is shared out to at most; bytes of two numbers


@dataclass(frozen=True)
class Budget:
    """What one check may take. cpu: processor seconds. wall: seconds. idle: seconds without any computing at all."""

    cpu: float = 1.0
    wall: float = 5.0
    idle: float = IDLE_SECONDS

    @classmethod
    def of(cls, cpu: float) -> "Budget":
        """Return the budget for so many processor seconds; a busy machine may take three times as long and two more."""
        return cls(cpu, 3 * cpu + 2)


class Stopwatch:
    """Seconds of wall clock between `start` and `stop`, summed up. Starting or stopping twice changes nothing.

    From one look to the next at most LOOK_SECONDS are counted: while a job is suspended, or a machine paused or far too
    busy, its learner did not wait.
    """

    def __init__(self) -> None:
        self._total = 0.0
        self._since: float | None = None

    def start(self) -> None:
        """Let it run."""
        self._since = time.monotonic() if self._since is None else self._since

    def stop(self) -> None:
        """Hold it."""
        self.look()
        self._since = None

    def reset(self) -> None:
        """Set it to 0; it goes on running if it runs."""
        self._total = 0.0
        self._since = None if self._since is None else time.monotonic()

    def look(self) -> float:
        """Return the seconds that it shows."""
        if self._since is not None:
            now = time.monotonic()
            self._total += min(now - self._since, LOOK_SECONDS)
            self._since = now
        return self._total


class Purse:
    """What all checks of one submission may take together. Spent is counted wherever somebody waits for a worker.

    Forks of the process that made it pay from the same one.
    """

    def __init__(self, total: float | None = None) -> None:
        """total: processor seconds; without any limit where nothing is said."""
        self._budget = None if total is None else Budget.of(total)
        self._spent = memoryview(mmap.mmap(-1, SHARES * PAIR)).cast("d")  # shared with every fork
        self._share = 0

    def share(self, number: int) -> None:
        """Count what this process spends from now on in a place of its own. number: below `SHARES`."""
        self._share = number

    def spend(self, cpu: float, wall: float) -> None:
        """Count processor seconds, and seconds of waiting for somebody who may not have computed."""
        self._spent[2 * self._share] += cpu
        self._spent[2 * self._share + 1] += wall

    def empty(self) -> str:
        """Return the sentence that says it is used up; nothing as long as it is not."""
        if self._budget is None:
            return ""
        cpu, wall = sum(self._spent[0::2]), sum(self._spent[1::2])
        if cpu < self._budget.cpu and wall < self._budget.wall:
            return ""
        return phrase(
            "Not run: the {seconds} s of computing for one submission were used up before.",
            seconds=f"{self._budget.cpu:g}",
        )
