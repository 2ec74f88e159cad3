"""Name a learner's misconception: a wrong solution of ours that gives the same answers to the same questions.

A misconception is named only if every check that it fails was failed by the learner with the same transcript, question
by question and answer by answer, and no other misconception explains as much. Where it ran out of time or died there is
less to compare, so then it must fail exactly the checks that the learner failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from grader import bank, store
from grader.course import Exercise
from grader.diagnose.alike import alike
from grader.judge import Item, Judge, Verdict, store_folder
from grader.model import Cause, Outcome
from grader.party import Ours
from grader.worker.server import PROTOCOL
from grader.worker.subject import Exchange, Transcript

UNDONE = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED)
CUT_SHORT = (Outcome.TIMEOUT, Outcome.CRASH, Outcome.MEMORY)


@dataclass(frozen=True)
class Known:
    """What one misconception does under one check."""

    outcome: Outcome
    transcript: Transcript


class Record(msgspec.Struct, array_like=True):
    """`Known` as it is kept on disk."""

    outcome: str
    exchanges: list[tuple[bytes, bytes]]


class Bank:
    """What the misconceptions of a unit do, computed once and kept."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.misconceptions = bank.misconceptions(judge.unit)
        unit = judge.unit
        files = (unit.solution, unit.misconceptions, unit.checks, unit.hidden, unit.oracles, unit.props)
        self._sources = store.sources(files)
        self._memo = store.Memo(store_folder(judge.course) / f"{unit.name}.known")

    def of(self, exercise: Exercise) -> list[bank.Misconception]:
        """Return the misconceptions of one exercise."""
        return [one for one in self.misconceptions if one.exercise == exercise.id]

    def known(self, misconception: bank.Misconception, item: Item) -> Known:
        """Return what a misconception does under a check."""
        facts = f"{PROTOCOL}/{self._judge.seed}/{self._judge.timeout}/{misconception.name}/{item.exercise.id}/{item.id}"
        key = store.key(self._sources, facts.encode())
        kept = self._memo.get(key)
        if kept is not None:
            try:
                return _known(msgspec.msgpack.decode(kept, type=Record))
            except (msgspec.DecodeError, ValueError):  # a disk that lost bytes
                pass
        verdict = self._judge.check(item, Ours(self._judge.unit, misconception.name))
        exchanges = [(one.question, one.answer) for one in verdict.transcript.exchanges]
        self._memo.put(key, msgspec.msgpack.encode(Record(verdict.result.outcome.value, exchanges)))
        return Known(verdict.result.outcome, verdict.transcript)


def _known(record: Record) -> Known:
    exchanges = [Exchange("", question, answer) for question, answer in record.exchanges]
    return Known(Outcome(record.outcome), Transcript(exchanges))


def name(known: Bank, items: Sequence[Item], verdicts: Sequence[Verdict]) -> tuple[int, Cause] | None:
    """Return which of the failed checks shows a misconception first, and the misconception; None where none is certain.

    items, verdicts: all checks of one exercise, and how they ended for the learner, in the same order.
    """
    failed = [index for index, verdict in enumerate(verdicts) if verdict.result.outcome not in UNDONE]
    if not failed:
        return None
    explained = {}
    for misconception in known.of(items[0].exercise):
        shown = _explains(known, misconception, items, verdicts, failed)
        if shown:
            explained[misconception] = shown
    best = [one for one, shown in explained.items() if all(shown >= other for other in explained.values())]
    if len(best) != 1 or sum(shown == explained[best[0]] for shown in explained.values()) != 1:
        return None
    cause = Cause(says=best[0].says, misconception=best[0].name)
    return min(explained[best[0]]), cause


def _explains(
    known: Bank,
    misconception: bank.Misconception,
    items: Sequence[Item],
    verdicts: Sequence[Verdict],
    failed: list[int],
) -> frozenset[int]:
    """Return the failed checks that a misconception explains; none where it contradicts any check."""
    first = known.known(misconception, items[failed[0]])
    if first.outcome not in UNDONE and not _agrees(first, verdicts[failed[0]]):
        return frozenset()
    fails = set()
    for index, item in enumerate(items):
        found = known.known(misconception, item)
        if found.outcome in UNDONE:
            continue
        if index not in failed or not _agrees(found, verdicts[index]):
            return frozenset()
        fails.add(index)
    cut = any(verdicts[index].result.outcome in CUT_SHORT for index in fails)
    return frozenset() if cut and fails != set(failed) else frozenset(fails)


def _agrees(known: Known, verdict: Verdict) -> bool:
    return known.outcome == verdict.result.outcome and alike(known.transcript, verdict.transcript)
