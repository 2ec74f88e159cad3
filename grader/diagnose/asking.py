"""Ask on before a misconception is named: past the first wrong comparison of a check, and with other numbers.

A transcript ends at the first value that is wrong, so two programs may seem alike that only share one number. Where a
misconception is wrong and the learner's answer is another one, it is not the learner's. Where it is right and the
learner is not, the learner has made one more mistake, which says nothing against it.
"""

from collections.abc import Iterator
from typing import Any

from grader.diagnose.alike import same
from grader.diagnose.bits import Evidence
from grader.diagnose.seen import Run, Seen
from grader.diagnose.vary import Change
from grader.diagnose.watch import TooLate, Watcher
from grader.judging.judge import Item
from grader.judging.reference import Misconception
from grader.values import Remote

CHANGES = (Change(), Change(jitter=1))
QUICK = 0.02  # processor seconds of a check that is asked once more


def asked_on(watcher: Watcher, item: Item, one: Misconception, base: str, evidence: Evidence) -> bool:
    """Say whether nothing contradicts that the learner made this mistake; count what agrees.

    Code that remembers what it was asked before is asked once more in a new worker, before it counts as another one.
    """
    try:
        shared = list(_shared(watcher, item, one, base, evidence))
        if None in shared:
            shared = list(_shared(watcher, item, one, base, evidence, afresh=True))
    except TooLate:
        return True
    for answers in shared:
        if answers is None:
            return False
        evidence.compared(*answers)
    return True


def carried(watcher: Watcher, item: Item, one: Misconception, evidence: Evidence) -> None:
    """Count what a learner would share who made just this mistake; the watcher's learner is the solution."""
    for change in CHANGES:
        evidence.give([given.value for given in watcher.learner(item, change).inputs], later=True)
        for _, wrong, right in _mistakes(watcher, item, change, one, ""):
            evidence.compared(wrong.value, wrong.value, right.value)


def _mistakes(
    watcher: Watcher, item: Item, change: Change, one: Misconception, base: str
) -> Iterator[tuple[int, Seen, Seen]]:
    """Yield what a misconception has wrong under a change: number of the comparison, wrong and right answer.

    A check may expect what only fits its own numbers, so with others the solution tells what is right.
    """
    pairs = zip(watcher.misconception(item, change, one, base).seen, watcher.solution(item, change).seen, strict=False)
    for index, (wrong, right) in enumerate(pairs):
        if wrong.wrong and (change == Change() or not same(wrong.value, right.value)):
            yield index, wrong, right


def _shared(
    watcher: Watcher, item: Item, one: Misconception, base: str, evidence: Evidence, *, afresh: bool = False
) -> Iterator[tuple[Any, Any, Any] | None]:
    """Yield wrong answers that are the same: the learner's, the misconception's, the right one. Raises TooLate.

    None stands for a contradiction. evidence: takes note of what goes in. afresh: ask each time in a new worker.
    """
    for change in CHANGES:
        if afresh:
            watcher.afresh()
        evidence.give([one.value for one in watcher.learner(item, change).inputs], later=True)
        mine, whole = watcher.learner(item, change).seen, watcher.misconception(item, change, one, base)
        for index, wrong, right in _mistakes(watcher, item, change, one, base):
            if index < len(mine):
                yield (mine[index].value, wrong.value, right.value) if _alike(mine[index], wrong) else None
        if _ended(whole) and len(mine) > len(whole.seen):
            yield None


def _ended(run: Run) -> bool:
    """Say whether a check came to an end by an exception, a missing one, or a sentence of its author's."""
    return not run.whole and not run.cut


def _alike(mine: Seen, other: Seen) -> bool:
    if mine.asked != other.asked:
        return False
    return isinstance(mine.value, Remote) or other.value is None or same(mine.value, other.value)
