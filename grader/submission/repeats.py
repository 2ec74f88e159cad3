"""What to write again from memory, and when: `.grade/again.json`, apart from the verdicts, which know no clock.

The rule: one day after it passed first, then 3, 7, 16 and 35 days after the last time, then every 70 days. Only a pass
counts, and only once it is due: whoever is early changes nothing.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from grader.submission.whole import write_whole

FILE = "again.json"
DAYS = (1, 3, 7, 16, 35)
LATER = 70


class Attempt(msgspec.Struct, frozen=True):
    """One attempt with a clock: when it began and when it passed."""

    begun: datetime
    ended: datetime


class Repeat(msgspec.Struct, frozen=True):
    """One exercise. last: the day of its first pass or of the last repetition that counted. times: how many did.

    begun: when the attempt began that is open; None where none is. is_timed: whether it runs against the clock.
    """

    last: date
    times: int = 0
    begun: datetime | None = None
    is_timed: bool = False
    timed: tuple[Attempt, ...] = ()

    @property
    def due(self) -> date:
        """The day from which it counts again."""
        return self.last + timedelta(days=DAYS[self.times] if self.times < len(DAYS) else LATER)


def clock() -> datetime:
    """Return the time here and now, without a zone. The only place that looks at a clock; tests set another one."""
    return datetime.now().replace(microsecond=0)


@dataclass
class Repeats:
    """What is known of a course folder. folder: `.grade`. A file that cannot be read is begun anew."""

    folder: Path
    known: dict[str, Repeat] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "Repeats":
        """Read what there is."""
        with suppress(OSError, msgspec.MsgspecError):
            return cls(folder, msgspec.json.decode((folder / FILE).read_bytes(), type=dict[str, Repeat]))
        return cls(folder)

    def passed(self, exercises: Iterable[str]) -> None:
        """Remember the day of a first pass."""
        new = {name: Repeat(clock().date()) for name in exercises if name not in self.known}
        if new:
            self.known |= new
            self._save()

    def begin(self, exercise: str, *, timed: bool) -> None:
        """Open an attempt."""
        now = clock()
        before = self.known.get(exercise, Repeat(now.date()))
        self.known[exercise] = msgspec.structs.replace(before, begun=now, is_timed=timed)
        self._save()

    def end(self, exercise: str) -> tuple[Repeat, timedelta | None]:
        """Close an attempt that passed. Returns what is known now, and how long it took where it was timed."""
        now, before = clock(), self.known[exercise]
        took = now - before.begun if before.is_timed and before.begun else None
        attempts = (*before.timed, Attempt(before.begun, now)) if took is not None and before.begun else before.timed
        counts = now.date() >= before.due
        self.known[exercise] = Repeat(now.date() if counts else before.last, before.times + counts, timed=attempts)
        self._save()
        return self.known[exercise], took

    def is_open(self, exercise: str) -> bool:
        """Whether an attempt is under way."""
        return exercise in self.known and self.known[exercise].begun is not None

    def due(self, exercises: Iterable[str]) -> list[str]:
        """Return which of some exercises are due, the one that waits longest first."""
        today = clock().date()
        waiting = [name for name in exercises if name in self.known and self.known[name].due <= today]
        return sorted(waiting, key=lambda name: self.known[name].due)

    def _save(self) -> None:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            data = msgspec.json.encode(dict(sorted(self.known.items())))
            write_whole(self.folder / FILE, msgspec.json.format(data, indent=1) + b"\n")
