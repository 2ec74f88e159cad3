"""What a check asked, as a program that can be typed: an object that is used more than once has a name.

`Value(3) + Value(3)` are two objects for whoever types it. Where the check used one twice, it is `a = Value(3)` and
`a + a`. Names are those of the check's own variables, else letters.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.wording import is_sum_like

MAX_LINES = 2000  # of a longer check nothing is kept: its questions are shown as they are
MAX_PARTS = 40
MAX_NAMES = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One question. given: the numbers of the objects in it, in order. made: those that came back new, in words."""

    step: int
    asked: str
    given: tuple[int, ...]
    made: Mapping[int, str]


class Unclear(Exception):
    """A question does not show all of its objects."""


@dataclass
class Script:
    """The questions of one check that were about objects, in order."""

    lines: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """Keep a question."""
        if line.asked and len(self.lines) <= MAX_LINES:
            self.lines.append(line)

    def typed(self, questions: Sequence[str], step: int | None, known: Mapping[int, str]) -> tuple[str, ...]:
        """Return questions with names for what is shared, after the lines that give them; as they are where it is not.

        step: the number of the last one; None for the last that reads like it. known: names of objects.
        """
        shown = self._found(questions, step) if len(self.lines) <= MAX_LINES else []
        try:
            return Typed(self.lines, shown, known).text() if shown else tuple(questions)
        except Unclear:
            return tuple(questions)

    def _found(self, questions: Sequence[str], step: int | None) -> list[Line]:
        found: list[Line] = []
        for asked in reversed(questions):
            lines = (one for one in reversed(self.lines) if one.asked == asked)
            fits = (one for one in lines if (one.step < found[0].step if found else step in (None, one.step)))
            line = next(fits, None)
            if line is None:
                return []
            found.insert(0, line)
        return found


class Typed:
    """Some questions, and those that made what is in them."""

    def __init__(self, lines: Iterable[Line], shown: Sequence[Line], known: Mapping[int, str]) -> None:
        """Raises Unclear where there are too many."""
        self._makers = {number: line for line in lines for number in line.made}
        self._shown = shown
        self._names = self._named(self._parts(), known)

    def text(self) -> tuple[str, ...]:
        """Return the questions, after the lines that give names in one row. Raises Unclear."""
        names = [f"{name} = {self._of(number)}" for number, name in self._names.items()]
        return tuple(filter(None, ("; ".join(names), *(self._line(line) for line in self._shown))))

    def _parts(self) -> list[Line]:
        """Return the questions that are shown, and those that made what is in them."""
        parts = {line.step: line for line in self._shown}
        waiting = list(self._shown)
        while waiting:
            for number in waiting.pop().given:
                maker = self._makers.get(number)
                if maker is not None and maker.step not in parts:
                    parts[maker.step] = maker
                    waiting.append(maker)
            if len(parts) > MAX_PARTS:
                raise Unclear
        return [parts[step] for step in sorted(parts)]

    def _named(self, parts: Sequence[Line], known: Mapping[int, str]) -> dict[int, str]:
        uses = Counter(number for line in parts for number in line.given)
        shared = [number for line in parts for number in line.made if uses[number] > 1]
        if len(shared) > MAX_NAMES:
            raise Unclear
        words = set(re.findall(r"\w+", " ".join(line.asked for line in parts))) | set(known.values())
        free = (letter for letter in string.ascii_lowercase if letter not in words)
        return {number: known.get(number) or next(free) for number in shared}

    def _of(self, number: int) -> str:
        """Return how an object was made."""
        maker = self._makers[number]
        made = maker.made[number]
        return self._line(maker) + made.removeprefix(maker.asked) if made.startswith(maker.asked) else made

    def _line(self, line: Line) -> str:
        """Return a question with names in it. Raises Unclear where an object is not seen in it."""
        text, start = line.asked, 0
        for number in line.given:
            maker = self._makers.get(number)
            if maker is None:
                continue
            old = maker.made[number]
            found = re.compile(rf"(?<![\w.]){re.escape(old)}(?!\w)").search(text, start)
            if found is None:
                raise Unclear
            new, (first, last) = self._names.get(number) or self._of(number), found.span()
            if new.isidentifier() and is_sum_like(old) and re.search(r"(?<![\w)\]])\($", text[:first]):
                first, last = first - 1, last + 1
            text = text[:first] + new + text[last:]
            start = first + len(new)
        return text
