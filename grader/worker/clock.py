"""What a check may take, and a clock that runs only while a worker is waited for.

Processor seconds are the measure, since a machine may be busy. Wall-clock seconds are the back-stop, for code that
waits without computing; what the host does meanwhile (an oracle, a call-back) is not held against the learner.
"""

import time
from dataclasses import dataclass

IDLE_SECONDS = 5.0


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
    """Seconds of wall clock between `start` and `stop`, summed up. Starting or stopping twice changes nothing."""

    def __init__(self) -> None:
        self._total = 0.0
        self._since: float | None = None

    def start(self) -> None:
        """Let it run."""
        self._since = time.monotonic() if self._since is None else self._since

    def stop(self) -> None:
        """Hold it."""
        self._total = self.seconds
        self._since = None

    def reset(self) -> None:
        """Set it to 0; it goes on running if it runs."""
        self._total = 0.0
        self._since = None if self._since is None else time.monotonic()

    @property
    def seconds(self) -> float:
        """What it shows."""
        return self._total + (0.0 if self._since is None else time.monotonic() - self._since)
