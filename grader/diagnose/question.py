"""One quantity that came out wrong in one check, and how it is asked for again with other inputs.

What is expected is what the solution answers to the very same questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from grader.diagnose.leaf import Leaf, leaves
from grader.diagnose.names import UnitNames
from grader.diagnose.probe import TIGHT, Probe
from grader.diagnose.seen import AFTER, Seen
from grader.diagnose.vary import Change, Input
from grader.diagnose.watch import Watcher
from grader.diagnose.words import said
from grader.judging.judge import Item
from grader.model import Mismatch

JITTERS = (1, 2, 3)


@dataclass(frozen=True)
class Before:
    """What was wrong when the check was judged: yours and the expected one where they could be compared, and how."""

    pair: tuple[Any, Any] | None
    mismatch: Mismatch


class Question:
    """The first comparison of a check that came out wrong, and a way to put it again."""

    def __init__(
        self,
        watcher: Watcher,
        item: Item,
        others: Sequence[Item] = (),
        *,
        jitters: Sequence[int] = JITTERS,
        before: Before | None = None,
    ) -> None:
        """others: the other checks of the exercise that failed. jitters: which other numbers are tried.

        before: how it failed when it was judged.
        """
        self.before = before
        self.watcher = watcher
        self.item = item
        self.others = others
        self.jitters = jitters
        self.narrow: tuple[int, ...] = ()
        self.places = self.zeroed = ""
        self.names = UnitNames(watcher.unit)
        self.run = watcher.learner(item, Change())
        wrong = (index for index, seen in enumerate(self.run.seen) if seen.compared and seen.compared.wrong)
        self.index = next(wrong, -1)
        self._part = self._first_wrong() if self.index >= 0 else -1

    @property
    def seen(self) -> Seen:
        """The first comparison that came out wrong."""
        return self.run.seen[self.index]

    @property
    def label(self) -> str:
        """What is wrong, in the learner's words."""
        whole = f"{self.seen.label}{self.first.expected.at}"
        whole = said("at", what=whole, places=self.places) if self.places else whole
        return said("without", what=whole, name=self.zeroed) if self.zeroed else whole

    @property
    def whole_label(self) -> str:
        """The whole answer, in the learner's words."""
        return self.seen.label

    @property
    def has_arrays(self) -> bool:
        """Whether the unit has a library with arrays, and so with more than one kind of float."""
        return self.watcher.unit.has_arrays

    @property
    def mismatch(self) -> Mismatch:
        """How yours and the expected one differ in the check as it failed."""
        wrong = self.seen.compared.wrong if self.seen.compared else None
        if wrong is None:
            raise LookupError(self.item.id)
        return wrong.mismatch

    @property
    def fresh(self) -> int:
        """How many inputs had gone in before the comparison that came before."""
        return self.run.seen[self.index - 1].inputs if self.index > 0 else 0

    @cached_property
    def random(self) -> bool:
        """Whether the expected one changes with the random numbers that are drawn on the learner's side."""
        noisy = self.ask(Change(noise=1))
        return noisy is None or not noisy.alike(noisy.expected.values, self.first.expected.values)

    def neighbours(self, most: int) -> list[tuple[int, int, str]]:
        """Return the other quantities of the check from this one on: comparison, part, and what it is called."""
        found = []
        for index in range(self.index, min(len(self.run.seen), self.index + most)):
            seen = self.run.seen[index]
            if seen.inputs != self.seen.inputs:  # another question: its answer is no part of this one
                break
            for part, leaf in enumerate(leaves(seen.compared.expected) if seen.compared else []):
                if (index, part) != (self.index, self._part):
                    found.append((index, part, f"{seen.label}{leaf.at}"))
        return found

    def crossed(self, change: Change, index: int, part: int) -> tuple[Probe, Probe] | None:
        """Return yours here beside what is expected there, and yours there beside what is expected here."""
        here, there = self.other(change, self.index, self._part), self.other(change, index, part)
        if here is None or there is None:
            return None
        return replace(here, expected=there.expected), replace(there, expected=here.expected)

    def _first_wrong(self) -> int:
        """Return the number of the part that is wrong; -1 where yours is built in another way."""
        compared = self.seen.compared
        if compared is None:
            return -1
        mine, theirs = leaves(compared.yours), leaves(compared.expected)
        if [leaf.at for leaf in mine] != [leaf.at for leaf in theirs]:
            return -1
        probes = [Probe(Change(), one, two, (), compared.rtol, compared.atol) for one, two in zip(mine, theirs)]
        return next((index for index, probe in enumerate(probes) if not probe.right), -1)

    @property
    def comparable(self) -> bool:
        """Whether there is a part to look at."""
        return self._part >= 0

    @cached_property
    def first(self) -> Probe:
        """The check as it failed."""
        compared = self.seen.compared
        if compared is None:
            raise LookupError(self.item.id)
        mine, theirs = leaves(compared.yours)[self._part], leaves(compared.expected)[self._part]
        return Probe(Change(), mine, theirs, self._inputs(self.run.inputs, self.seen), compared.rtol, compared.atol)

    def _inputs(self, inputs: list[Input], seen: Seen) -> tuple[Input, ...]:
        return tuple(inputs[: seen.inputs])

    def ask(self, change: Change) -> Probe | None:
        """Put the question with other inputs; None where it cannot be compared. Raises TooLate."""
        return self.other(change, self.index, self._part)

    def other(self, change: Change, index: int, part: int) -> Probe | None:
        """Return a probe of any comparison. index: its number. part: of the answer."""
        right = self.watcher.solution(self.item, change)
        if index >= len(right.seen):
            return None
        run = self.watcher.learner(self.item, change, self._limit(change))
        if index >= len(run.seen) or run.seen[index].asked != right.seen[index].asked:
            return None
        mine, theirs = leaves(run.seen[index].value), leaves(right.seen[index].value)
        if [leaf.at for leaf in mine] != [leaf.at for leaf in theirs] or part >= len(mine):
            return None
        compared = run.seen[index].compared
        allowed = (compared.rtol, compared.atol) if compared else (TIGHT, 0.0)
        probe = Probe(change, mine[part], theirs[part], self._inputs(run.inputs, run.seen[index]), *allowed)
        return probe.only(self.narrow) if self.narrow else probe

    def _limit(self, change: Change) -> int:
        """Return how many comparisons are looked at: some more than this one where only numbers are others."""
        plain = replace(change, jitter=0, seed=0, plain=0, gentle=False) == Change() and not (
            change.seed and self.moves
        )
        return self.index + 1 + (AFTER if plain else 0)

    def side(self, change: Change, *, mine: bool) -> Leaf | None:
        """Return one side's answer under a change; None where there is none to compare. Raises TooLate."""
        limit = self.index + 1
        run = self.watcher.learner(self.item, change, limit) if mine else self.watcher.solution(self.item, change)
        parts = leaves(run.seen[self.index].value) if self.index < len(run.seen) else []
        return parts[self._part] if self._part < len(parts) else None

    @property
    def moves(self) -> bool:
        """Whether other numbers make another question of it."""
        raise NotImplementedError
