"""Why an exercise failed: a misconception that gives the same answers, else a relation that holds, else nothing."""

from collections.abc import Sequence
from contextlib import closing

from grader.diagnose import forensics, misconception
from grader.diagnose.known import Bank
from grader.judge import Item, Judge, Verdict
from grader.model import UNDONE, Cause
from grader.party import Party

MOST_ALONE = 8  # checks that are judged once more


def causes(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], party: Party) -> dict[int, Cause]:
    """Return which checks show a cause, and the cause; nothing where none is certain.

    items, verdicts: all checks of one exercise that ran, and how they ended, in one order. party: the learner.
    A misconception may show first in a later check than the one that a report shows; then relations are tried on that.
    """
    known = Bank(judge)
    with closing(forensics.watcher(judge, party)) as watcher:
        named = misconception.name(known, items, verdicts, watcher)
        found = dict([named]) if named else {}
        if misconception.first_failure(verdicts) in found:
            return found
        explained = forensics.explain(watcher, items, verdicts)
        if explained is None:
            return found
        remembers = not found and explained.finding.key == ("again",)
        again = _alone(judge, items, verdicts, party) if remembers else []
        alone = misconception.name(known, items, again, watcher) if again else None
        return dict([alone]) if alone else found | {explained.index: explained.cause}


def _alone(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], party: Party) -> list[Verdict]:
    """Judge the failed checks again, each in a new worker: what code remembers of other checks is not in the way."""
    failed = [index for index, verdict in enumerate(verdicts) if verdict.result.outcome not in UNDONE]
    quick = len(failed) <= MOST_ALONE and all(verdicts[index].result.seconds <= forensics.SLOW for index in failed)
    again = list(verdicts)
    for index in failed if quick else ():
        party.lost()
        again[index] = judge.check(items[index], party)
    return again
