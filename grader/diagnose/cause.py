"""Why an exercise failed: a misconception gives the same answers, or a relation holds."""

from collections.abc import Sequence
from contextlib import closing

from msgspec.structs import replace

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.diagnose import forensics, misconception
from grader.diagnose.known import Bank
from grader.diagnose.listing import as_written
from grader.judging.answers import says_nothing_came
from grader.judging.candidate import Candidate
from grader.judging.judge import Item, Judge, Verdict
from grader.language import later, phrase
from grader.model import UNDONE, Cause, CheckResult, ExerciseResult
from grader.submission.scanned import Scanned

MOST_ALONE = 8  # checks that are judged once more


def explained(
    judge: Judge,
    result: ExerciseResult,
    items: Sequence[Item],
    verdicts: Sequence[Verdict],
    candidate: Candidate,
    scanned: Scanned,
) -> ExerciseResult:
    """Return an exercise's result with the causes of its failures, as far as they are known.

    items, verdicts: all checks of the exercise, and how they ended, in one order. candidate, scanned: the learner.
    """
    ran = [index for index, verdict in enumerate(verdicts) if verdict.ran]
    found = causes(judge, [items[index] for index in ran], [verdicts[index] for index in ran], candidate)
    checks = list(result.checks)
    for place, cause in found.items():
        index = ran[place]
        checks[index] = _shown_with(checks[index], cause, judge.unit, items[index].exercise, scanned)
    return replace(result, checks=tuple(checks))


def causes(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], candidate: Candidate) -> dict[int, Cause]:
    """Return which checks show a cause, and the cause; nothing where none is certain.

    items, verdicts: all checks of one exercise that ran, and how they ended, in one order. candidate: the learner.
    A misconception may show first in a later check than the one that a report shows; then relations are tried on that.
    """
    known = Bank(judge)
    first = misconception.first_failure(verdicts)
    if first >= 0 and says_nothing_came(verdicts[first].result.message):
        return {}
    with closing(forensics.watcher(judge, candidate, items, verdicts)) as watcher:
        named = misconception.name(known, items, verdicts, watcher)
        found = dict([named]) if named else {}
        if first in found:
            return found
        explained = forensics.explain(watcher, items, verdicts)
        if explained is None:
            return found or _cut_off(verdicts, first)
        remembers = not found and explained.finding.key == ("again",)
        again = _alone(judge, items, verdicts, candidate) if remembers else []
        alone = misconception.name(known, items, again, watcher) if again else None
        return dict([alone]) if alone else found | {explained.index: explained.cause}


def _cut_off(verdicts: Sequence[Verdict], first: int) -> dict[int, Cause]:
    """Say what it means that there is no gradient at all, where the check that is shown asks for one."""
    mismatch = verdicts[first].result.mismatch if first >= 0 else None
    if mismatch is None or (mismatch.problem, mismatch.yours) != ("kind", "None") or "gradient" not in mismatch.label:
        return {}
    says = later(
        "No graph leads from your answer back to it: it has no part in the answer, or detach(), .data, item() or "
        "torch.tensor(...) cut it out."
    )
    return {first: Cause(says=phrase(says))}


def _alone(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], candidate: Candidate) -> list[Verdict]:
    """Judge the failed checks again, each in a new worker: what code remembers of other checks is not in the way."""
    failed = [index for index, verdict in enumerate(verdicts) if verdict.result.outcome not in UNDONE]
    quick = len(failed) <= MOST_ALONE and all(verdicts[index].result.seconds <= forensics.SLOW for index in failed)
    again = list(verdicts)
    for index in failed if quick else ():
        candidate.lost()
        again[index] = judge.check(items[index], candidate)
    return again


def _shown_with(result: CheckResult, cause: Cause, unit: Unit, exercise: Exercise, scanned: Scanned) -> CheckResult:
    """Return a check's result with its cause. A misconception knows which answer it is of."""
    if result.frames or not cause.misconception:
        return replace(result, cause=cause)
    replaces = next((one.replaces for one in as_written(unit) if one.name == cause.misconception), "")
    where = scanned.blamed(exercise, [replaces]) if replaces in exercise.answers else None
    return replace(result, cause=cause, where=where or result.where)
