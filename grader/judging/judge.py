"""Put one check to one candidate and say how it ended. Everything that can happen in a check becomes one frozen result.

The host's rule: no answer is a failure, and an exception in a check's own code is never a learner's traceback.
"""

import hashlib
import inspect
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec

from grader.course.course import Course
from grader.course.declarations import Check, Exercise
from grader.course.unit import Unit
from grader.errors import CourseError, GraderError
from grader.failures import LearnerError, WrongAnswer
from grader.judging import reference
from grader.judging.candidate import Candidate, LoadFailed, Ours
from grader.judging.failed import Failed, Told
from grader.judging.limits import OutOfTime
from grader.judging.oracle import Oracle, Store
from grader.model import REQUIRED, CheckResult, Outcome
from grader.submission import explain
from grader.submission.scanned import Scanned
from grader.worker.host.given import Given
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer, Subject, Transcript
from grader.worker.wire.codec import Garbage

GIVEN = ("learner", "oracle", "props", "rng")


@dataclass(frozen=True)
class Item:
    """One check that can be run. id: its name, with the parameters in brackets. owner: the class that it stands in."""

    exercise: Exercise
    check: Check
    id: str
    owner: type
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def function(self) -> Callable[..., None]:
        """The check, bound to a fresh instance."""
        bound: Callable[..., None] = getattr(self.owner(), self.check.name)
        return bound

    @cached_property
    def wants(self) -> frozenset[str]:
        """The names it takes. Raises CourseError for one that nobody can give."""
        names = frozenset(inspect.signature(getattr(self.owner, self.check.name)).parameters) - {"self"}
        unknown = names - set(GIVEN) - set(self.parameters)
        if unknown:
            place = f"{getattr(self.owner, self.check.name).__code__.co_filename}:{self.check.line}"
            raise CourseError(
                f"{place}: {self.id} asks for {min(unknown)!r}; a check can have {', '.join(GIVEN)} "
                "and what parametrize gives it."
            )
        return names


@dataclass(frozen=True)
class Verdict:
    """How one check ended: the result, what was asked on the way, and both sides of a wrong answer.

    ran: whether it was put to anybody at all.
    """

    result: CheckResult
    transcript: Transcript
    pair: tuple[Any, Any] | None = None
    ran: bool = True


class Judge:
    """Judges checks of one unit. One seed, one oracle store."""

    def __init__(
        self, course: Course, unit: Unit, *, seed: int | None = None, timeout: float | None = None, edges: str = ""
    ) -> None:
        """seed: instead of the course's. timeout: processor seconds a check, instead of the exercise's.

        edges: open or required, instead of what the course says.
        """
        self.course = course
        self.unit = unit
        self.seed = course.seed if seed is None else seed
        self.timeout = timeout
        self._required = (edges or course.edges) == REQUIRED
        self.oracle = Oracle(Store(unit, store_folder(course)))
        self._asked: tuple[str, dict[str, Given | None]] = ("", {})  # an exercise, and what the solution answers

    def check(self, item: Item, candidate: Candidate, scanned: Scanned | None = None) -> Verdict:
        """Run one check. Raises GraderError only where we or the course are at fault.

        A check that does not run is a fault of its own where a learner is asked: the others are judged all the same.
        """
        failed = Failed(
            self.unit, item.exercise, self.unit.said(item.check.title), scanned, partial(self._right, item, candidate)
        )
        error: BaseException | None = None
        unloaded = False
        try:
            subject = candidate.subject(item.exercise)
            with candidate.budget(self.timeout or item.exercise.cpu):
                self.begin(item, subject)
                failed = replace(failed, transcript=subject.transcript, trail=subject.trail)
                self.put(item, subject)
        except KeyboardInterrupt:
            raise
        except GraderError as caught:
            if not isinstance(caught, CourseError) or isinstance(candidate, Ours):
                raise
            error = caught
        except BaseException as caught:  # noqa: BLE001 (SystemExit or pytest's own in a check are verdicts too)
            unloaded = isinstance(caught, LoadFailed)
            error = self._named(caught, item, candidate)
        try:
            verdict = self._verdict(item, candidate, failed, error)
            return replace(verdict, result=msgspec.structs.replace(verdict.result, unloaded=unloaded))
        finally:
            error = None  # it holds this frame and the check's, which hold the answers: nothing may hold it in turn

    def is_edge(self, item: Item) -> bool:
        """Say whether the exercise passes without this check; none where edges are required."""
        return item.check.edge and not self._required

    def begin(self, item: Item, subject: Subject) -> None:
        """Begin a check: nothing of an earlier one is left, and random numbers come from the check's own seed."""
        subject.begin(self._number(item, "worker") % 2**32)

    def put(self, item: Item, subject: Subject) -> None:
        """Put a check that has begun to a subject. Raises whatever the check raises."""
        item.function(**self._given(item, subject))

    def _given(self, item: Item, subject: Subject) -> dict[str, Any]:
        given = {"learner": subject.learner, "oracle": self.oracle, "props": subject.props}
        if "rng" in item.wants:
            given["rng"] = self._rng(item)
        return {name: item.parameters.get(name, given.get(name)) for name in item.wants}

    def _number(self, item: Item, side: str = "") -> int:
        """Return the seed of a check: from the run's seed and the check's name, so it depends on nothing else.

        side: the worker's is another one, since what a worker knows tells nothing of inputs to come.
        """
        name = f"{self.seed}/{item.exercise.id}/{item.id}{side}"
        return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")

    def _rng(self, item: Item) -> Any:
        if not self.unit.has_arrays:
            return random.Random(self._number(item))  # noqa: S311 (no secret)
        import numpy as np

        return np.random.default_rng(self._number(item))

    def _named(self, error: BaseException, item: Item, candidate: Candidate) -> BaseException:
        """Turn what went wrong into one of the few things that a verdict can be made of."""
        if isinstance(error, LoadFailed):
            return error.cause
        if isinstance(error, Garbage):
            candidate.lost()
            return candidate.forged(str(error))
        if isinstance(error, WorkerLost | OutOfTime) or _is_out_of_memory(error):
            candidate.lost()
        known = (LearnerError, WorkerLost, RefusedAnswer, AssertionError, OutOfTime)
        if not isinstance(error, known) and self._is_ours(item, candidate):
            where = reference.line_of(error, self.unit.checks, self.unit.hidden)
            broken = CourseError(f"{where}: {item.id} does not run: {type(error).__name__}: {error}")
            if isinstance(candidate, Ours):
                raise broken from error
            return broken
        return error

    def _is_ours(self, item: Item, candidate: Candidate) -> bool:
        """Say whether a check's own exception is the check's fault: it is, if the solution meets it, too."""
        if isinstance(candidate, Ours) and not candidate.misconception and not candidate.base:
            return True
        return self.unit.solution.exists() and self._right(item) is None

    def _right(self, item: Item, candidate: Candidate | None = None) -> Given | None:
        """Return what the solution answers under a check; None where there is none, or the check trips over it, too.

        candidate: who is asked; of the solution itself nothing more is known.
        """
        if not self.unit.solution.exists() or (isinstance(candidate, Ours) and not candidate.misconception):
            return None
        if self._asked[0] != item.exercise.id:
            self._asked = (item.exercise.id, {})  # of one exercise at a time: answers may be large
        known = self._asked[1]
        if item.id not in known:
            try:
                known[item.id] = self.check(item, Ours(self.unit)).transcript.given
            except CourseError:
                known[item.id] = None
        return known[item.id]

    def _verdict(self, item: Item, candidate: Candidate, failed: Failed, error: BaseException | None) -> Verdict:
        told, output = Told(Outcome.PASS), ("", 0)
        if error is not None:
            with suppress(WorkerLost):
                output = candidate.tail()
            told = failed.told(error)
        result = CheckResult(
            id=item.id,
            title=self.unit.said(item.check.title),
            weight=item.check.weight,
            hidden=item.check.hidden,
            edge=self.is_edge(item),
            seconds=round(candidate.spent(), 4),
            output=output[0],
            output_bytes=output[1],
            **vars(told),
        )
        return Verdict(result, failed.transcript, error.pair if isinstance(error, WrongAnswer) else None)


def _is_out_of_memory(error: BaseException) -> bool:
    """A process without memory cannot be asked anything else: what filled it is still there."""
    return isinstance(error, LearnerError) and explain.out_of_memory(error)


def store_folder(course: Course) -> Path:
    """Return where expected values are kept."""
    return course.state_folder / "store"
