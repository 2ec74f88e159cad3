"""Ask on before a misconception is named: past the first wrong comparison of a check, and with other numbers.

A transcript ends at the first value that is wrong, so two programs may seem alike that only share one number. Where a
misconception is wrong and the learner's answer is another one, it is not the learner's. Where it is right and the
learner is not, the learner has made one more mistake, which says nothing against it.
"""

from collections.abc import Iterator
from typing import Any

from grader.bank import Misconception
from grader.diagnose.alike import same
from grader.diagnose.bits import Evidence
from grader.diagnose.seen import Run, Seen
from grader.diagnose.vary import Change
from grader.diagnose.watch import TooLate, Watcher
from grader.judge import Item
from grader.values import Remote

CHANGES = (Change(), Change(jitter=1))
QUICK = 0.02  # processor seconds of a check that is asked once more


def asked_on(watcher: Watcher, item: Item, one: Misconception, base: str, evidence: Evidence) -> bool:
    """Say whether nothing contradicts that the learner made this mistake; count what agrees.

    Code that remembers what it was asked before is asked once more in a new worker, before it counts as another one.
    """
    try:
        shared = list(_shared(watcher, item, one, base))
        if None in shared:
            watcher.afresh()
            shared = list(_shared(watcher, item, one, base))
    except TooLate:
        return True
    for answers in shared:
        if answers is None:
            return False
        evidence.compared(*answers)
    return True


def carried(watcher: Watcher, item: Item, one: Misconception, evidence: Evidence) -> None:
    """Count what a learner would share who made just this mistake."""
    for change in CHANGES:
        pairs = zip(
            watcher.misconception(item, change, one.name).seen, watcher.solution(item, change).seen, strict=False
        )
        for wrong, right in pairs:
            if wrong.wrong:
                evidence.compared(wrong.value, wrong.value, right.value)


def _shared(watcher: Watcher, item: Item, one: Misconception, base: str) -> Iterator[tuple[Any, Any, Any] | None]:
    """Yield wrong answers that are the same: the learner's, the misconception's, the right one. Raises TooLate.

    None stands for a contradiction.
    """
    for change in CHANGES:
        wrong = watcher.misconception(item, change, one.name, base)
        right = watcher.solution(item, change)
        mine = watcher.learner(item, change)
        for index, seen in enumerate(mine.seen[: len(wrong.seen)]):
            other = wrong.seen[index]
            if other.wrong and not _alike(seen, other):
                yield None
            elif other.wrong and index < len(right.seen):
                yield seen.value, other.value, right.seen[index].value
        if _ended(wrong) and len(mine.seen) > len(wrong.seen):
            yield None


def _ended(run: Run) -> bool:
    """Say whether a check came to an end by an exception, a missing one, or a sentence of its author's."""
    return not run.whole and not run.cut


def _alike(mine: Seen, other: Seen) -> bool:
    if mine.asked != other.asked:
        return False
    return isinstance(mine.value, Remote) or other.value is None or same(mine.value, other.value)
