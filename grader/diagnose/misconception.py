"""Name a learner's misconception: a wrong solution of ours that gives the same answers to the same questions.

A misconception is named only if every check that it fails was failed by the learner with the same transcript, question
by question and answer by answer, and no other misconception explains as much. Where its answers are the solution's own
answers, what it asked call-backs must be the same, too. Where it ran out of time or died there is less to compare, so
then it must fail exactly the checks that the learner failed.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from grader import bank, store
from grader.course import Exercise
from grader.diagnose import listing
from grader.diagnose.alike import alike, same_calls
from grader.judge import Item, Judge, Verdict, store_folder
from grader.model import UNDONE, Cause, Outcome
from grader.party import Ours
from grader.worker.server import PROTOCOL
from grader.worker.subject import Exchange, Transcript

CUT_SHORT = (Outcome.TIMEOUT, Outcome.CRASH, Outcome.MEMORY)
RECORDS = 2  # raised with every change of `Record`


class Spent(Exception):
    """The seconds for finding out what misconceptions do are used up; what was found out is kept."""


@dataclass(frozen=True)
class Known:
    """What one misconception does under one check."""

    outcome: Outcome
    transcript: Transcript


class Record(msgspec.Struct, array_like=True):
    """`Known` as it is kept on disk."""

    outcome: str
    exchanges: list[tuple[bytes, bytes, list[bytes]]]


class Bank:
    """What the misconceptions of a unit do, computed once and kept."""

    def __init__(self, judge: Judge, *, seconds: float = float("inf")) -> None:
        """seconds: processor time after which no more is computed, but `Spent` raised; what is kept is read anyway.

        A check that has begun by then comes to its end.
        """
        self._judge = judge
        self.misconceptions = listing.misconceptions(judge.unit)
        self._left = seconds
        unit = judge.unit
        files = (unit.solution, unit.misconceptions, unit.checks, unit.hidden, unit.oracles, unit.props)
        self._sources = store.sources(files)
        self._memo = store.Memo(store_folder(judge.course) / f"{unit.name}.known", self._sources)

    def of(self, exercise: Exercise) -> list[bank.Misconception]:
        """Return the misconceptions of one exercise."""
        return [one for one in self.misconceptions if one.exercise == exercise.id]

    def known(self, misconception: bank.Misconception | None, item: Item) -> Known:
        """Return what a misconception, or the solution for None, does under a check. Raises Spent."""
        name = misconception.name if misconception else ""
        facts = f"{RECORDS}/{PROTOCOL}/{self._judge.seed}/{self._judge.timeout}/{name}/{item.exercise.id}/{item.id}"
        key = store.key(self._sources, facts.encode())
        kept = self._memo.get(key)
        if kept is not None:
            try:
                return _known(msgspec.msgpack.decode(kept, type=Record))
            except (msgspec.DecodeError, ValueError):  # a disk that lost bytes
                pass
        verdict = self._computed(name, item)
        exchanges = [(one.question, one.answer, list(one.calls)) for one in verdict.transcript.exchanges]
        self._memo.put(key, msgspec.msgpack.encode(Record(verdict.result.outcome.value, exchanges)))
        return Known(verdict.result.outcome, verdict.transcript)

    def _computed(self, name: str, item: Item) -> Verdict:
        """Find it out. Once begun, it may take as long as the check allows, or it would never be known."""
        if self._left <= 0:
            raise Spent
        start = time.process_time()
        try:
            return self._judge.check(item, Ours(self._judge.unit, name))
        finally:
            self._left -= time.process_time() - start


def _known(record: Record) -> Known:
    exchanges = [Exchange("", question, answer, tuple(calls)) for question, answer, calls in record.exchanges]
    return Known(Outcome(record.outcome), Transcript(exchanges))


@dataclass(frozen=True)
class Case:
    """One exercise as a learner answered it: its checks, how they ended, and the numbers of those that failed."""

    known: Bank
    items: Sequence[Item]
    verdicts: Sequence[Verdict]

    @property
    def failed(self) -> list[int]:
        """Which checks failed, edges last."""
        failed = [index for index, verdict in enumerate(self.verdicts) if verdict.result.outcome not in UNDONE]
        return sorted(failed, key=lambda index: self.verdicts[index].result.edge)

    @property
    def _order(self) -> list[int]:
        """The order in which checks are looked at: most misconceptions need no more than the first failed one.

        Of the others those that failed come first, and cheap ones before dear ones.
        """
        failed = self.failed
        first, seconds = failed[0], [verdict.result.seconds for verdict in self.verdicts]
        return sorted(range(len(self.items)), key=lambda index: (index != first, index not in failed, seconds[index]))

    def fails(self, misconception: bank.Misconception, index: int) -> bool:
        """Say whether a misconception fails a check. Raises Spent."""
        return self.known.known(misconception, self.items[index]).outcome not in UNDONE

    def agrees(self, known: Known, index: int) -> bool:
        """Say whether a misconception ended a check as the learner did, for a reason that the answers show."""
        verdict = self.verdicts[index]
        if known.outcome != verdict.result.outcome or not alike(known.transcript, verdict.transcript):
            return False
        right = self.known.known(None, self.items[index])
        return not alike(right.transcript, known.transcript) or same_calls(known.transcript, verdict.transcript)

    def compared(self, misconception: bank.Misconception, *, strict: bool) -> "Compared":
        """Compare what a misconception fails with what the learner failed. Raises Spent.

        strict: stop at the first contradiction. Nothing is returned for one that fails what the learner passed, that
        agrees nowhere, or that ran out of time somewhere and does not fail exactly the same checks.
        """
        failed, same, other = self.failed, set[int](), set[int]()
        for index in self._order:
            if index not in failed and not same:
                return NOTHING
            found = self.known.known(misconception, self.items[index])
            if found.outcome in UNDONE:
                continue
            agrees = index in failed and self.agrees(found, index)
            if not agrees and (strict or index not in failed):
                return NOTHING
            (same if agrees else other).add(index)
        cut = any(self.verdicts[index].result.outcome in CUT_SHORT for index in same | other)
        return NOTHING if cut and same != set(failed) else Compared(frozenset(same), frozenset(other))


@dataclass(frozen=True)
class Compared:
    """The failed checks that a misconception fails, too: with the same answers, or with others."""

    alike: frozenset[int]
    unlike: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        """Every check that it fails."""
        return self.alike | self.unlike

    def completed_by(self, other: "Compared") -> bool:
        """Say whether two at once explain it: where only one of them fails, the answers are that one's."""
        apart = self.unlike <= other.all and other.unlike <= self.all
        return apart and bool(self.alike - other.all) and bool(other.alike - self.all)


NOTHING = Compared(frozenset())


def name(known: Bank, items: Sequence[Item], verdicts: Sequence[Verdict]) -> tuple[int, Cause] | None:
    """Return which of the failed checks shows a misconception first, and the misconception; None where none is certain.

    items, verdicts: all checks of one exercise, and how they ended for the learner, in the same order.
    Of two that explain different checks, it is the one that explains the first.
    """
    case = Case(known, items, verdicts)
    if not case.failed:
        return None
    try:
        ones = {one: case.compared(one, strict=True) for one in known.of(items[0].exercise)}
    except Spent:
        return None
    explained = {one: found for one, found in ones.items() if found.alike}
    if not any(case.failed[0] in found.alike for found in explained.values()):
        with suppress(Spent):
            explained |= _in_pairs(case, list(ones))
    for one, found in sorted(explained.items(), key=lambda pair: min(pair[1].alike)):
        first = min(found.alike)
        rivals = [other.alike for rival, other in explained.items() if rival is not one and first in other.alike]
        if all(rival < found.alike for rival in rivals):
            return first, Cause(says=one.says, misconception=one.name)
    return None


def _in_pairs(case: Case, ones: Sequence[bank.Misconception]) -> dict[bank.Misconception, Compared]:
    """Return those that explain the first failed check, and the rest together with another one. Raises Spent."""
    first = case.failed[0]
    near = [one for one in ones if case.agrees(case.known.known(one, case.items[first]), first)]
    found = {one: case.compared(one, strict=False) for one in near}
    return {one: mine for one, mine in found.items() if mine.unlike and _has_other(case, ones, mine)}


def _has_other(case: Case, ones: Sequence[bank.Misconception], mine: Compared) -> bool:
    """Say whether one of them passes the first failed check, fails where answers were others, and explains the rest."""
    passed, contradicted = case.failed[0], sorted(mine.unlike)
    others = (one for one in ones if not case.fails(one, passed))
    others = (one for one in others if all(case.fails(one, index) for index in contradicted))
    return any(mine.completed_by(case.compared(one, strict=False)) for one in others)
