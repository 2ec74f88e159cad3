"""How a check failed: outcome, message and place of one error, in the fields of a `CheckResult`.

The place is that of what was asked for, unless the error comes with a line of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.course.course import Exercise, Unit
from grader.errors import CourseError
from grader.failures import TODO, LearnerError, WrongAnswer
from grader.judging import answers
from grader.judging.limits import OutOfTime
from grader.language import heard, later, phrase
from grader.model import Location, Outcome
from grader.submission import explain
from grader.submission.scanned import Names, Survey
from grader.worker.host.given import Given
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer, Transcript
from grader.worker.host.trail import Trail
from grader.worker.wire.protocol import REFUSED


@dataclass(frozen=True)
class Failed:
    """A check of an exercise that ended with an error: what it asked, and the file if it is a learner's.

    right: gives the solution's answers, if they can be had.
    """

    unit: Unit
    exercise: Exercise
    title: str
    survey: Survey | None
    right: Callable[[], Given | None]
    transcript: Transcript = field(default_factory=Transcript)
    trail: Trail = field(default_factory=Trail)

    def facts(self, error: BaseException) -> dict[str, Any]:
        """Return outcome and message, where it was, what was asked, and what else an error tells."""
        asked = answers.asked(self.transcript.given, error)
        facts = {"asked": asked, "where": self._where(error), **self._explained(error), **self._tripped(error)}
        doubled = self.survey.doubled(self.exercise) if self.survey else None
        if doubled is not None and not (isinstance(error, LearnerError) and error.at_top):
            facts["note"] = explain.doubled_message(*doubled)
        return facts

    def _tripped(self, error: BaseException) -> dict[str, Any]:
        """Say which answer was nothing, where code of the learner's trips over it later."""
        if not (isinstance(error, LearnerError) and "NoneType" in error.message):
            return {}
        found = answers.tripped(self.transcript.given, self.right())
        if found is None:
            return {}
        answer, says = found
        facts: dict[str, Any] = {"outcome": Outcome.FAIL, "asked": (answer.asked,), "message": says, "frames": ()}
        if self.survey is not None:
            blamed = self.trail.of(answer.step, Names(self.survey, self.exercise))
            facts["where"] = self.survey.blamed(self.exercise, blamed)
        return facts

    def _where(self, error: BaseException) -> Location | None:
        """Return the place of what was asked for."""
        if self.survey is None:
            return None
        names = Names(self.survey, self.exercise)
        if isinstance(error, WrongAnswer) and error.compared is not None:
            source = self.transcript.given.source(error.compared, error.at)
            found = (
                self.trail.all(names)
                if source is None
                else self.trail.of(self.transcript.given.answers[source].step, names)
            )
        else:
            found = self.trail.all(names) if isinstance(error, AssertionError) else self.trail.last(names)
        return self.survey.blamed(self.exercise, found)

    def _explained(self, error: BaseException) -> dict[str, Any]:
        if isinstance(error, LearnerError):
            return self._raised(error)
        if isinstance(error, CourseError):
            return {"outcome": Outcome.FAULT, "message": str(error), "where": None}
        if isinstance(error, WorkerLost):
            where = {"where": error.where} if error.where else {}
            return {"outcome": error.outcome, "message": str(error), **where}
        if isinstance(error, OutOfTime):
            return {"outcome": Outcome.TIMEOUT, "message": phrase("Stopped: it ran out of time.")}
        if isinstance(error, WrongAnswer):
            message = answers.nothing_returned(self.transcript.given, error)
            return {"outcome": Outcome.FAIL, "mismatch": error.mismatch, "message": message}
        if isinstance(error, RefusedAnswer):
            says = later("{asked} gave something that is no answer: {reason}.")
            asked = next(iter(self.transcript.given.tail(1)), phrase("your code"))
            return {"outcome": Outcome.FAIL, "message": phrase(says, asked=asked, reason=heard(str(error)))}
        if isinstance(error, AssertionError):
            return {"outcome": Outcome.FAIL, "message": _sentence(error) or self.title}
        return {"outcome": Outcome.FAIL, "message": answers.unusable(self.transcript.given, self.right(), error)}

    def _raised(self, error: LearnerError) -> dict[str, Any]:
        if error.unwritten:
            return self._todo(error)
        facts: dict[str, Any] = {"frames": error.frames, "where": error.frames[-1]} if error.frames else {}
        message = self._missing(error)
        if message and self.survey and not error.frames:
            facts["where"] = self.survey.location(self.exercise)
        selfless = self.survey.selfless if self.survey else ()
        refused, _, rest = error.message.partition(f" {REFUSED}")
        message = self.unit.refusal(refused, self.exercise) if rest else message
        facts["message"] = message or explain.error_message(error, self.unit.libraries, selfless)
        return {"outcome": Outcome.MEMORY if explain.out_of_memory(error) else Outcome.ERROR, **facts}

    def _todo(self, error: LearnerError) -> dict[str, Any]:
        """Tell an unwritten answer of this exercise from one that this exercise needs, and from code tried out."""
        name = error.message.removeprefix(TODO).strip()
        at = error.at_top
        if at is not None:
            message = explain.top_message(name or self.exercise.name, at.line)
            return {"outcome": Outcome.ERROR, "message": message, "where": at, "frames": (at,)}
        if _is_of(name, self.exercise) or not error.message.startswith(TODO):
            where = {"where": error.frames[-1]} if error.frames else {}
            return {"outcome": Outcome.TODO, **where, **self._unwritten(name)}
        message = phrase("{name} is not written yet.", name=name)
        owner = next((other for other in self.unit.exercises if _is_of(name, other)), None)
        if owner is None:
            return {"outcome": Outcome.TODO, "message": message}
        return {"outcome": Outcome.BLOCKED, "message": message, "waits_for": owner.id}

    def _unwritten(self, name: str) -> dict[str, Any]:
        """Return message and place of the first answer that is not written, `name` where none is seen."""
        found = self.survey.unwritten(self.exercise) if self.survey else {}
        first = next(iter(found), name or self.exercise.name)
        message = phrase("{name} is not written yet.", name=first)
        others = [f"{other} ({where.line})" for other, where in found.items() if other != first]
        if others:
            says = later("Still to write, with their lines: {names}.")
            message = f"{message}\n{phrase(says, names=', '.join(others))}"
        return {"message": message, **({"where": found[first]} if first in found else {})}

    def _missing(self, error: LearnerError) -> str:
        """Say which promised name is not in the file, if an error is best explained by that."""
        survey = self.survey
        gone = [name for name in self._suspects(error) if survey.span(name) is None] if survey else []
        if survey is None or not gone:
            return ""
        promised = {answer for exercise in self.unit.exercises for answer in exercise.answers}
        return explain.missing_message(gone[0], survey.file, survey.near(gone[0], promised), self.exercise.id)

    def _suspects(self, error: LearnerError) -> Sequence[str]:
        """Return the names that may be missing when this error is raised."""
        if error.missing:
            return [error.message]
        if error.is_a(NameError):
            promised = {answer.partition(".")[0] for one in self.unit.exercises for answer in one.answers}
            return [name for name in explain.undefined(error) if name in promised]
        own = (error.is_a(AttributeError) or error.is_a(TypeError)) and not error.frames
        return self.exercise.answers if own else ()


def _is_of(name: str, exercise: Exercise) -> bool:
    """Say whether a function or method is an answer of an exercise, or a method of one."""
    return any(f"{name}.".startswith(f"{answer}.") for answer in exercise.answers)


def _sentence(error: AssertionError) -> str:
    """Return what an assert says, without what pytest adds where it has rewritten the file."""
    return f"\n{error}".partition("\nassert ")[0].strip()
