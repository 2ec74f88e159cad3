"""Name a learner's misconception: a wrong solution of ours that gives the same answers to the same questions.

A misconception is named only if every check that it fails was failed by the learner with the same transcript, question
by question and answer by answer, and no other misconception explains as much. Where its answers are the solution's own
answers, what it asked call-backs must be the same, too. Where it ran out of time or died there is less to compare, so
then it must fail exactly the checks that the learner failed.

That is not enough. What agrees is weighed (`bits`), since a sentence that tells a mechanism needs more than a truth
value or a time-out, and the learner is asked on (`asking`). Checks that are not written yet, or wait for others, say
nothing. Where nothing is found the misconceptions are tried as they are on each base of the unit, a program in the
lecture's manner; then checks that the base alone fails say nothing either.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from grader.diagnose.alike import alike, same_calls
from grader.diagnose.asking import QUICK, asked_on
from grader.diagnose.bits import ENOUGH, PLENTY, Evidence
from grader.diagnose.known import Bank, Known
from grader.diagnose.watch import Watcher
from grader.judging import reference
from grader.judging.judge import Item, Verdict
from grader.judging.kept import NotKept
from grader.model import UNDONE, Cause, Outcome

CUT_SHORT = (Outcome.TIMEOUT, Outcome.CRASH, Outcome.MEMORY)
UNWRITTEN = (Outcome.TODO, Outcome.BLOCKED)
DEAR = 0.1  # processor seconds of a check that is looked at last: each misconception may take as long once
MOST_ASKED = 2  # checks that are asked on


@dataclass(frozen=True)
class Attempt:
    """One exercise as a learner answered it: its checks, how they ended, and the numbers of those that failed.

    base: on what misconceptions are made.
    """

    known: Bank
    items: Sequence[Item]
    verdicts: Sequence[Verdict]
    base: str = ""

    @cached_property
    def failed(self) -> list[int]:
        """Which checks failed and are to be explained, edges last."""
        failed = [index for index, verdict in enumerate(self.verdicts) if verdict.result.outcome not in UNDONE]
        failed.sort(key=lambda index: self.verdicts[index].result.edge)
        return [index for index in failed if not self.says_nothing(index)]

    @cached_property
    def _order(self) -> list[int]:
        """The order in which checks are looked at: most misconceptions need no more than the first failed one.

        Of the others those that failed come first, and cheap ones before dear ones. All that are cheap come before
        all that are dear.
        """
        failed = self.failed
        seconds = [verdict.result.seconds for verdict in self.verdicts]

        def rank(index: int) -> tuple[bool, bool, bool, float]:
            return self._dear(index), index not in failed, index != failed[0], seconds[index]

        return sorted(range(len(self.items)), key=rank)

    def says_nothing(self, index: int) -> bool:
        """Say whether a check is left out: the learner has not got there yet, or the base alone fails it."""
        if self.verdicts[index].result.outcome in UNWRITTEN:
            return True
        return bool(self.base) and self.right(index).outcome not in UNDONE

    def _dear(self, index: int) -> bool:
        return self.verdicts[index].result.seconds > DEAR

    def _slow(self, index: int) -> bool:
        return self.verdicts[index].result.outcome is Outcome.TIMEOUT

    def right(self, index: int) -> Known:
        """Return what the solution, or the base, does under a check."""
        return self.known.known(None, self.items[index], self.base)

    def wrong(self, misconception: reference.Misconception, index: int) -> Known:
        """Return what a misconception does under a check."""
        return self.known.known(misconception, self.items[index], self.base)

    def fails(self, misconception: reference.Misconception, index: int) -> bool:
        """Say whether a misconception fails a check."""
        return self.wrong(misconception, index).outcome not in UNDONE

    def agrees(self, known: Known, index: int) -> bool:
        """Say whether a misconception ended a check as the learner did, for a reason that the answers show."""
        verdict = self.verdicts[index]
        if known.outcome != verdict.result.outcome or not alike(known.transcript, verdict.transcript):
            return False
        right = self.right(index)
        return not alike(right.transcript, known.transcript) or same_calls(known.transcript, verdict.transcript)

    def depends_on_the_rest(self, index: int) -> bool:
        """Say whether a failed check may have failed otherwise because of what else the learner wrote.

        So it is where right programs of other manners answer otherwise, and where an edge fails beside a core check.
        """
        if index not in self.failed:
            return False
        if self.verdicts[index].result.edge and not self.verdicts[self.failed[0]].result.edge:
            return True
        others = (self.known.known(None, self.items[index], base) for base in self.known.bases)
        right = self.known.known(None, self.items[index])
        return any(not alike(right.transcript, other.transcript) for other in others)

    def compared(self, misconception: reference.Misconception, *, strict: bool) -> "Matched":
        """Compare what a misconception fails with what the learner failed.

        strict: stop at the first contradiction: other answers, or a check that the learner passed. Else they are kept
        apart: where two mistakes meet, one may even undo the other.

        Nothing is returned for one that agrees nowhere, even if dear checks are left after a first failure that is
        cheap, and for one that ran out of time somewhere and does not fail exactly the same checks. What depends on the
        rest of the program is no contradiction, as long as the check that is shown agrees.
        """
        failed, same, other, skipped = self.failed, set[int](), set[int](), False
        left = len(failed)
        for index in self._order:
            if not same and (not left or (self._dear(index) and not self._dear(failed[0]))):
                return NOTHING
            left -= index in failed
            found = self.wrong(misconception, index)
            if found.outcome in UNDONE or (index not in failed and self.says_nothing(index)):
                continue
            if self._slow(index) and found.outcome is not Outcome.TIMEOUT:
                continue  # what it would have answered, nobody knows
            agrees = index in failed and self.agrees(found, index)
            if not agrees and strict:
                if index == failed[0] or not self.depends_on_the_rest(index):
                    return NOTHING
                skipped = True
                continue
            (same if agrees else other).add(index)
        if skipped and failed[0] not in same:
            return NOTHING
        cut = any(self.verdicts[index].result.outcome in CUT_SHORT for index in same | other)
        return NOTHING if cut and same != set(failed) else Matched(frozenset(same), frozenset(other))


@dataclass(frozen=True)
class Matched:
    """The checks that a misconception fails: with the learner's answers, or with others."""

    alike: frozenset[int]
    unlike: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """Every check that it fails."""
        return self.alike | self.unlike

    def completed_by(self, other: "Matched") -> bool:
        """Say whether two at once explain it: where only one of them fails, the answers are that one's."""
        apart = self.unlike <= other.all and other.unlike <= self.all
        return apart and bool(self.alike - other.all) and bool(other.alike - self.all)


NOTHING = Matched(frozenset())


def name(known: Bank, items: Sequence[Item], verdicts: Sequence[Verdict], watcher: Watcher) -> tuple[int, Cause] | None:
    """Return which of the failed checks shows a misconception first, and the misconception; None where none is certain.

    items, verdicts: all checks of one exercise, and how they ended for the learner, in the same order.
    watcher: asks the learner on. Of two that explain different checks, it is the one that explains the first.
    In a course that came without its solutions all that is compared must be kept, else nothing is certain.
    """
    with contextlib.suppress(NotKept):
        return _on_any_base(known, items, verdicts, watcher)
    return None


def _on_any_base(
    known: Bank, items: Sequence[Item], verdicts: Sequence[Verdict], watcher: Watcher
) -> tuple[int, Cause] | None:
    best: tuple[int, Cause] | None = None
    for base in ("", *known.bases):
        case = Attempt(known, items, verdicts, base)
        found = _named(case, watcher) if case.failed else None
        if found is not None and (best is None or _rank(verdicts, found[0]) < _rank(verdicts, best[0])):
            best = found
        if best is not None and best[0] == first_failure(verdicts):
            break
    return best


def first_failure(verdicts: Sequence[Verdict]) -> int:
    """Return which check a report shows: the first that is neither passed nor merely unwritten; -1 for none.

    An edge is shown only where every core check has passed.
    """
    failed = [index for index, verdict in enumerate(verdicts) if verdict.result.outcome not in UNDONE]
    return min(failed, key=lambda index: _rank(verdicts, index), default=-1)


def _rank(verdicts: Sequence[Verdict], index: int) -> tuple[bool, int]:
    return verdicts[index].result.edge, index


def _named(case: Attempt, watcher: Watcher) -> tuple[int, Cause] | None:
    """Return what explains the failures on one base."""
    ones = {one: case.compared(one, strict=True) for one in case.known.of(case.items[0].exercise)}
    proofs = {one: _proof(case, one, found, watcher) for one, found in ones.items() if found.alike}
    explained = {one: ones[one] for one, proof in proofs.items() if proof is Proof.ENOUGH}
    if not any(case.failed[0] in found.alike for found in explained.values()):
        explained |= _in_pairs(case, list(ones), watcher)
    first = {one: min(found.alike, key=case.failed.index) for one, found in explained.items()}
    for one, found in sorted(explained.items(), key=lambda pair: case.failed.index(first[pair[0]])):
        rivals = [other.alike for rival, other in explained.items() if rival is not one and first[one] in other.alike]
        if all(rival < found.alike for rival in rivals):
            return first[one], Cause(says=one.says, misconception=one.name)
    return _in_less(case.failed[0], {one: ones[one] for one, proof in proofs.items() if proof is not Proof.NONE})


def _in_less(index: int, agreeing: dict[reference.Misconception, Matched]) -> tuple[int, Cause] | None:
    """Return the sentence that all misconceptions share which agree in the first failed check, and prove too little."""
    says = {one.less for one, found in agreeing.items() if index in found.alike}
    return (index, Cause(says=says.pop())) if len(says) == 1 and "" not in says else None


class Proof(Enum):
    """How much agrees with a misconception: it is contradicted, or little agrees, or enough for what it says."""

    NONE = 0
    LITTLE = 1
    ENOUGH = 2


def _proof(case: Attempt, one: reference.Misconception, found: Matched, watcher: Watcher) -> Proof:
    """Say whether what agrees is enough for what the misconception says, and nothing contradicts when asked on.

    Where there are two mistakes, only the first check is asked on: there the other one is right. Where several numbers
    agree that no two programs give by chance, nothing is left to ask.
    """
    evidence = Evidence(whole=found.alike == frozenset(case.failed))
    for index in sorted(found.alike):
        evidence.check(case.wrong(one, index).transcript, case.right(index).transcript)
    asked = sorted(found.alike)[: 1 if found.unlike else None]
    quick = [index for index in asked if case.verdicts[index].result.seconds <= QUICK]
    for index in quick[:MOST_ASKED] if evidence.bits < PLENTY else ():
        if not asked_on(watcher, case.items[index], one, case.base, evidence):
            return Proof.NONE
    return Proof.ENOUGH if one.symptom or evidence.bits >= ENOUGH else Proof.LITTLE


def _in_pairs(
    case: Attempt, ones: Sequence[reference.Misconception], watcher: Watcher
) -> dict[reference.Misconception, Matched]:
    """Return those that explain the first failed check, and the rest together with another one."""
    first = case.failed[0]
    if case.verdicts[first].result.seconds > DEAR:
        return {}
    near = [one for one in ones if case.agrees(case.wrong(one, first), first)]
    found = {one: case.compared(one, strict=False) for one in near}
    pairs = {one: mine for one, mine in found.items() if mine.unlike and _has_other(case, ones, mine)}
    return {one: mine for one, mine in pairs.items() if _proof(case, one, mine, watcher) is Proof.ENOUGH}


def _has_other(case: Attempt, ones: Sequence[reference.Misconception], mine: Matched) -> bool:
    """Say whether one of them passes the first failed check, fails where answers were others, and explains the rest."""
    passed, contradicted = case.failed[0], sorted(mine.unlike)
    others = (one for one in ones if not case.fails(one, passed))
    others = (one for one in others if all(case.fails(one, index) for index in contradicted))
    return any(mine.completed_by(case.compared(one, strict=False)) for one in others)
