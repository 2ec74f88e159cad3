"""Put one check to one party and say how it ended. Everything that can happen in a check becomes one frozen result.

The host's rule: no answer is a failure, and an exception in a check's own code is never a learner's traceback.
"""

import hashlib
import inspect
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader import answers, bank, explain
from grader.course import Check, Course, Exercise, Unit
from grader.errors import CourseError, GraderError
from grader.failures import TODO, LearnerError, WrongAnswer
from grader.language import heard, later, phrase
from grader.model import REQUIRED, CheckResult, Outcome
from grader.oracle import Oracle, Store
from grader.party import LoadFailed, Ours, Party
from grader.survey import Survey
from grader.worker.codec import Garbage
from grader.worker.forbid import REFUSED
from grader.worker.given import Given
from grader.worker.process import WorkerLost
from grader.worker.subject import RefusedAnswer, Subject, Transcript

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

    def check(self, item: Item, party: Party, survey: Survey | None = None) -> Verdict:
        """Run one check. Raises GraderError only where we or the course are at fault.

        A check that does not run is a fault of its own where a learner is asked: the others are judged all the same.
        """
        transcript = Transcript()
        error: BaseException | None = None
        try:
            subject = party.subject(item.exercise)
            with party.budget(self.timeout or item.exercise.cpu):
                self.begin(item, subject)
                transcript = subject.transcript
                self.put(item, subject)
        except KeyboardInterrupt:
            raise
        except GraderError as caught:
            if not isinstance(caught, CourseError) or isinstance(party, Ours):
                raise
            error = caught
        except BaseException as caught:  # noqa: BLE001 (SystemExit or pytest's own in a check are verdicts too)
            error = self._named(caught, item, party)
        try:
            return self._verdict(item, party, survey, transcript, error)
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

    def _named(self, error: BaseException, item: Item, party: Party) -> BaseException:
        """Turn what went wrong into one of the few things that a verdict can be made of."""
        if isinstance(error, LoadFailed):
            return error.cause
        if isinstance(error, Garbage):
            party.lost()
            return party.forged(str(error))
        if isinstance(error, WorkerLost | bank.OutOfTime) or _is_out_of_memory(error):
            party.lost()
        known = (LearnerError, WorkerLost, RefusedAnswer, AssertionError, bank.OutOfTime)
        if not isinstance(error, known) and self._is_ours(item, party):
            where = bank.line_of(error, self.unit.checks, self.unit.hidden)
            broken = CourseError(f"{where}: {item.id} does not run: {type(error).__name__}: {error}")
            if isinstance(party, Ours):
                raise broken from error
            return broken
        return error

    def _is_ours(self, item: Item, party: Party) -> bool:
        """Say whether a check's own exception is the check's fault: it is, if the solution meets it, too."""
        if isinstance(party, Ours) and not party.misconception:
            return True
        return self.unit.solution.exists() and self._right(item) is None

    def _right(self, item: Item, party: Party | None = None) -> Given | None:
        """Return what the solution answers under a check; None where there is none, or the check trips over it, too.

        party: who is asked; of the solution itself nothing more is known.
        """
        if not self.unit.solution.exists() or (isinstance(party, Ours) and not party.misconception):
            return None
        try:
            return self.check(item, Ours(self.unit)).transcript.given
        except CourseError:
            return None

    def _verdict(
        self, item: Item, party: Party, survey: Survey | None, transcript: Transcript, error: BaseException | None
    ) -> Verdict:
        facts: dict[str, Any] = {"id": item.id, "title": item.check.title, "weight": item.check.weight}
        facts |= {"hidden": item.check.hidden, "edge": self.is_edge(item), "seconds": round(party.spent(), 4)}
        if error is None:
            return Verdict(CheckResult(outcome=Outcome.PASS, **facts), transcript)
        with suppress(WorkerLost):
            facts["output"], facts["output_bytes"] = party.tail()
        asked = answers.asked(transcript.given, error)
        facts |= {"asked": asked, "where": survey.location(item.exercise, _last(asked)) if survey else None}
        facts |= self._explained(item, error, transcript, survey)
        if isinstance(error, LearnerError) and "NoneType" in error.message:
            asked, says = answers.tripped(transcript.given, self._right(item, party))
            facts |= {"outcome": Outcome.FAIL, "asked": (asked,), "message": says, "frames": ()} if says else {}
        return Verdict(CheckResult(**facts), transcript, error.pair if isinstance(error, WrongAnswer) else None)

    def _explained(
        self, item: Item, error: BaseException, transcript: Transcript, survey: Survey | None
    ) -> dict[str, Any]:
        """Return outcome and message, and what else an error tells."""
        if isinstance(error, LearnerError):
            return self._learner_error(item, error, survey)
        if isinstance(error, CourseError):
            return {"outcome": Outcome.FAULT, "message": str(error), "where": None}
        if isinstance(error, WorkerLost):
            where = {"where": error.where} if error.where else {}
            return {"outcome": error.outcome, "message": str(error), **where}
        if isinstance(error, bank.OutOfTime):
            return {"outcome": Outcome.TIMEOUT, "message": phrase("Stopped: it ran out of time.")}
        if isinstance(error, WrongAnswer):
            message = answers.nothing_returned(transcript.given, error)
            return {"outcome": Outcome.FAIL, "mismatch": error.mismatch, "message": message}
        if isinstance(error, RefusedAnswer):
            says = later("{asked} gave something that is no answer: {reason}.")
            return {
                "outcome": Outcome.FAIL,
                "message": phrase(says, asked=_last(transcript.given.tail(1)), reason=heard(str(error))),
            }
        if isinstance(error, AssertionError):
            return {"outcome": Outcome.FAIL, "message": _sentence(error) or item.check.title}
        return {"outcome": Outcome.FAIL, "message": answers.unusable(transcript.given, self._right(item), error)}

    def _learner_error(self, item: Item, error: LearnerError, survey: Survey | None) -> dict[str, Any]:
        if error.unwritten:
            return self._todo(item, error)
        frames = {"frames": error.frames, "where": error.frames[-1]} if error.frames else {}
        missing = self._missing(item, error, survey)
        refused, _, rest = error.message.partition(f" {REFUSED}")
        message = self.unit.refusal(refused, item.exercise) if rest else missing or explain.error_message(error)
        outcome = Outcome.MEMORY if explain.out_of_memory(error) else Outcome.ERROR
        return {"outcome": outcome, "message": message, **frames}

    def _todo(self, item: Item, error: LearnerError) -> dict[str, Any]:
        """Tell an unwritten answer of this exercise from one that this exercise needs."""
        name = error.message.removeprefix(TODO).strip()
        where = {"where": error.frames[-1]} if error.frames else {}
        message = phrase("{name} is not written yet.", name=name or item.exercise.name)
        if name in item.exercise.answers or not error.message.startswith(TODO):
            return {"outcome": Outcome.TODO, "message": message, **where}
        owner = next((other for other in self.unit.exercises if name in other.answers), None)
        waits = {"waits_for": owner.id} if owner else {}
        return {
            "outcome": Outcome.BLOCKED if owner else Outcome.TODO,
            "message": message,
            **waits,
        }

    def _missing(self, item: Item, error: LearnerError, survey: Survey | None) -> str:
        """Say which promised name is not in the file, if an error is best explained by that."""
        if survey is None:
            return ""
        gone = [name for name in self._suspects(item, error) if name not in survey.spans]
        if not gone:
            return ""
        promised = {answer for exercise in self.unit.exercises for answer in exercise.answers}
        return explain.missing_message(gone[0], survey.file, survey.near(gone[0], promised), item.exercise.id)

    def _suspects(self, item: Item, error: LearnerError) -> Sequence[str]:
        """Return the names that may be missing when this error is raised."""
        if error.missing:
            return [error.message]
        if error.is_a(NameError):
            promised = {answer.partition(".")[0] for one in self.unit.exercises for answer in one.answers}
            return [name for name in explain.undefined(error) if name in promised]
        own = (error.is_a(AttributeError) or error.is_a(TypeError)) and not error.frames
        return item.exercise.answers if own else ()


def _is_out_of_memory(error: BaseException) -> bool:
    """A process without memory cannot be asked anything else: what filled it is still there."""
    return isinstance(error, LearnerError) and explain.out_of_memory(error)


def store_folder(course: Course) -> Path:
    """Return where expected values are kept."""
    return course.state_folder / "store"


def _sentence(error: AssertionError) -> str:
    """Return what an assert says, without what pytest adds where it has rewritten the file."""
    return f"\n{error}".partition("\nassert ")[0].strip()


def _last(asked: Sequence[str]) -> str:
    return asked[-1] if asked else phrase("your code")
