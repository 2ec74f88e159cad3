"""Watch a check instead of judging by it: what it compares, under changed inputs, for a learner and for the solution.

A check that is watched goes on where it would end, so that every quantity it looks at is seen. What the solution gives
is kept on disk: it is the same for every learner.
"""

import math
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.diagnose.seen import Enough, Notes, Run, Seen
from grader.diagnose.vary import Change, Changer
from grader.judging import reference
from grader.judging.candidate import Candidate, Learner, Ours
from grader.judging.expect import watched
from grader.judging.judge import Item, Judge, store_folder
from grader.judging.kept import NotKept, Shelf, shelf
from grader.judging.limits import OutOfTime
from grader.judging.oracle import Oracle, Store, data_codec
from grader.submission.files import Folder
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import Subject, Transcript
from grader.worker.wire.codec import Garbage, Refused
from grader.worker.wire.libraries import HEAVY
from grader.worker.wire.protocol import PROTOCOL

VERSION = 9  # raised with every change of how inputs are changed
RUN_SECONDS, LEAST_SECONDS = 0.5, 0.05
QUESTIONS, BYTES = 25, 16 << 10  # as much work as a run's beginning
CUT = 30.0  # the work of a run that does not end
SLOWER = (0.008, 0.032)  # processor seconds of a check from which on its runs count four times as much


class TooLate(Exception):
    """The seconds for looking are used up."""


class Kept(msgspec.Struct, array_like=True):
    """A run of ours as it is kept: of each comparison label, value (none where it is no data), digest, and `wrong`."""

    seen: list[tuple[str, bytes, str, bool]]
    whole: bool


class Watcher:
    """Runs checks of one unit, watched."""

    def __init__(
        self,
        course: Course,
        unit: Unit,
        seed: int,
        candidate: Candidate,
        seconds: float,
        *,
        work: float = math.inf,
        costs: Mapping[str, float] | None = None,
        heavy: bool = False,
    ) -> None:
        """candidate: the learner. seconds: processor time of the learner's and of ours, without what our programs take.

        work: how often the learner may be asked. A run counts 1, and 1 more for so many questions or bytes; where its
        check is slow it counts several times. So it is the same in each run, which seconds are not.
        costs: the processor seconds of each check, by its id. heavy: whether oracles may load a heavy library for
        questions that nobody asked before.
        """
        self._work = work
        self._costs = costs or {}
        self._heavy = heavy
        self._course = course
        self.unit = unit
        self._seed = seed
        self._left = seconds
        self._parties = {"learner": candidate}
        self._judges: dict[int, Judge] = {}
        self._runs: dict[tuple[str, str, str], Run] = {}
        self._shelves: dict[str, Shelf] = {}
        self._codec = data_codec("a handle among what was seen")
        self._lists = not unit.has_arrays

    @property
    def left(self) -> float:
        """Seconds that are left; none where all work is done.

        What our own programs take is not counted: it is kept, so the third report has it for nothing.
        """
        return self._left if self._work > 0 else 0.0

    def afresh(self) -> None:
        """Ask the learner in a new worker from now on, which remembers nothing."""
        self._parties["learner"].lost()
        self._runs = {key: run for key, run in self._runs.items() if key[0] != "learner"}

    def close(self) -> None:
        """End what was started; the learner goes on."""
        if "solution" in self._parties:
            self._parties.pop("solution").close()

    def _candidate(self, who: str) -> Candidate:
        if who not in self._parties:
            self._parties[who] = _solution(self.unit, self._parties["learner"])
        return self._parties[who]

    def learner(self, item: Item, change: Change, limit: int = 0) -> Run:
        """Return what the learner's answers are under a change. Raises TooLate.

        limit: how many comparisons are looked at; 0 for a few more than come before the first wrong one.
        What the solution answers is found out first, with what oracles answer on the way: it costs the learner nothing.
        """
        key = ("learner", item.id, change.key)
        if key not in self._runs:
            self.solution(item, change)
            self._runs[key] = self._run("learner", item, change, limit)
        return self._runs[key]

    def solution(self, item: Item, change: Change) -> Run:
        """Return what the solution's answers are under a change: from disk, if they are there."""
        return self._ours(item, change, "solution", b"")

    def misconception(self, item: Item, change: Change, one: reference.Misconception, base: str = "") -> Run:
        """Return what a misconception answers, made on the solution or on a base: from disk, if it is there.

        Raises NotKept where it is not, and the course came without its code.
        """
        files = (*self.unit.wrong_files(one.exercise), *([self.unit.bases[base]] if base else ()))
        who = f"{one.name} {base}"
        self._parties[who] = Ours(self.unit, one.name, base)  # a fresh one: nothing is left of another run
        return self._ours(item, change, who, self.unit.digest(*files))

    def _ours(self, item: Item, change: Change, who: str, sources: bytes) -> Run:
        key = (who, item.id, change.key)
        if key not in self._runs:
            self._runs[key] = self._known(item, change, who, sources)
        return self._runs[key]

    def _shelf(self, exercise: Exercise) -> Shelf:
        if exercise.name not in self._shelves:
            self._shelves[exercise.name] = shelf(self._course, self.unit, exercise, "seen")
        return self._shelves[exercise.name]

    def _known(self, item: Item, change: Change, who: str, sources: bytes) -> Run:
        facts = f"{VERSION}/{PROTOCOL}/{self._seed}/{item.exercise.id}/{item.id}/{change.key}"
        mine = self._shelf(item.exercise)
        key = mine.key(facts.encode(), *([who.encode(), sources] if sources else ()))
        kept = mine.get(key)
        if kept is not None:
            try:
                return self._unpacked(msgspec.msgpack.decode(kept, type=Kept))
            except (msgspec.DecodeError, Garbage):  # a disk that lost bytes
                pass
        if not self.unit.solution.exists():
            if sources:
                raise NotKept(who)
            return Run()
        run = self._run(who, item, change, sys.maxsize)
        if run.cut and who == "solution":  # a busy machine cut it off
            run = self._run(who, item, change, sys.maxsize)
        packed = self._packed(run)
        if not run.cut:
            mine.put(key, msgspec.msgpack.encode(packed))
        return replace(self._unpacked(packed), cut=run.cut)  # what is known now is what will be read

    def _packed(self, run: Run) -> Kept:
        return Kept([(one.label, self._bytes(one.value), one.asked, one.wrong) for one in run.seen], run.whole)

    def _bytes(self, value: Any) -> bytes:
        try:
            return self._codec.encode(value)
        except Refused:
            return b""

    def _unpacked(self, kept: Kept) -> Run:
        seen = [
            Seen(label, self._codec.decode(data) if data else None, asked, wrong=wrong)
            for label, data, asked, wrong in kept.seen
        ]
        return Run(seen, whole=kept.whole)

    def _judge(self, change: Change) -> Judge:
        """Return a judge whose oracles are not asked what would need a heavy library."""
        if change.seed not in self._judges:
            judge = Judge(self._course, self.unit, seed=change.seed or self._seed)
            answers = Store(self.unit, store_folder(self._course))
            source = self.unit.oracles.read_bytes() if self.unit.oracles.exists() else b""
            answers.hurried = not self._heavy
            answers.computes = self._heavy or not any(f"import {name}".encode() in source for name in HEAVY)
            judge.oracle = Oracle(answers)
            self._judges[change.seed] = judge
        return self._judges[change.seed]

    def _run(self, who: str, item: Item, change: Change, limit: int) -> Run:
        is_learner = who == "learner"
        if is_learner and self.left <= 0:
            raise TooLate
        candidate, run, transcript = self._candidate(who), Run(), Transcript()
        began = time.process_time()
        try:
            subject = candidate.subject(item.exercise)
            with candidate.budget(max(min(RUN_SECONDS, self.left), LEAST_SECONDS) if is_learner else RUN_SECONDS):
                transcript = self._begin(item, subject, change)
                self._watch(item, subject, change, run, limit)
            run.whole = True
        except Enough:
            run.whole = True
        except (WorkerLost, OutOfTime, Garbage):
            run.cut = True
            candidate.lost()
        except KeyboardInterrupt:
            raise
        except BaseException:  # noqa: BLE001 (whatever a check runs into with other inputs: what was seen counts)
            run.whole = False
        finally:
            if is_learner:
                self._left -= candidate.spent() + time.process_time() - began
                self._work -= CUT if run.cut else self._cost(item, transcript)
        return run

    def _cost(self, item: Item, transcript: Transcript) -> float:
        times = 4 ** sum(self._costs.get(item.id, 0.0) > limit for limit in SLOWER)
        return times * (1 + len(transcript.exchanges) / QUESTIONS + transcript.size / BYTES)

    def _begin(self, item: Item, subject: Subject, change: Change) -> Transcript:
        if change.noise:
            subject.begin(change.noise)
        else:
            self._judge(change).begin(item, subject)
        return subject.transcript

    def _watch(self, item: Item, subject: Subject, change: Change, run: Run, limit: int) -> None:
        changer = Changer(change, lists=self._lists)
        run.inputs, run.texts = changer.inputs, changer.texts
        subject.vary = changer
        try:
            with watched(Notes(run, changer, limit)):
                self._judge(change).put(item, subject)
        finally:
            subject.vary = None


def _solution(unit: Unit, learner: Candidate) -> Candidate:
    """Return the solution: in this process, or where it needs torch, which is slow to load, in a worker."""
    if "torch" not in unit.libraries or not isinstance(learner, Learner):
        return Ours(unit)
    return Learner.of(unit, Folder(unit.solution.parent), learner.launcher)
