"""What our own wrong programs answer under the checks: computed once, when it is needed, and kept.

It takes what it takes: a limit in seconds would make the first report of a submission another one than the third.
"""

from dataclasses import dataclass

import msgspec

from grader.course.declarations import Exercise
from grader.diagnose import listing
from grader.judging import reference
from grader.judging.candidate import Ours
from grader.judging.judge import Item, Judge
from grader.judging.kept import NotKept, Shelf, shelf
from grader.model import Outcome
from grader.worker.host.subject import Exchange, Transcript
from grader.worker.wire.protocol import PROTOCOL

RECORDS = 2  # raised with every change of `KnownRecord`


@dataclass(frozen=True)
class Known:
    """What one misconception does under one check."""

    outcome: Outcome
    transcript: Transcript


class KnownRecord(msgspec.Struct, array_like=True):
    """`Known` as it is kept on disk."""

    outcome: str
    exchanges: list[tuple[bytes, bytes, list[bytes]]]


class Bank:
    """What the misconceptions of a unit do, on the solution and on its bases."""

    def __init__(self, judge: Judge) -> None:
        """judge: whose seed and time limit hold."""
        self._judge = judge
        self.misconceptions = listing.misconceptions(judge.unit)
        self._read: dict[str, Known] = {}
        self._bases = {name: judge.unit.digest(path) for name, path in judge.unit.bases.items()}
        self._shelves: dict[str, Shelf] = {}

    def _shelf(self, exercise: Exercise) -> Shelf:
        """Return where answers under the checks of an exercise lie."""
        if exercise.name not in self._shelves:
            unit = self._judge.unit
            files = unit.wrong_files(exercise.name)
            self._shelves[exercise.name] = shelf(self._judge.course, unit, exercise, "known", *files)
        return self._shelves[exercise.name]

    @property
    def bases(self) -> list[str]:
        """The bases of the unit, by name; most have none."""
        return list(self._bases)

    def of(self, exercise: Exercise) -> list[reference.Misconception]:
        """Return the misconceptions of one exercise, and those that it shows, too."""
        return [one for one in self.misconceptions if one.exercise == exercise.id or exercise.name in one.also]

    def known(self, misconception: reference.Misconception | None, item: Item, base: str = "") -> Known:
        """Return what a misconception does under a check; for None what the solution does.

        base: the name of what it is made on, instead of the solution. Raises NotKept where nobody can be asked.
        """
        name = misconception.name if misconception else ""
        facts = f"{RECORDS}/{PROTOCOL}/{self._judge.seed}/{self._judge.timeout}/{name}/{item.exercise.id}/{item.id}"
        kept = self._shelf(item.exercise)
        key = kept.key(self._from(misconception, item), facts.encode(), *([self._bases[base]] if base else ()))
        if key not in self._read:
            ours = Ours(self._judge.unit, name, base)
            self._read[key] = _known(kept.get(key)) or self._computed(kept, key, item, ours)
        return self._read[key]

    def _from(self, misconception: reference.Misconception | None, item: Item) -> bytes:
        """Return the digest of the files of a misconception that another exercise shows, too."""
        if misconception is None or misconception.exercise == item.exercise.id:
            return b""
        return self._judge.unit.digest(*self._judge.unit.wrong_files(misconception.exercise))

    def _computed(self, kept: Shelf, key: str, item: Item, candidate: Ours) -> Known:
        if not self._judge.unit.solution.exists():
            raise NotKept(key)
        verdict = self._judge.check(item, candidate)
        exchanges = [(one.question, one.answer, list(one.calls)) for one in verdict.transcript.exchanges]
        kept.put(key, msgspec.msgpack.encode(KnownRecord(verdict.result.outcome.value, exchanges)))
        return Known(verdict.result.outcome, verdict.transcript)


def _known(kept: bytes | None) -> Known | None:
    """Return what was kept, None where nothing was."""
    if kept is None:
        return None
    try:
        record = msgspec.msgpack.decode(kept, type=KnownRecord)
        exchanges = [Exchange("", question, answer, tuple(calls)) for question, answer, calls in record.exchanges]
        return Known(Outcome(record.outcome), Transcript(exchanges))
    except (msgspec.DecodeError, ValueError):  # a disk that lost bytes
        return None
