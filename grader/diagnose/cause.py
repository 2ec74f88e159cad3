"""Why an exercise failed: nothing was returned, or a misconception gives the same answers, or a relation holds."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from grader.diagnose import forensics, misconception
from grader.diagnose.alike import content, same
from grader.diagnose.known import Bank
from grader.judging.candidate import Party
from grader.judging.judge import Item, Judge, Verdict
from grader.language import phrase
from grader.model import UNDONE, Cause

RETURNING = ("call", "apply", "operator")  # questions that run a function or a method of the learner's
MISSING = object()
MOST_ALONE = 8  # checks that are judged once more


def causes(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], party: Party) -> dict[int, Cause]:
    """Return which checks show a cause, and the cause; nothing where none is certain.

    items, verdicts: all checks of one exercise that ran, and how they ended, in one order. party: the learner.
    A misconception may show first in a later check than the one that a report shows; then relations are tried on that.
    """
    known = Bank(judge)
    first = misconception.first_failure(verdicts)
    if first >= 0 and returned_nothing(known, items[first], verdicts[first]):
        return {first: Cause(says=phrase("You returned nothing (None): is a `return` missing?"))}
    with closing(forensics.watcher(judge, party, items, verdicts)) as watcher:
        named = misconception.name(known, items, verdicts, watcher)
        found = dict([named]) if named else {}
        if first in found:
            return found
        explained = forensics.explain(watcher, items, verdicts)
        if explained is None:
            return found
        remembers = not found and explained.finding.key == ("again",)
        again = _alone(judge, items, verdicts, party) if remembers else []
        alone = misconception.name(known, items, again, watcher) if again else None
        return dict([alone]) if alone else found | {explained.index: explained.cause}


def returned_nothing(known: Bank, item: Item, verdict: Verdict) -> bool:
    """Say whether the first answer of a check that is not the solution's is None, where the solution gives one."""
    if not known.solved:
        return False
    right = known.known(None, item).transcript.exchanges
    for mine, theirs in zip(verdict.transcript.exchanges, right, strict=False):
        if mine.answer == theirs.answer:
            continue
        question, answer, wanted = content(mine.question), content(mine.answer), content(theirs.answer)
        if same(answer, wanted):
            continue
        nothing = _value(answer) is None and _value(wanted) is not None and _value(wanted) is not MISSING
        return nothing and question[0] in RETURNING
    return False


def _value(answer: Any) -> Any:
    """Return the value that an answer carries."""
    return answer[1] if isinstance(answer, list) and answer[0] == "value" else MISSING


def _alone(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], party: Party) -> list[Verdict]:
    """Judge the failed checks again, each in a new worker: what code remembers of other checks is not in the way."""
    failed = [index for index, verdict in enumerate(verdicts) if verdict.result.outcome not in UNDONE]
    quick = len(failed) <= MOST_ALONE and all(verdicts[index].result.seconds <= forensics.SLOW for index in failed)
    again = list(verdicts)
    for index in failed if quick else ():
        party.lost()
        again[index] = judge.check(items[index], party)
    return again
