"""Ask a program of the course's that runs in a worker, beside a learner's code; say where that code could not go on."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader.course.declarations import Exercise
from grader.course.training import ELSE
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.failures import TODO, LearnerError
from grader.judging.candidate import Learner, LoadFailed
from grader.judging.failed import Failed
from grader.model import CheckResult, ExerciseResult, Outcome
from grader.qualnames import outermost
from grader.submission.scanned import Scanned
from grader.worker.host.launch import Launcher
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer, Subject
from grader.worker.wire.codec import Garbage


class Plan(Protocol):
    """What a program declares: its file, the exercises that it cannot do without, seconds a question, and MB."""

    @property
    def file(self) -> Path: ...  # noqa: D102
    @property
    def uses(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def cpu(self) -> float: ...  # noqa: D102
    @property
    def memory(self) -> int: ...  # noqa: D102


class Halted(Exception):
    """The learner's code could not go on. result: as a verdict on an exercise, with one check that failed."""

    def __init__(self, result: ExerciseResult) -> None:
        super().__init__(result.id)
        self.result = result

    @property
    def check(self) -> CheckResult:
        """What happened."""
        return self.result.checks[0]


@dataclass(frozen=True)
class Text:
    """What a run trains on. name: of the data set, empty for a text of the learner's own. shown: its file."""

    name: str = ELSE
    shown: str = ""
    content: str = ""

    @property
    def digest(self) -> str:
        """A digest of it; empty where there is none."""
        return hashlib.sha256(self.content.encode()).hexdigest()[:16] if self.shown else ""


class Asker:
    """Asks one program, beside one file of a learner's. Close it: it owns a worker."""

    def __init__(
        self,
        unit: Unit,
        plan: Plan,
        program: bytes,
        scanned: Scanned,
        launcher: Launcher,
        text: Text,
        *,
        timeout: float | None,
    ) -> None:
        """program: what the worker runs. timeout: processor seconds of a question, instead of the plan's own."""
        self._unit = unit
        self._file = plan.file
        self._scanned = scanned
        self._text = text
        self._cpu = timeout or plan.cpu
        self._used, self._beneath = used(unit, plan)
        self._program = program
        self._learner = Learner(unit, scanned, launcher, memory=plan.memory << 20, props=program)
        self._exercise = self._used[-1]
        self._prepared = False

    def close(self) -> None:
        """End the worker."""
        self._learner.close()

    def _title(self, _step: int) -> str:
        """Say where in the program something happened."""
        raise NotImplementedError

    def _apart(self) -> str:
        """Say that it happened in the program itself."""
        raise NotImplementedError

    def unwritten(self) -> Exercise | None:
        """Return what to write first, where an exercise in use is not written: it, or what it needs; else None."""
        lacking = next((one for one in self._used if self._scanned.unwritten(one)), None)
        needed = self._unit.needed(lacking) if lacking else ()
        first = (one for one in self._unit.exercises if one.name in needed and self._scanned.unwritten(one))
        return next(first, lacking)

    def require_readable(self) -> None:
        """Raise Halted where the file cannot be read, or uses what an exercise forbids."""
        for exercise in self._used:
            problem = self._scanned.problem or self._scanned.broken_rule(self._unit, exercise)
            if problem is not None:
                raise Halted(self._result(exercise, problem))

    def _asked(self, name: str, given: tuple[Any, ...], seed: int, step: int, check: Callable[[Any], Any]) -> Any:
        """Ask one function of the run, all random generators seeded. check: makes what comes back what we use."""
        subject: Subject | None = None
        try:
            subject = self._subject()
            with self._room():
                subject.begin(number(seed, step, name))
                if self._text.shown and not self._prepared:
                    subject.props.prepare(self._text.content)
                    self._prepared = True
                return check(getattr(subject.props, name)(*given))
        except (LearnerError, WorkerLost, LoadFailed, RefusedAnswer, AssertionError) as error:
            raise self._halted(error, step, subject) from None
        except Garbage as error:
            raise self._halted(self._learner.forged(str(error)), step, subject) from None

    def _subject(self) -> Subject:
        """Return whom to ask. Raises LoadFailed."""
        return self._learner.subject(self._exercise)

    def _room(self) -> AbstractContextManager[None]:
        """Limit what one question may take."""
        return self._learner.budget(self._cpu)

    def _tail(self) -> tuple[str, int]:
        """Return the end of what was printed, and how many bytes that was in all."""
        return self._learner.tail()

    def _halted(self, error: Exception, step: int, subject: Subject | None) -> Halted:
        cause = error.cause if isinstance(error, LoadFailed) else error
        if isinstance(cause, LearnerError) and not cause.frames and subject is not None and cause.is_a(NameError):
            raise CourseError(f"{self._file}: does not run: {cause}") from cause
        exercise = self._owner(cause)
        title = self._title(step)
        known = {"transcript": subject.transcript, "trail": subject.trail} if subject is not None else {}
        told = Failed(self._unit, exercise, title, self._scanned, lambda: None, **known).told(cause)  # type: ignore[arg-type]
        output = self._tail()
        facts = {**vars(told), "asked": ()}
        if isinstance(cause, LearnerError) and not cause.frames and told.message.startswith(cause.type):
            facts["note"] = self._apart()
        check = CheckResult(id="run", title=title, output=output[0], output_bytes=output[1], **facts)
        return Halted(self._result(exercise, check))

    def _owner(self, error: Exception) -> Exercise:
        """Return the exercise that an error belongs to: whose function raised it, else the one that is trained."""
        frames = error.frames if isinstance(error, LearnerError) else ()
        names = [frame.function for frame in reversed(frames)]
        if isinstance(error, LearnerError) and error.unwritten:
            names.insert(0, error.message.removeprefix(TODO).strip())
        if isinstance(error, LearnerError) and error.missing:
            names.insert(0, error.message)
        if isinstance(error, WorkerLost) and error.where is not None:
            names.append(self._scanned.qualified(error.where).function)
        found = (one for name in names for one in self._unit.exercises if one.owns(outermost(name)))
        return next(found, self._exercise)

    def _result(self, exercise: Exercise, check: CheckResult) -> ExerciseResult:
        where = self._scanned.blamed(exercise, ())
        return ExerciseResult(id=exercise.id, points=0, checks=(check,), where=where, digest="")


def used(unit: Unit, plan: Plan) -> tuple[tuple[Exercise, ...], tuple[Exercise, ...]]:
    """Return the exercises that a run calls, and these with all that they need; in teaching order.

    What is only needed, a learner may have written out instead of calling it. Raises CourseError for one there is not.
    """
    known = {one.name: one for one in unit.exercises}
    lacking = next((name for name in plan.uses if name not in known), "")
    if lacking or not plan.uses:
        raise CourseError(f"{plan.file}: uses names exercises of the unit: there is no {lacking!r}.")
    names = {*plan.uses, *(need for name in plan.uses for need in unit.needed(known[name]))}
    return tuple(known[name] for name in known if name in plan.uses), tuple(
        known[name] for name in known if name in names
    )


def number(seed: int, step: int, side: str = "") -> int:
    """Return the seed of a chunk, 32 bits: it depends on the run's seed and on the step, and on no chunk before."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{step}/{side}".encode()).digest()[:4], "little")


def blocked(unit: Unit, result: ExerciseResult) -> Exercise | None:
    """Return the exercise that is not written, where that is what a run ended with."""
    check = result.checks[0]
    if check.outcome not in (Outcome.TODO, Outcome.BLOCKED):
        return None
    wanted = check.waits_for or result.id
    return next((one for one in unit.exercises if one.id == wanted), None)
