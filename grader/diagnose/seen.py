"""What is seen of a check that is watched: each comparison, and what had been asked by then."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from grader.diagnose.vary import Changer, Input
from grader.judging.expect import Compared

AFTER = 6  # comparisons that are looked at after the first wrong one


class Enough(BaseException):
    """Nothing more is to be seen in this run."""


@dataclass(frozen=True)
class Seen:
    """One comparison.

    asked: a digest of all questions before it; own: of those since the comparison before, if there were any.
    last: the function that was asked last. inputs, texts: how many had gone in by then. lent: whether a function of the
    check had, too. wrong: whether the check was not content.
    """

    label: str
    value: Any
    asked: str
    own: str = ""
    last: str = ""
    inputs: int = 0
    texts: int = 0
    compared: Compared | None = None
    lent: bool = False
    wrong: bool = False


@dataclass
class Run:
    """What was seen of one subject under one change.

    whole: whether the check came to its end, or to `Enough`. cut: whether it ran out of time.
    """

    seen: list[Seen] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    texts: list[str | bytes] = field(default_factory=list)
    whole: bool = False
    cut: bool = False


class Notes:
    """Takes note of each comparison, and says when it is enough."""

    def __init__(self, run: Run, changer: Changer, limit: int) -> None:
        self.run = run
        self._changer = changer
        self._limit = limit
        self._own = self._last = ""
        self._read = 0

    def __call__(self, compared: Compared) -> None:
        """Take note of one comparison. Raises Enough."""
        questions = self._changer.questions
        if len(questions) > self._read:
            self._own = _digest(questions[self._read :])
            self._last = self._changer.last
        self._read = len(questions)
        given = (len(self._changer.inputs), len(self._changer.texts))
        asked = (_digest(questions), self._own, self._last)
        lent, wrong = self._changer.lent, compared.wrong is not None
        self.run.seen.append(Seen(compared.label, compared.yours, *asked, *given, compared, lent, wrong))
        if compared.wrong and not self._limit:
            self._limit = len(self.run.seen) + AFTER
        if len(self.run.seen) >= self._limit > 0:
            raise Enough


def _digest(parts: list[bytes]) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]
