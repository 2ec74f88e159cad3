"""How a check failed: outcome, message and place of one error.

The place is that of what was asked for, unless the error comes with a line of its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.failures import TODO, LearnerError, WrongAnswer
from grader.judging import answers
from grader.judging.limits import OutOfTime
from grader.language import heard, later, phrase
from grader.model import UNDONE, Location, Mismatch, Outcome
from grader.qualnames import outermost
from grader.submission import explain, tips
from grader.submission.scanned import Scanned, ScannedNames
from grader.worker.host.given import Given
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer, Transcript
from grader.worker.host.trail import Trail


@dataclass(frozen=True)
class Told:
    """What is said of a check that failed; the fields are those of a `CheckResult`."""

    outcome: Outcome
    message: str = ""
    where: Location | None = None
    frames: tuple[Location, ...] = ()
    asked: tuple[str, ...] = ()
    note: str = ""
    mismatch: Mismatch | None = None
    waits_for: str = ""


@dataclass(frozen=True)
class Failed:
    """A check of an exercise that ended with an error: what it asked, and the file if it is a learner's.

    right: gives the solution's answers, if they can be had.
    """

    unit: Unit
    exercise: Exercise
    title: str
    scanned: Scanned | None
    right: Callable[[], Given | None]
    transcript: Transcript = field(default_factory=Transcript)
    trail: Trail = field(default_factory=Trail)

    def told(self, error: BaseException) -> Told:
        """Return outcome and message, where it was, what was asked, and what else an error tells."""
        told = self._tripped(error) or self._explained(error, self._where(error))
        doubled = self.scanned.doubled(self.exercise) if self.scanned else None
        note = ""
        if doubled is not None and not (isinstance(error, LearnerError) and error.at_top):
            note = explain.doubled_message(*doubled)
            if told.outcome is Outcome.FAIL and doubled[0] in self.exercise.answers:  # what it spoils may be anywhere
                told = replace(told, where=doubled[1][-1])
        asked = told.asked or answers.asked(
            self.transcript.given, error, (str(self.unit.checks), str(self.unit.hidden))
        )
        shown = "" if told.outcome in UNDONE else self._helpers(told.message, " ".join(asked))
        return replace(told, note="\n".join(filter(None, (note, shown))), asked=asked)

    def _helpers(self, message: str, asked: str) -> str:
        """Say what the check's own functions do that a question names: a learner has none of these names.

        A sentence may mean a method of the learner's by the same name; a question writes it with its object.
        """
        own = self.scanned.spans if self.scanned else {}
        methods = {one.rpartition(".")[2] for one in own}
        calls = {one: re.compile(rf"(?<![\w.]){one}\(") for one in self.unit.helpers if one not in own}
        named = [
            one for one, call in calls.items() if call.search(asked) or (one not in methods and call.search(message))
        ]
        return "\n".join(self._helper(name, self.unit.in_words(self.unit.helpers[name])) for name in named)

    @staticmethod
    def _helper(name: str, does: str) -> str:
        if not does:
            return phrase("{name} is a helper of the check.", name=name)
        says = later("{name} is a helper of the check: {does}")
        return phrase(says, name=name, does=does)

    def _tripped(self, error: BaseException) -> Told | None:
        """Say which answer was nothing, where code of the learner's trips over it later."""
        if not (isinstance(error, LearnerError) and "NoneType" in error.message):
            return None
        found = answers.tripped(self.transcript.given, self.right())
        if found is None:
            return None
        answer, says = found
        where = None
        if self.scanned is not None:
            blamed = self.trail.of(answer.step, ScannedNames(self.scanned, self.exercise))
            where = self.scanned.blamed(self.exercise, blamed)
        return Told(Outcome.FAIL, says, where, asked=(answer.asked,))

    def _where(self, error: BaseException) -> Location | None:
        """Return the place of what was asked for."""
        if self.scanned is None:
            return None
        names = ScannedNames(self.scanned, self.exercise)
        if isinstance(error, WrongAnswer) and error.compared is not None:
            source = self.transcript.given.source(error.compared, error.at)
            found = (
                self.trail.all(names)
                if source is None
                else self.trail.of(self.transcript.given.answers[source].step, names)
            )
        else:
            found = self.trail.all(names) if isinstance(error, AssertionError) else self.trail.last(names)
        return self.scanned.blamed(self.exercise, found)

    def _explained(self, error: BaseException, asked_at: Location | None) -> Told:
        """asked_at: the place of what was asked, where an error comes with none of its own."""
        if isinstance(error, LearnerError):
            return self._todo(error, asked_at) if error.unwritten else self._raised(error, asked_at)
        if isinstance(error, CourseError):
            return Told(Outcome.FAULT, str(error))
        if isinstance(error, WorkerLost):
            return Told(error.outcome, str(error), self._lost_at(error, asked_at))
        if isinstance(error, OutOfTime):
            return Told(Outcome.TIMEOUT, phrase("Stopped: it ran out of time."), asked_at)
        mismatch = error.mismatch if isinstance(error, WrongAnswer) else None
        return Told(Outcome.FAIL, self._in_place(self._wrong(error), asked_at), asked_at, mismatch=mismatch)

    def _in_place(self, message: str, asked_at: Location | None) -> str:
        """Say why nothing was returned, where the line of the `return` shows it: it does not miss then."""
        if self.scanned is None or asked_at is None or not answers.says_nothing_came(message):
            return message
        tip = tips.changed_in_place(self.scanned, asked_at.function)
        return answers.nothing_because(message, tip) if tip else message

    def _lost_at(self, error: WorkerLost, asked_at: Location | None) -> Location | None:
        """Return where a worker was when it was lost; while a file is loaded that is no place of an exercise's."""
        if error.where is not None:
            return self.scanned.qualified(error.where) if self.scanned else error.where
        if not error.loading:
            return asked_at
        return tips.ends_at_top(self.scanned) if self.scanned else None

    def _wrong(self, error: BaseException) -> str:
        """Return what an answer that is no right one is told, or a sentence of the check's own."""
        given = self.transcript.given
        if isinstance(error, WrongAnswer):
            return answers.nothing_returned(given, self.right, error)
        if isinstance(error, RefusedAnswer):
            says = later("{asked} gave something that is no answer: {reason}.")
            asked = next(iter(given.tail(1)), phrase("your code"))
            return phrase(says, asked=asked, reason=heard(str(error)))
        if isinstance(error, AssertionError):
            return answers.nothing_came(given, self.right) or _sentence(error) or self.title
        return answers.unusable(given, self.right(), error)

    def _raised(self, error: LearnerError, asked_at: Location | None) -> Told:
        where = (error.at_top or error.frames[-1]) if error.frames else asked_at
        message = self._missing(error)
        if message and self.scanned and not error.frames:
            where = self.scanned.location(self.exercise)
        if error.forbidden:
            message = self.unit.refusal(error.forbidden, self.exercise)
        selfless = self.scanned.selfless if self.scanned else ()
        if not message:
            said = error.message
            if not error.frames:  # the check's own helpers may have raised it
                error.message = self.unit.in_words(error.message)
            shown = tips.tip(error, self.unit, self.exercise, self.scanned)
            message = explain.error_message(error, self.unit.libraries, selfless, self._renamed(error), shown)
            told = said.endswith(
                "."
            )  # a sentence of the helper's, which knows the cause; Python's own have no full stop
            if not told and not error.frames and self.unit.asks_helper("".join(self.transcript.given.tail(1))):
                says = later("It came up in the check's own code, with what yours gave: is it what the text asks for?")
                message = f"{message}\n{phrase(says)}"
        outcome = Outcome.MEMORY if explain.out_of_memory(error) else Outcome.ERROR
        return Told(outcome, message, where, error.frames)

    def _todo(self, error: LearnerError, asked_at: Location | None) -> Told:
        """Tell an unwritten answer of this exercise from one that this exercise needs, and from code tried out.

        Which of several a check meets first may depend on its numbers, so what is to be written here comes first.
        """
        name = error.message.removeprefix(TODO).strip()
        top = error.at_top
        if top is not None:
            return Told(Outcome.ERROR, explain.top_message(name or self.exercise.name, top.line), top, (top,))
        at = error.frames[-1] if error.frames else asked_at
        if not error.message.startswith(TODO) and error.frames:
            name = outermost(error.frames[-1].function)
        if self.exercise.owns(name) or (self.scanned and self.scanned.unwritten(self.exercise)):
            message, first = self._unwritten(name)
            return Told(Outcome.TODO, message, first or at)
        if not error.message.startswith(TODO):
            return Told(Outcome.TODO, phrase("{name} is not written yet.", name=name or self.exercise.name), at)
        message = phrase("{name} is not written yet.", name=name)
        owner = next((other for other in self.unit.exercises if other.owns(name)), None)
        if owner is None:
            return Told(Outcome.TODO, message, asked_at)
        return Told(Outcome.BLOCKED, message, asked_at, waits_for=owner.id)

    def _unwritten(self, name: str) -> tuple[str, Location | None]:
        """Return message and place of the first answer that is not written, `name` where none is seen."""
        found = self.scanned.unwritten(self.exercise) if self.scanned else {}
        first = next(iter(found), name or self.exercise.name)
        message = phrase("{name} is not written yet.", name=first)
        below = tips.stands_below(self.scanned, first) if self.scanned else ""
        message = f"{message}\n{below}" if below else message
        others = [f"{other} ({where.line})" for other, where in found.items() if other != first]
        if others:
            says = later("Still to write, with their lines: {names}.")
            message = f"{message}\n{phrase(says, names=', '.join(others))}"
        return message, found.get(first)

    def _missing(self, error: LearnerError) -> str:
        """Say which promised name is not in the file, if an error is best explained by that."""
        scanned = self.scanned
        gone = [name for name in self._suspects(error) if scanned.span(name) is None] if scanned else []
        if scanned is None or not gone:
            return ""
        promised = {answer for exercise in self.unit.exercises for answer in exercise.answers}
        if scanned.strayed(gone[0]):
            return explain.strayed_message(gone[0], scanned.file)
        own = scanned.source is not None and scanned.source.own
        alone = len(self.exercise.answers) == 1 or gone[0] not in self.exercise.answers
        reset = self.exercise.id if alone else f"{self.unit.key}.{gone[0]}"  # what stands beside it stays
        near = scanned.near(gone[0], promised)
        return explain.missing_message(gone[0], scanned.file, near, f"grade reset {reset}" if own else "")

    def _renamed(self, error: LearnerError) -> tuple[str, Sequence[str]]:
        """Return a function, and its parameters, that uses a name which is a parameter of other functions only."""
        if self.scanned is None or not error.frames or not error.is_a(NameError):
            return "", ()
        name = outermost(error.frames[-1].function)
        own = [one for one in self.scanned.parameters.get(name, ()) if one != "self"]
        others = {one for names in self.scanned.parameters.values() for one in names}
        return (name, own) if own and others.issuperset(explain.undefined(error)) else ("", ())

    def _suspects(self, error: LearnerError) -> Sequence[str]:
        """Return the names that may be missing when this error is raised."""
        if error.missing:
            return [error.message]
        if error.is_a(NameError):
            promised = {answer.partition(".")[0] for one in self.unit.exercises for answer in one.answers}
            return [name for name in explain.undefined(error) if name in promised]
        own = (error.is_a(AttributeError) or error.is_a(TypeError)) and not error.frames
        return self.exercise.answers if own else ()


def _sentence(error: AssertionError) -> str:
    """Return what an assert says, without what pytest adds where it has rewritten the file."""
    return f"\n{error}".partition("\nassert ")[0].strip()
