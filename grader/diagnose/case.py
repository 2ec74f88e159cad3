"""One wrong answer, and the same question with other inputs.

The first probe is the check as it failed. In the others numbers or a size differ, and what is expected is what the
solution answers to the very same questions. A probe whose inputs are those of another one counts for nothing.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from grader.diagnose.probe import Probe, shape_of
from grader.diagnose.question import Question
from grader.diagnose.vary import Change
from grader.diagnose.words import listed

MAX_SIZES = 3
LETTERS = (1, 2)
MAX_COUSINS = 6
MASKS = (4, 5)  # ways of asking with masks that allow, and that ban, everything
ORDINARY = (1e-3, 50.0)  # sizes of single numbers that are neither tiny nor far out
MORE = ("grown", "reseeded", "rolled", "cousins", "plain", "anywhere")  # lists of probes beside `shaken`


class Case(Question):
    """One quantity that is wrong in one check: its probes, and a way to ask for more."""

    @property
    def moves(self) -> bool:
        """Whether other numbers make another question of it."""
        return bool(self.shaken)

    def narrowed(self, chosen: Sequence[int]) -> "Case":
        """Return the case as if the answer had these values only."""
        case, shape = self._copied(), self.first.expected.shape
        case.first = self.first.only(chosen)
        case.narrow, case.places = tuple(chosen), listed([f"[{index}]" for index in chosen])
        for name in ("shaken", *MORE):
            fit = [probe for probe in getattr(self, name) if probe.yours.shape == probe.expected.shape == shape]
            setattr(case, name, [probe.only(chosen) for probe in fit])
        return case

    def without(self, places: str, name: str) -> "Case | None":
        """Return the case as if some inputs were always 0; None where that cannot be asked. name: what they are called.

        places: as in `Change.zero`.
        """
        probes = [self.ask(Change(jitter=jitter, zero=places)) for jitter in (0, *self.jitters)]
        first, *shaken = [probe for probe in probes if probe is not None]
        if len(shaken) < len(self.jitters):
            return None
        case = self._copied()
        case.first, case.shaken, case.zeroed = first, shaken, name
        for kind in MORE:
            setattr(case, kind, [])
        return case

    def _copied(self) -> "Case":
        """Return a copy that has not yet put its probes together."""
        case = copy.copy(self)
        for kept in ("probes", "telling"):
            vars(case).pop(kept, None)
        return case

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
        """A probe of ordinary numbers with the signs of those that went in, where it can be had; yours may be right."""
        probe = self._ordinary(3)[0]
        return [probe] if probe is not None and (probe.telling or probe.right) else []

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
