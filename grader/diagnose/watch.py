"""Watch a check instead of judging by it: what it compares, under changed inputs, for a learner and for the solution.

A check that is watched goes on where it would end, so that every quantity it looks at is seen. What the solution gives
is kept on disk: it is the same for every learner.
"""

import hashlib
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec

from grader import bank, store
from grader.course import Course, Unit
from grader.diagnose.vary import Change, Changer, Input
from grader.expect import Compared, watched
from grader.judge import Item, Judge, store_folder
from grader.oracle import Oracle, Store, data_codec
from grader.party import Learner, Ours, Party
from grader.submission import Folder
from grader.worker.codec import Garbage, Refused
from grader.worker.process import WorkerLost
from grader.worker.server import PROTOCOL
from grader.worker.subject import Subject

VERSION = 8  # raised with every change of how inputs are changed
HEAVY = (b"import torch", b"import tiktoken")
RUN_SECONDS, LEAST_SECONDS = 1.0, 0.05
COLD_SECONDS = 1.5  # for what the solution answers, once; it is kept
AFTER = 6  # comparisons that are looked at after the first wrong one


class Enough(BaseException):
    """Nothing more is to be seen in this run."""


class TooLate(Exception):
    """The seconds for looking are used up."""


@dataclass(frozen=True)
class Seen:
    """One comparison.

    asked: a digest of all questions before it; own: of those since the comparison before, if there were any.
    last: the function that was asked last. inputs, texts: how many had gone in by then. lent: whether a function of the
    check had, too.
    """

    label: str
    value: Any
    asked: str
    own: str = ""
    last: str = ""
    inputs: int = 0
    texts: int = 0
    compared: Compared | None = None
    lent: bool = False


@dataclass
class Run:
    """What was seen of one subject under one change.

    whole: whether the check came to its end, or to `Enough`. cut: whether it ran out of time.
    """

    seen: list[Seen] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    texts: list[str | bytes] = field(default_factory=list)
    whole: bool = False
    cut: bool = False


class Kept(msgspec.Struct, array_like=True):
    """A run of the solution as it is kept: label, value (none where it is no data) and digest of each comparison."""

    seen: list[tuple[str, bytes, str]]
    whole: bool


class Watcher:
    """Runs checks of one unit, watched."""

    def __init__(
        self, course: Course, unit: Unit, seed: int, party: Party, seconds: float, *, heavy: bool = False
    ) -> None:
        """party: the learner. seconds: processor time, theirs and all of ours but what the solution takes.

        heavy: whether oracles may load a heavy library for questions that nobody asked before.
        """
        self._heavy = heavy
        self._course = course
        self.unit = unit
        self._seed = seed
        self._until = time.process_time() + seconds
        self._cold = max(COLD_SECONDS, seconds)
        self._parties = {"learner": party}
        self._judges: dict[int, Judge] = {}
        self._runs: dict[tuple[str, str, str], Run] = {}
        files = (unit.solution, unit.checks, unit.hidden, unit.oracles, unit.props)
        self._sources = store.sources(files)
        self._memo = store.Memo(store_folder(course) / f"{unit.name}.seen", self._sources)
        self._codec = data_codec("a handle among what was seen")
        self._lists = not unit.has_arrays

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._until - time.process_time()

    def close(self) -> None:
        """End what was started; the learner goes on."""
        if "solution" in self._parties:
            self._parties.pop("solution").close()

    def _party(self, who: str) -> Party:
        if who not in self._parties:
            self._parties[who] = _solution(self.unit, self._parties["learner"])
        return self._parties[who]

    def learner(self, item: Item, change: Change, limit: int = 0) -> Run:
        """Return what the learner's answers are under a change. Raises TooLate.

        limit: how many comparisons are looked at; 0 for a few more than come before the first wrong one.
        """
        key = ("learner", item.id, change.key)
        if key not in self._runs:
            self._runs[key] = self._run("learner", item, change, limit)
        return self._runs[key]

    def solution(self, item: Item, change: Change) -> Run:
        """Return what the solution's answers are under a change: from disk, if they are there. Raises TooLate."""
        key = ("solution", item.id, change.key)
        if key not in self._runs:
            self._runs[key] = self._known(item, change)
        return self._runs[key]

    def _known(self, item: Item, change: Change) -> Run:
        facts = f"{VERSION}/{PROTOCOL}/{self._seed}/{item.exercise.id}/{item.id}/{change.key}"
        key = store.key(self._sources, facts.encode())
        kept = self._memo.get(key)
        if kept is not None:
            try:
                return self._unpacked(msgspec.msgpack.decode(kept, type=Kept))
            except (msgspec.DecodeError, Garbage):  # a disk that lost bytes
                pass
        if not self.unit.solution.exists():
            return Run()
        run = self._run("solution", item, change, sys.maxsize)
        if not run.cut:
            self._memo.put(key, msgspec.msgpack.encode(self._packed(run)))
        return run

    def _packed(self, run: Run) -> Kept:
        return Kept([(one.label, self._bytes(one.value), one.asked) for one in run.seen], run.whole)

    def _bytes(self, value: Any) -> bytes:
        try:
            return self._codec.encode(value)
        except Refused:
            return b""

    def _unpacked(self, kept: Kept) -> Run:
        seen = [Seen(label, self._codec.decode(data) if data else None, asked) for label, data, asked in kept.seen]
        return Run(seen, whole=kept.whole)

    def _judge(self, change: Change) -> Judge:
        """Return a judge whose oracles are not asked what would need a heavy library."""
        if change.seed not in self._judges:
            judge = Judge(self._course, self.unit, seed=change.seed or self._seed)
            answers = Store(self.unit, store_folder(self._course))
            source = self.unit.oracles.read_bytes() if self.unit.oracles.exists() else b""
            answers.hurried = not self._heavy
            answers.computes = self._heavy or not any(word in source for word in HEAVY)
            judge.oracle = Oracle(answers)
            self._judges[change.seed] = judge
        return self._judges[change.seed]

    def _run(self, who: str, item: Item, change: Change, limit: int) -> Run:
        left = self.left if who == "learner" else self._cold
        if left <= 0:
            raise TooLate
        party, began, run = self._party(who), time.process_time(), Run()
        try:
            subject = party.subject(item.exercise)
            with party.budget(max(min(RUN_SECONDS, left), LEAST_SECONDS)):
                self._watch(item, subject, change, run, limit)
            run.whole = True
        except Enough:
            run.whole = True
        except (WorkerLost, bank.OutOfTime, Garbage):
            run.cut = True
            party.lost()
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 (whatever a check runs into with other inputs: what was seen counts)
            run.whole = False
        finally:
            self._pay(who, time.process_time() - began, party.spent())
        return run

    def _pay(self, who: str, ours: float, theirs: float) -> None:
        """Count what a run took, here and in a worker. What the solution takes it takes once: it is kept."""
        if who == "learner":
            self._until -= theirs
        else:
            self._until += ours
            self._cold -= ours + theirs

    def _watch(self, item: Item, subject: Subject, change: Change, run: Run, limit: int) -> None:
        judge = self._judge(change)
        if change.noise:
            subject.begin(change.noise)
        else:
            judge.begin(item, subject)
        changer = Changer(change, lists=self._lists)
        run.inputs, run.texts = changer.inputs, changer.texts
        subject.vary = changer
        try:
            with watched(_Notes(run, changer, limit)):
                judge.put(item, subject)
        finally:
            subject.vary = None


class _Notes:
    """Takes note of each comparison, and says when it is enough."""

    def __init__(self, run: Run, changer: Changer, limit: int) -> None:
        self.run = run
        self._changer = changer
        self._limit = limit
        self._own = self._last = ""
        self._read = 0

    def __call__(self, compared: Compared) -> None:
        questions = self._changer.questions
        if len(questions) > self._read:
            self._own = _digest(questions[self._read :])
            self._last = self._changer.last
        self._read = len(questions)
        given = (len(self._changer.inputs), len(self._changer.texts))
        asked = (_digest(questions), self._own, self._last)
        self.run.seen.append(Seen(compared.label, compared.yours, *asked, *given, compared, self._changer.lent))
        if compared.wrong and not self._limit:
            self._limit = len(self.run.seen) + AFTER
        if len(self.run.seen) >= self._limit > 0:
            raise Enough


def _solution(unit: Unit, learner: Party) -> Party:
    """Return the solution: in this process, or where it needs torch, which is slow to load, in a worker like theirs."""
    if "torch" not in unit.libraries or not isinstance(learner, Learner):
        return Ours(unit)
    return Learner.of(unit, Folder(unit.solution.parent), learner.launcher)


def _digest(parts: list[bytes]) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]
