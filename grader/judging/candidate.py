"""Whoever is asked during a run: a learner's file in workers, or a solution or misconception of ours in-process.

A judge needs four things of a candidate: a subject for an exercise, a budget for a check, what was printed, and an end.
"""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, chdir, contextmanager, nullcontext
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import GraderFault, UsageError
from grader.failures import LearnerError
from grader.judging import reference
from grader.judging.limits import ceiling, deadline
from grader.model import Outcome
from grader.submission.files import Submission
from grader.submission.scanned import Scanned, scan
from grader.worker.host.clock import Budget, Purse
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Process, WorkerLost
from grader.worker.host.subject import RefusedAnswer, Subject
from grader.worker.wire.codec import Garbage

LOAD_SECONDS = 10.0
HOST_SECONDS = 60.0  # an answer can be data and still keep a check busy: a list of lists to multiply out
MEMORY = 512 << 20


class LoadFailed(Exception):
    """The module did not load; every exercise of the unit fails for this one reason. cause: what happened."""

    def __init__(self, cause: LearnerError | WorkerLost) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Candidate(Protocol):
    """Whoever is asked."""

    def subject(self, exercise: Exercise) -> Subject:
        """Return someone to ask about an exercise. Raises LoadFailed."""

    def budget(self, cpu: float) -> AbstractContextManager[None]:
        """Give the check that runs inside the context so many processor seconds."""

    def spent(self) -> float:
        """Return the processor seconds of the current check."""

    def spent_up(self) -> str:
        """Return the sentence that says that no check can be run any more; nothing as long as one can."""

    def forged(self, detail: str) -> WorkerLost:
        """Return the verdict for an answer that was none; end whoever sent it."""

    def lost(self) -> None:
        """Take note that the subject is of no more use."""

    def tail(self) -> tuple[str, int]:
        """Return the end of what was printed since the check began, and how many bytes that was in all."""

    def close(self) -> None:
        """End it."""


class Learner:
    """A learner's unit: one worker an exercise, a new one for the next check where a worker died."""

    def __init__(
        self,
        unit: Unit,
        scanned: Scanned,
        launcher: Launcher,
        *,
        memory: int = MEMORY,
        load: float = LOAD_SECONDS,
        purse: Purse | None = None,
        props: bytes | None = None,
    ) -> None:
        """memory: bytes a worker may map. load: processor seconds that importing the file may take.

        purse: what is paid for by all units of one submission together. props: another program than the unit's props.
        """
        self._purse = purse or Purse()
        self._loading = load
        self._unit = unit
        self.scanned = scanned
        self.launcher = launcher
        self._memory = memory
        own = reference.props(unit) if props is None and unit.props.exists() else b""
        self._props = own if props is None else props
        self._exercise = ""
        self._process: Process | None = None
        self._subject: Subject | None = None
        self._failed: LearnerError | WorkerLost | None = None
        self._after: Exercise | None = None
        self._next: tuple[Exercise, Process, Subject] | None = None

    @classmethod
    def of(cls, unit: Unit, submission: Submission, launcher: Launcher) -> Self:
        """Return the learner whose unit's file this submission holds; it is read in a worker."""
        return cls(unit, scan(unit, submission, lambda: launcher), launcher)

    def subject(self, exercise: Exercise) -> Subject:
        """Return the worker of this exercise, started if need be. Raises LoadFailed."""
        if self._failed is not None:
            raise LoadFailed(self._failed)
        if self._subject is None or self._exercise != exercise.id:
            self._end()
            self._exercise = exercise.id
            self._subject = self._start(exercise)
        return self._subject

    def expect(self, exercise: Exercise | None) -> None:
        """Take note of who will probably be asked for after the next one: its worker loads the file meanwhile."""
        self._after = exercise

    def _start(self, exercise: Exercise) -> Subject:
        _, self._process, subject = self._taken(exercise) or self._begun(exercise)
        self._process.begin(Budget.of(self._loading))
        try:
            self._load(subject, exercise)
        except (LearnerError, WorkerLost) as error:
            raise self._did_not_load(error) from None
        except (Garbage, RefusedAnswer) as error:  # nothing that loading gives could be refused
            raise self._did_not_load(self._process.forged(str(error))) from None
        finally:
            self._pay(0.0)
        self._prepare()
        return subject

    def _begun(self, exercise: Exercise) -> tuple[Exercise, Process, Subject]:
        """Start a worker, and have it load the file without waiting for it."""
        process = Process(self.launcher, memory=self._memory, text=self.scanned.text)
        subject = Subject(process, self.scanned.text)
        process.ahead(subject.question(*question) for question in self._loads(exercise))
        return exercise, process, subject

    def _taken(self, exercise: Exercise) -> tuple[Exercise, Process, Subject] | None:
        """Return the worker that was begun for this exercise, if there is one."""
        if self._next is None or self._next[0].id != exercise.id:
            return None
        begun, self._next = self._next, None
        return begun

    def _prepare(self) -> None:
        """Begin the worker of the exercise after this one, which has loaded, so that the next one will."""
        after = self._after
        if self._next is not None and self._next[0] is not after:
            self._next[1].leave()
            self._next = None
        if after is not None and self._next is None:
            self._next = self._begun(after)

    def _loads(self, exercise: Exercise) -> list[tuple[Any, ...]]:
        """Return the questions that make a worker one of this exercise."""
        source = self.scanned.source
        forbidden = [rule.name for rule in (*self._unit.forbid, *exercise.forbid)]
        # Random numbers drawn while the file is imported are the same in every run.
        loads: list[tuple[Any, ...]] = [("forbid", forbidden), ("begin", 0)]
        loads.append(("load", source.data if source else b"", self.scanned.file, self.scanned.code))
        return [*loads, ("props", self._props)] if self._props else loads

    def _load(self, subject: Subject, exercise: Exercise) -> None:
        forbid, begin, *rest = self._loads(exercise)
        try:
            subject.ask(*forbid)
        except LearnerError as error:  # not a line of the learner's has been read
            raise GraderFault(f"what {exercise.id} forbids could not be taken away: {error}") from error
        subject.begin(*begin[1:])
        for question in rest:
            subject.ask(*question)

    def _pay(self, more: float) -> None:
        """Count what the worker took since its budget began. more: what else."""
        if self._process is not None:
            self._purse.spend(self._process.spent() + more, self._process.waited())

    def _did_not_load(self, cause: LearnerError | WorkerLost) -> LoadFailed:
        """Remember the failure for the unit's other exercises, unless this exercise's own rules caused it."""
        if not (isinstance(cause, LearnerError) and cause.forbidden):
            self._failed = cause
        return LoadFailed(cause)

    @contextmanager
    def budget(self, cpu: float) -> Iterator[None]:
        """Begin the budget; the worker's process watches it, and a timer what the check does with the answers."""
        if self._process is not None:
            self._process.begin(Budget.of(cpu))
        began = time.process_time()
        try:
            with deadline(HOST_SECONDS), ceiling():
                yield
        finally:
            self._pay(time.process_time() - began)

    def spent(self) -> float:
        """Processor seconds of the current check."""
        return self._process.spent() if self._process is not None else 0.0

    def spent_up(self) -> str:
        """Say that the submission has used up its time."""
        return self._purse.empty()

    def forged(self, detail: str) -> WorkerLost:
        """Say that an answer was none, and end the worker that sent it."""
        if self._process is None:
            return WorkerLost(Outcome.CRASH, detail)
        return self._process.forged(detail)

    def lost(self) -> None:
        """Drop the worker; the next check gets a new one."""
        if self._subject is not None:
            self._subject.forget()
        self._subject = None

    def tail(self) -> tuple[str, int]:
        """The end of what was printed."""
        if self._process is None:
            return "", 0
        return self._process.tail(), self._process.output_bytes

    def close(self) -> None:
        """End the worker, and the next one."""
        self._end()
        if self._next is not None:
            self._next[1].leave()
        self._next = None

    def _end(self) -> None:
        self.lost()
        if self._process is not None:
            self._process.leave()
        self._process = None


@contextmanager
def _scratch() -> Iterator[None]:
    with TemporaryDirectory(prefix="grade-ours-") as folder, chdir(folder):
        yield


class Ours:
    """The solution or a base, or one misconception: trusted, in this process, a fresh copy an exercise."""

    def __init__(self, unit: Unit, misconception: str = "", base: str = "") -> None:
        self.misconception = misconception
        self.base = base
        self._unit = unit
        self._exercise = ""
        self._subject: Subject | None = None

    def subject(self, exercise: Exercise) -> Subject:
        """Return a fresh copy for an exercise. Raises CourseError where it does not run, UsageError for no such one."""
        if self._subject is None or self._exercise != exercise.id:
            self._exercise = exercise.id
            try:
                self._subject = reference.subject(self._unit, self.misconception, self.base)
            except KeyError as error:
                raise UsageError(f"{self._unit.misconceptions}: no file in it has {self.misconception}.") from error
        return self._subject

    @contextmanager
    def budget(self, cpu: float) -> Iterator[None]:
        """Raise `OutOfTime` inside the context when it is used up. What a unit writes is not kept."""
        with _scratch() if self._unit.scratch else nullcontext(), reference.unwarned(), deadline(cpu):
            yield

    def spent(self) -> float:
        """Not measured: nothing is graded by it."""
        return 0.0

    def spent_up(self) -> str:
        """Never: ours may take what they need."""
        return ""

    def forged(self, detail: str) -> WorkerLost:
        """Say that an answer was none."""
        return WorkerLost(Outcome.CRASH, detail)

    def lost(self) -> None:
        """Start the next check with a fresh copy."""
        self._subject = None

    def tail(self) -> tuple[str, int]:
        """Nothing: what ours print goes to the terminal."""
        return "", 0

    def close(self) -> None:
        """Nothing to end."""
        self._subject = None
