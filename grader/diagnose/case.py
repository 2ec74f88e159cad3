"""One wrong answer, and the same question with other inputs.

The first probe is the check as it failed. In the others numbers or a size differ, and what is expected is what the
solution answers to the very same questions. A probe whose inputs are those of another one counts for nothing.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from grader.diagnose.leaf import Leaf, leaves
from grader.diagnose.names import Names
from grader.diagnose.probe import TIGHT, Probe, shape_of
from grader.diagnose.vary import Change, Input
from grader.diagnose.watch import AFTER, Seen, Watcher
from grader.diagnose.words import listed, said
from grader.judge import Item
from grader.model import Mismatch

JITTERS = (1, 2, 3)
MAX_SIZES = 3
LETTERS = (1, 2)
MAX_COUSINS = 6
MASKS = (4, 5)  # ways of asking with masks that allow, and that ban, everything
ORDINARY = (1e-3, 50.0)  # sizes of single numbers that are neither tiny nor far out


@dataclass(frozen=True)
class Before:
    """What was wrong when the check was judged: yours and the expected one where they could be compared, and how."""

    pair: tuple[Any, Any] | None
    mismatch: Mismatch


class Case:
    """One quantity that is wrong in one check: its probes, and a way to ask for more."""

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
        self._narrow: tuple[int, ...] = ()
        self._places = self._without = ""
        self.names = Names(watcher.unit)
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
        whole = said("at", what=whole, places=self._places) if self._places else whole
        return said("without", what=whole, name=self._without) if self._without else whole

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

    def narrowed(self, chosen: Sequence[int]) -> "Case":
        """Return the case as if the answer had these values only."""
        case, shape = copy.copy(self), self.first.expected.shape
        places = listed([f"[{index}]" for index in chosen])
        vars(case).update({"first": self.first.only(chosen), "_narrow": tuple(chosen), "_places": places})
        for name in ("shaken", "grown", "reseeded", "rolled", "cousins", "plain", "anywhere"):
            fit = [probe for probe in getattr(self, name) if probe.yours.shape == probe.expected.shape == shape]
            vars(case)[name] = [probe.only(chosen) for probe in fit]
        for name in ("probes", "telling"):
            vars(case).pop(name, None)
        return case

    def without(self, places: str, name: str) -> "Case | None":
        """Return the case as if some inputs were always 0; None where that cannot be asked. name: what they are called.

        places: as in `Change.zero`.
        """
        probes = [self.ask(Change(jitter=jitter, zero=places)) for jitter in (0, *self.jitters)]
        first, *shaken = [probe for probe in probes if probe is not None]
        if len(shaken) < len(self.jitters):
            return None
        case = copy.copy(self)
        gone: dict[str, list[Probe]] = {
            kind: [] for kind in ("grown", "reseeded", "rolled", "cousins", "plain", "anywhere")
        }
        vars(case).update({"first": first, "shaken": shaken, "_without": name, **gone})
        for kept in ("probes", "telling"):
            vars(case).pop(kept, None)
        return case

    @property
    def fresh(self) -> int:
        """How many inputs had gone in before the comparison that came before."""
        return self.run.seen[self.index - 1].inputs if self.index > 0 else 0

    @property
    def whole_label(self) -> str:
        """The whole answer, in the learner's words."""
        return self.seen.label

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
        return probe.only(self._narrow) if self._narrow else probe

    def _limit(self, change: Change) -> int:
        """Return how many comparisons are looked at: some more than this one where only numbers are others."""
        plain = replace(change, jitter=0, seed=0, plain=0, gentle=False) == Change() and not (
            change.seed and self.shaken
        )
        return self.index + 1 + (AFTER if plain else 0)

    def side(self, change: Change, *, mine: bool) -> Leaf | None:
        """Return one side's answer under a change; None where there is none to compare. Raises TooLate."""
        limit = self.index + 1
        run = self.watcher.learner(self.item, change, limit) if mine else self.watcher.solution(self.item, change)
        parts = leaves(run.seen[self.index].value) if self.index < len(run.seen) else []
        return parts[self._part] if self._part < len(parts) else None

    @cached_property
    def shaken(self) -> list[Probe]:
        """Probes of the same sizes with other numbers, each with inputs of its own."""
        return self._distinct([Change(jitter=jitter) for jitter in self.jitters])

    @cached_property
    def grown(self) -> list[Probe]:
        """Probes in which one size is another one."""
        found = []
        for size, by in self._sizes():
            change = Change(jitter=self.jitters[0], size=size, by=by)
            probe = self.ask(change) or self.ask(replace(change, counts=True))
            found += [probe] if probe is not None else []
        return found

    @cached_property
    def reseeded(self) -> list[Probe]:
        """Probes with inputs that the check itself draws under other seeds; one where other numbers can be had."""
        seeds = [Change(seed=100 + jitter) for jitter in self.jitters][: 1 if self.shaken else None]
        return self._distinct(seeds) if "rng" in self.item.wants else []

    @cached_property
    def relettered(self) -> list[Probe]:
        """Probes with other letters in the texts that go in."""
        return self._distinct([Change(letters=by) for by in LETTERS])

    @cached_property
    def rolled(self) -> list[Probe]:
        """A probe in which whole numbers have changed places, if there are any and both sides still give numbers."""
        if not any(_is_whole(one.value) for one in self.first.inputs):
            return []
        probe = self.ask(Change(jitter=self.jitters[0], rolled=True))
        known = probe is not None and all(map(math.isfinite, (*probe.yours.numbers, *probe.expected.numbers)))
        return [probe] if probe is not None and known else []

    def _ordinary(self, way: int) -> tuple[Probe | None, bool]:
        """Return a probe of ordinary numbers, and whether the solution has an answer there at all."""
        answered = False
        for gentle in (False, True):
            change = Change(plain=way, gentle=gentle)
            right = self.side(change, mine=False)
            known = right is not None and right.numeric and all(map(math.isfinite, right.values))
            answered = answered or known
            probe = self.ask(change) if known else None
            if probe is not None and probe.yours.numeric and probe.expected.numeric:
                return probe, True
        return None, answered

    @cached_property
    def plain(self) -> list[Probe]:
        """A probe of ordinary numbers with the signs of those that went in, where it can be had."""
        probe = self._ordinary(3)[0]
        return [probe] if probe is not None and probe.telling else []

    @cached_property
    def anywhere(self) -> list[Probe]:
        """Probes of ordinary numbers with these signs and with the others: what holds there, holds whatever goes in.

        So do masks that allow or ban everything. Empty where yours cannot be compared although the solution has an
        answer, or where the right answer is always the same.
        """
        masks = MASKS if any(str(getattr(one.value, "dtype", "")) == "bool" for one in self.first.inputs) else ()
        asked = [self._ordinary(way) for way in (1, 2, 6, *masks)]
        found = [probe for probe, _ in asked if probe is not None]
        sure = all(probe is not None for probe, answered in asked if answered)
        return found if sure and len({self.first.expected.values, *(one.expected.values for one in found)}) > 1 else []

    @cached_property
    def _extreme(self) -> bool:
        """Whether a single number of the question, or what is expected, is tiny or far out."""
        if not self.first.expected.numeric:
            return False
        own = [one.value for one in self.first.inputs[self.fresh :] if type(one.value) is float]
        return any(value and not ORDINARY[0] <= abs(value) <= ORDINARY[1] for value in (*own, self.first.expected.size))

    @cached_property
    def probes(self) -> list[Probe]:
        """All probes: the check as it failed, other numbers, other sizes. At least two, or nothing can be said.

        Where the check asks far out, ordinary numbers are asked for as well.
        """
        others = self.shaken or self.reseeded or self.relettered or self.cousins
        more = self.reseeded if self.shaken else []
        plain = self.plain if others and self._extreme else []
        return [self.first, *plain, *others, *more, *self.rolled, *self.grown]

    @cached_property
    def cousins(self) -> list[Probe]:
        """The first wrong answers of the other failing checks, where the same was asked with other inputs."""
        found = []
        for item in self.others[:MAX_COUSINS]:
            other = Case(self.watcher, item)
            if other.index >= 0 and other.comparable and other.seen.asked != self.seen.asked and other.kin == self.kin:
                found.append(replace(other.first, label=other.label))
        return found

    @property
    def kin(self) -> tuple[str, ...]:
        """What was asked last, and the part of the answer that is wrong: two cases with equal ones can be compared."""
        return (self.seen.last, self.first.expected.at, self.first.expected.kind) if self.comparable else ()

    @cached_property
    def telling(self) -> list[Probe]:
        """The probes with numbers in yours and the expected one; empty where one of them has none, or tells nothing."""
        different = {(probe.yours.values, probe.expected.values) for probe in self.probes}
        return self.probes if len(different) >= 2 and all(probe.telling for probe in self.probes) else []

    def _distinct(self, changes: list[Change]) -> list[Probe]:
        """Return a probe for each change that made a difference: to what was asked last, or to the answers."""
        seen, found = {(self.seen.own, self.first.yours.values, self.first.expected.values)}, []
        for change in changes:
            probe = self.ask(change)
            if probe is None or self.watcher.learner(self.item, change).seen[self.index].asked == self.seen.asked:
                continue
            own = self.watcher.learner(self.item, change).seen[self.index].own
            if (own, probe.yours.values, probe.expected.values) not in seen:
                seen.add((own, probe.yours.values, probe.expected.values))
                found.append(probe)
        return found

    def _sizes(self) -> list[tuple[int, int]]:
        """Return the sizes that can grow, those of the last question first, and by how much: no two become equal."""
        sizes: dict[int, None] = {}
        for one in reversed(self.first.inputs):
            for size in shape_of(one.value):
                if size > 1:
                    sizes.setdefault(size)
        return [(size, self._step(size, set(sizes))) for size in list(sizes)[:MAX_SIZES]]

    @staticmethod
    def _step(size: int, others: set[int]) -> int:
        return next(by for by in range(2, 99) if not {size + by - 1, size + by, size + by + 1} & others)


def _is_whole(value: Any) -> bool:
    """Say whether there are whole numbers or truth values in it that can change places."""
    if isinstance(value, list):
        return len(set(value)) > 1 and all(type(item) is int for item in value)
    return any(size > 1 for size in shape_of(value)) and "float" not in str(getattr(value, "dtype", "float"))
