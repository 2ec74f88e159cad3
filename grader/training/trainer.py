"""Train a learner's code: a worker does some steps at a time, and all that lasts comes back as data.

The worker forgets everything from one chunk to the next but the text that it trains on. So what is saved between two
chunks is the whole run: one that goes on gives the same numbers as one that was never stopped.
"""

import hashlib
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from grader.course.declarations import Exercise
from grader.course.training import ELSE, Training, digest, source
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.failures import TODO, LearnerError
from grader.judging import reference
from grader.judging.candidate import Learner, LoadFailed
from grader.judging.failed import Failed
from grader.language import later, phrase
from grader.model import CheckResult, ExerciseResult, Outcome
from grader.qualnames import outermost
from grader.submission.scanned import Scanned
from grader.training.beside import beside
from grader.training.checkpoint import Checkpoint, Facts, State
from grader.values import Tensor, is_array
from grader.worker.host.launch import Launcher
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer, Subject
from grader.worker.wire.codec import Garbage

MAX_PARTS, MAX_NAME, MAX_WHOLE = 1000, 200, 1 << 62


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


@dataclass(frozen=True)
class Finding:
    """What a run has come to. measures: numbers by their names. samples: what the model wrote.

    curves, pictures: by title, numbers to draw, and what is drawn already.
    """

    measures: dict[str, float] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    curves: dict[str, list[float]] = field(default_factory=dict)
    pictures: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Trainer:
    """Trains the code of one file. Close it: it owns a worker."""

    def __init__(
        self, unit: Unit, plan: Training, scanned: Scanned, launcher: Launcher, text: Text, *, timeout: float | None
    ) -> None:
        """timeout: processor seconds of a chunk, instead of the run's own."""
        self._unit = unit
        self._plan = plan
        self._scanned = scanned
        self._text = text
        self._cpu = timeout or plan.cpu
        self._used, self._beneath = used(unit, plan)
        self._program = reference.helper(source(plan.file))
        self._learner = Learner(unit, scanned, launcher, memory=plan.memory << 20, props=self._program)
        self._exercise = self._used[-1]
        self._prepared = False

    def close(self) -> None:
        """End the worker."""
        self._learner.close()

    def facts(self, seed: int, total: int) -> Facts:
        """Return what a run begins with here and now."""
        work = hashlib.sha256("".join(map(self._scanned.digest, self._beneath)).encode()).hexdigest()[:16]
        return Facts(self._unit.key, seed, total, self._text.name, self._text.digest, digest(self._plan), work)

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

    def begin(self, facts: Facts) -> Checkpoint:
        """Return a run that has not taken any step. Raises Halted."""
        state = self._asked("begin", (number(facts.seed, 0),), facts.seed, 0, _state)
        return Checkpoint(facts, (), state)

    def advance(self, run: Checkpoint) -> Checkpoint:
        """Take the steps of the next chunk. Raises Halted."""
        count = min(self._plan.chunk, run.facts.total - run.step)
        given = (run.state, number(run.facts.seed, run.step), run.step, count, run.facts.total)
        state, losses = self._asked("advance", given, run.facts.seed, run.step, lambda value: _advanced(value, count))
        bad = next((at for at, loss in enumerate(losses) if not math.isfinite(loss)), None)
        if bad is not None:
            raise self._halted(AssertionError(_no_number(losses[bad], run.step + bad)), run.step, None)
        return replace(run, losses=(*run.losses, *losses), state=state)

    def finish(self, run: Checkpoint) -> Finding:
        """Return what it has come to. Raises Halted."""
        came = self._asked("finish", (run.state, number(run.facts.seed, -1)), run.facts.seed, run.step, finding)
        return replace(came, measures={**came.measures, **beside(self._unit, self._plan, run.state, came.measures)})

    def published(self, place: str, seed: int) -> Finding:
        """Return what the code makes of published weights. place: a file, or what the run takes for one."""
        return self._asked("published", (place,), seed, 0, finding)

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
            raise CourseError(f"{self._plan.file}: does not run: {cause}") from cause
        exercise = self._owner(cause)
        title = phrase("in grade run {unit}, after step {step}", unit=self._unit.key, step=f"{step:,}")
        known = {"transcript": subject.transcript, "trail": subject.trail} if subject is not None else {}
        told = Failed(self._unit, exercise, title, self._scanned, lambda: None, **known).told(cause)  # type: ignore[arg-type]
        output = self._tail()
        facts = {**vars(told), "asked": ()}
        if isinstance(cause, LearnerError) and not cause.frames and told.message.startswith(cause.type):
            facts["note"] = phrase("It happened in the run itself, not in a line of yours.")
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


def used(unit: Unit, plan: Training) -> tuple[tuple[Exercise, ...], tuple[Exercise, ...]]:
    """Return the exercises that a run calls, and these with all that they need; in teaching order.

    What is only needed, a learner may have written out instead of calling it. Raises CourseError for one there is not.
    """
    known = {one.name: one for one in unit.exercises}
    lacking = next((name for name in plan.uses if name not in known), "")
    if lacking or not plan.uses:
        raise CourseError(f"{plan.file}: uses of RUN names exercises of the unit: there is no {lacking!r}.")
    names = {*plan.uses, *(need for name in plan.uses for need in unit.needed(known[name]))}
    return tuple(known[name] for name in known if name in plan.uses), tuple(
        known[name] for name in known if name in names
    )


def number(seed: int, step: int, side: str = "") -> int:
    """Return the seed of a chunk, 32 bits: it depends on the run's seed and on the step, and on no chunk before."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{step}/{side}".encode()).digest()[:4], "little")


def chunks(trainer: Trainer, run: Checkpoint) -> Iterator[Checkpoint]:
    """Yield the run after each chunk, to its end. Raises Halted."""
    while run.step < run.facts.total:
        run = trainer.advance(run)
        yield run


# What comes back is a claim: it is made of what it should be made of, or it is refused.


def _state(value: Any) -> State:
    if not isinstance(value, dict) or len(value) > MAX_PARTS or not all(map(_is_part, value.items())):
        raise AssertionError(phrase("What is to be saved is not made of arrays and lists of numbers."))
    return value


def _is_part(item: tuple[Any, Any]) -> bool:
    name, value = item
    if not (isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable() and "/" not in name):
        return False
    numbers = isinstance(value, list) and all(map(_is_number, value))
    return numbers or isinstance(value, Tensor) or is_array(value)


def _advanced(value: Any, count: int) -> tuple[State, list[float]]:
    state, losses = value if isinstance(value, tuple) and len(value) == 2 else (None, None)
    if not isinstance(losses, list) or len(losses) != count or not all(map(_is_number, losses)):
        says = later("{number} losses are expected, one a step: {given} came.")
        given = phrase("{number} numbers", number=len(losses)) if isinstance(losses, list) else phrase("something else")
        raise AssertionError(phrase(says, number=count, given=given))
    return _state(state), [float(one) for one in losses]


def finding(value: Any) -> Finding:
    """Return what a run has come to, of what its function returned. Raises AssertionError for anything else."""
    parts = value if isinstance(value, dict) else {}
    measures, samples, pictures, curves = (
        parts.get(name, {}) for name in ("measures", "samples", "pictures", "curves")
    )
    numbers = isinstance(measures, dict) and all(
        isinstance(name, str) and _is_number(one) for name, one in measures.items()
    )
    texts = isinstance(samples, list | dict) and all(isinstance(one, str) for one in samples)
    drawn = isinstance(pictures, dict) and all(
        isinstance(rows, list) and all(isinstance(one, str) for one in rows) for rows in pictures.values()
    )
    lists = isinstance(curves, dict) and all(
        isinstance(name, str) and isinstance(one, list) and all(map(_is_number, one)) for name, one in curves.items()
    )
    if not (numbers and texts and drawn and lists):
        raise AssertionError(phrase("What the run has come to is not made of numbers and texts."))
    return Finding(measures, tuple(samples), curves, {str(name): tuple(rows) for name, rows in pictures.items()})


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < MAX_WHOLE)


def _no_number(loss: float, step: int) -> str:
    says = later("The loss of step {step} is {loss}. From there on nothing is learned.")
    return phrase(says, step=f"{step:,}", loss=loss)


def blocked(unit: Unit, result: ExerciseResult) -> Exercise | None:
    """Return the exercise that is not written, where that is what a run ended with."""
    check = result.checks[0]
    if check.outcome not in (Outcome.TODO, Outcome.BLOCKED):
        return None
    wanted = check.waits_for or result.id
    return next((one for one in unit.exercises if one.id == wanted), None)
