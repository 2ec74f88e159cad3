"""What a verdict says of the answers of one check: which question was answered wrongly, and by which kind of thing."""

import traceback
from collections.abc import Callable, Container

from grader.failures import LearnerError, WrongAnswer
from grader.language import later, phrase
from grader.values import Remote, kind
from grader.wording import described
from grader.worker.host.given import READ, Answer, Given
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer

MISSING = later("Is a return missing?")
NOTHING = later("So nothing is returned.")


def asked(given: Given, error: BaseException, files: Container[str] = ()) -> tuple[str, ...]:
    """Return the question that an error is about, as a learner would type it, after those that it depends on.

    files: the unit's checks, whose variables lend their names to what is used more than once.
    """
    step, questions = None, given.tail(1)
    if isinstance(error, WrongAnswer) and error.compared is not None:
        index = given.source(error.compared, error.at)
        step = given.answers[index].step if index is not None else None
        questions = given.questions(error.compared, error.at)
    elif not isinstance(error, LearnerError | WorkerLost | RefusedAnswer):
        questions = given.tail()
    return given.script.typed(questions, step, _variables(error, files))


def _variables(error: BaseException, files: Container[str]) -> dict[int, str]:
    """Return the names that a check has for objects of the learner's."""
    names: dict[int, str] = {}
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in files:
            held = frame.f_locals.items()
            own = {value._id: name for name, value in held if isinstance(value, Remote)}  # noqa: SLF001 (a number)
            names = {number: name for number, name in own.items() if name not in names.values()} | names
    return names


def nothing_returned(given: Given, right: Callable[[], Given | None], error: WrongAnswer) -> str:
    """Say that a function returned nothing where that is what is wrong; empty where it is something else.

    right: gives the solution's answers; it is asked only where an answer is nothing.
    """
    says = later("You returned nothing (None); {kind} is expected.")
    if error.mismatch.problem == "kind" and error.mismatch.yours == "None":
        index = given.source(error.compared, error.at)
        if index is not None and given.answers[index].value is None and given.answers[index].operation not in READ:
            return f"{phrase(says, kind=some(error.mismatch.expected))}\n{phrase(MISSING)}"
    return nothing_came(given, right)


def nothing_came(given: Given, right: Callable[[], Given | None]) -> str:
    """Say which answer was nothing where the solution gives something; empty where none was. right: as above."""
    found = tripped(given, right()) if any(map(_is_nothing, given.answers)) else None
    return found[1] if found and _is_nothing(found[0]) else ""


def says_nothing_came(message: str) -> bool:
    """Say whether a message tells that a function returned nothing: then there is no other cause to look for."""
    return message.endswith((phrase(MISSING), phrase(NOTHING)))


def nothing_because(message: str, tip: str) -> str:
    """Return such a message with the reason for it in place of the question."""
    return "\n".join((message.removesuffix(phrase(MISSING)).rstrip(), tip, phrase(NOTHING)))


def _is_nothing(answer: Answer) -> bool:
    return answer.value is None and answer.operation not in READ


def tripped(given: Given, right: Given | None) -> tuple[Answer, str] | None:
    """Return the answer that is nothing, and the sentence; the code trips over it later.

    right: the solution's answers. None where every question was answered with something, or nothing is right.
    """
    found = _of_another_kind(given, right) if right else None
    if found is None or found[0].value is not None:
        return None
    return found[0], wrong_kind(*found)


def wrong_kind(yours: Answer, expected: Answer) -> str:
    """Say that an answer is of another kind than the solution's."""
    facts = {"asked": yours.asked, "value": described(yours.value), "kind": some(kind(expected.value))}
    said = phrase("{asked} gave {value}; {kind} is expected.", **facts)
    if _is_nothing(yours):
        return f"{said}\n{phrase(MISSING)}"
    if isinstance(expected.value, tuple) and not isinstance(yours.value, list | tuple):
        parts = phrase(later("A tuple of {number} has commas: return a, b"), number=len(expected.value))
        return f"{said}\n{parts}" if len(expected.value) == 2 else said
    return said


def unusable(given: Given, right: Given | None, error: BaseException) -> str:
    """Say that an answer could not be used. right: the solution's answers, if known."""
    found = _of_another_kind(given, right) if right else None
    if found is not None:
        return wrong_kind(*found)
    said = phrase("an answer has the wrong kind")
    if given.answers:
        last = given.answers[-1]
        said = phrase("{asked} gave {value}", asked=last.asked, value=described(last.value))
    says = later("{fact}, and the check could not go on with it ({error}).")
    return phrase(says, fact=said, error=f"{type(error).__name__}: {error}")


def _of_another_kind(given: Given, right: Given) -> tuple[Answer, Answer] | None:
    """Return the answer whose kind differs from that of the solution's: the first that is nothing, else the last."""
    pairs = [
        (yours, expected)
        for yours, expected in zip(given.answers, right.answers, strict=False)
        if yours.asked == expected.asked and _kind(yours.value) != _kind(expected.value)
    ]
    nothing = [pair for pair in pairs if pair[0].value is None]
    return next(iter(nothing or pairs[-1:]), None)


def _kind(value: object) -> str:
    return "number" if type(value) in (int, float) else kind(value)


def some(kind: str) -> str:
    """Return a kind with its article: `a list`, `an int`, `a Value`."""
    name = kind.removesuffix(" object")
    return phrase(later("an {kind}") if name[:1].lower() in "aeiou" else later("a {kind}"), kind=name)
