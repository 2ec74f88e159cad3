"""What the questions of one check gave, so that a wrong value can be shown with the question that it answers.

Values are told apart by identity: each answer is decoded anew, so two that are equal are still two objects. What Python
keeps once, such as None and small numbers, is believed only where nothing else was asked later, or where a whole list
fits the questions one after the other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from grader.values import Tensor
from grader.wording import shown
from grader.worker.host.script import Script

MAX_KEPT = 1 << 20  # bytes of answers; their values can take fifty times as much
LARGE = 300  # from here on Python makes a new object of each whole number
MOST = 3  # questions that are shown
READ = ("get", "fetch")  # operations that only look
INDEX = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Answer:
    """What one question gave.

    operation: what kind of question, such as call or get. of_object: it is about an object on the learner's side, which
    another question may have changed. step: its number in the check's `Trail`.
    """

    asked: str
    value: Any
    operation: str = ""
    of_object: bool = False
    step: int = -1


@dataclass
class Given:
    """The answers of a check, in order. asked: all questions in words, those without an answer too.

    script: how they hang together.
    """

    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    script: Script = field(default_factory=Script)

    def add(self, answer: Answer, received: int) -> None:
        """Keep an answer; where they have become too many only the last. received: bytes so far."""
        self.answers.append(answer)
        if received > MAX_KEPT:
            del self.answers[:-1]

    def tail(self, count: int = MOST) -> tuple[str, ...]:
        """Return the last questions as a learner would write them; what is part of a later one is left out."""
        asked: list[str] = []
        for one in reversed(self.asked):
            if not any(one in later for later in asked):
                asked.insert(0, one)
            if len(asked) == count:
                break
        return tuple(asked)

    def questions(self, value: Any, at: str) -> tuple[str, ...]:
        """Return the question that gave a compared value, or the part of it at a place, `[2]`; else the last ones.

        Of an object that was changed in between, by `backward()` or the like, what changed it comes first.
        """
        index = self.source(value, at)
        if index is None:
            return self.tail()
        return (*self._changes(index), self.answers[index].asked)

    def source(self, value: Any, at: str) -> int | None:
        """Return the number of the answer that a value is, or holds at a place; None where it was made of answers."""
        return _source(self.answers, value, at)

    def _changes(self, index: int) -> list[str]:
        """Return what was done to objects before one was read: the last question that was no reading itself.

        Those that gave nothing were asked for what they do; of a few in a row all are told.
        """
        about = self.answers[index]
        done = [one for one in self.answers[:index] if one.of_object and one.operation not in READ]
        idle = len(list(takewhile(lambda answer: answer.value is None, reversed(done))))
        if not about.of_object or not done or (about.operation not in READ and not idle):
            return []
        count = 1 if done[-1].value is not None or idle >= MOST else idle
        return [one.asked for one in done[-count:] if one.asked not in about.asked]


def _source(answers: Sequence[Answer], value: Any, at: str) -> int | None:
    found = _last(answers, value)
    if found is not None:
        return found
    parts, index, rest = _parts(value, at)
    if index < 0:
        return None
    fits = _in_order(answers, parts)
    return fits[index] if fits else _source(answers, parts[index], rest)


def _last(answers: Sequence[Answer], value: Any) -> int | None:
    """Return the last answer that is this object, or that holds it."""
    if _is_common(value):
        return len(answers) - 1 if answers and answers[-1].value is value else None
    for index in reversed(range(len(answers))):
        given = answers[index].value
        if given is value or any(part is value for part in _held(given)):
            return index
    return None


def _is_common(value: Any) -> bool:
    """Say whether Python may keep one object for all values like this."""
    if type(value) in (str, bytes, tuple):
        return len(value) < 2
    return value is None or (isinstance(value, int) and abs(value) < LARGE)


def _held(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, Tensor):
        yield value.array


def _parts(value: Any, at: str) -> tuple[list[Any], int, str]:
    """Return the parts of a list, tuple or dict, which of them a place begins with (-1 for none), and its rest."""
    number = INDEX.match(at)
    if isinstance(value, list | tuple) and number and int(number[1]) < len(value):
        return list(value), int(number[1]), at[number.end() :]
    if isinstance(value, dict):
        for index, key in enumerate(value):
            if at.startswith(start := f"[{shown(key)}]"):
                return list(value.values()), index, at[len(start) :]
    return [], -1, ""


def _in_order(answers: Sequence[Answer], parts: Sequence[Any]) -> list[int]:
    """Return the answers that the parts are, one each and in their order; nothing where one is none."""
    found: list[int] = []
    index = len(answers) - 1
    for part in reversed(parts):
        while index >= 0 and answers[index].value is not part:
            index -= 1
        if index < 0:
            return []
        found.insert(0, index)
        index -= 1
    return found
