"""Why an exercise failed: a misconception gives the same answers, or a relation holds."""

from collections.abc import Sequence
from contextlib import closing

from msgspec.structs import replace

from grader.answers import says_nothing_came
from grader.course import Exercise, Unit
from grader.diagnose import forensics, misconception
from grader.diagnose.known import Bank
from grader.diagnose.listing import as_written
from grader.judge import Item, Judge, Verdict
from grader.model import UNDONE, Cause, CheckResult
from grader.party import Party
from grader.survey import Survey

MOST_ALONE = 8  # checks that are judged once more


def causes(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], party: Party) -> dict[int, Cause]:
    """Return which checks show a cause, and the cause; nothing where none is certain.

    items, verdicts: all checks of one exercise that ran, and how they ended, in one order. party: the learner.
    A misconception may show first in a later check than the one that a report shows; then relations are tried on that.
    """
    known = Bank(judge)
    first = misconception.first_failure(verdicts)
    if first >= 0 and says_nothing_came(verdicts[first].result.message):
        return {}
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


def _alone(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], party: Party) -> list[Verdict]:
    """Judge the failed checks again, each in a new worker: what code remembers of other checks is not in the way."""
    failed = [index for index, verdict in enumerate(verdicts) if verdict.result.outcome not in UNDONE]
    quick = len(failed) <= MOST_ALONE and all(verdicts[index].result.seconds <= forensics.SLOW for index in failed)
    again = list(verdicts)
    for index in failed if quick else ():
        party.lost()
        again[index] = judge.check(items[index], party)
    return again


def shown_with(result: CheckResult, cause: Cause, unit: Unit, exercise: Exercise, survey: Survey) -> CheckResult:
    """Return a check's result with its cause. A misconception knows which answer it is of."""
    if result.frames or not cause.misconception:
        return replace(result, cause=cause)
    replaces = next((one.replaces for one in as_written(unit) if one.name == cause.misconception), "")
    where = survey.blamed(exercise, [replaces]) if replaces in exercise.answers else None
    return replace(result, cause=cause, where=where or result.where)
