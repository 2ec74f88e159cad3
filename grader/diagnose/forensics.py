"""Say why a check failed where no misconception explains it: the first relation that holds on every probe, or nothing.

A relation is tried on the check as it failed and on the same question with other numbers and other sizes. What is said
is true of all of them. The families are in the order of what says most.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from grader.diagnose.advice import advice
from grader.diagnose.case import Case
from grader.diagnose.families import (
    again,
    axes,
    branch,
    depends,
    discrete,
    edge,
    factor,
    flipped,
    function,
    ignored,
    inputs,
    instead,
    knocked,
    nothing,
    offset,
    order,
    parts,
    precision,
    properties,
    special,
    swapped,
)
from grader.diagnose.misconception import first_failure
from grader.diagnose.probe import Relation
from grader.diagnose.question import Before
from grader.diagnose.watch import TooLate, Watcher
from grader.judging.candidate import Candidate
from grader.judging.judge import Item, Judge, Verdict
from grader.model import Cause, Outcome

Family = Callable[[Case], Relation | None]
FAMILIES: tuple[Family, ...] = (
    again.find,
    precision.dtype,
    special.find,
    nothing.find,
    factor.find,
    axes.find,
    nothing.raw,
    order.find,
    discrete.find,
    parts.few,
    swapped.find,
    flipped.find,
    precision.find,
    function.find,
    offset.find,
    branch.find,
    edge.find,
    inputs.find,
    instead.find,
    properties.other,
    ignored.find,
    knocked.find,
    depends.find,
    inputs.weighted,
    parts.find,
    factor.common,
    factor.rows,
    precision.nearly,
    properties.find,
)
WHOLE: tuple[Family, ...] = (again.find, order.find, discrete.find)  # for answers that are built in another way
WORK = 60.0  # see `Watcher`; nearly every diagnosis comes to its end with less, in 0.1 s of processor time
SECONDS = 2.0  # a last resort, for code that is slow only now and then: seconds are other ones in each run
SLOW = 0.1  # processor seconds; a check that takes longer is not asked again and again


@dataclass(frozen=True)
class Explained:
    """What was found out. index: of the check among those that were given. family: who found it."""

    index: int
    family: Family
    finding: Relation

    @property
    def cause(self) -> Cause:
        """The cause as it is reported."""
        return Cause(says=self.finding.says, evidence=self.finding.evidence, advice=advice(self.finding.key))


def watcher(judge: Judge, candidate: Candidate, items: Sequence[Item], verdicts: Sequence[Verdict]) -> Watcher:
    """Return who asks the learner again, as long as `WORK` allows. items, verdicts: of the checks that ran."""
    costs = {item.id: verdict.result.seconds for item, verdict in zip(items, verdicts, strict=True)}
    return Watcher(judge.course, judge.unit, judge.seed, candidate, SECONDS, work=WORK, costs=costs)


def explain(watcher: Watcher, items: Sequence[Item], verdicts: Sequence[Verdict]) -> Explained | None:
    """Return why the first failing check fails; None where nothing is certain, or where it would take too long.

    items, verdicts: all checks of one exercise and how they ended, in one order. watcher: asks the learner again.
    """
    failed = [index for index, verdict in enumerate(verdicts) if _worth(items[index], verdict)]
    failed.sort(key=lambda index: verdicts[index].result.edge)
    if not failed or failed[0] != first_failure(verdicts):
        return None
    try:
        others = [items[index] for index in failed[1:]]
        case = Case(watcher, items[failed[0]], others, before=_before(verdicts[failed[0]]))
    except (TooLate, ArithmeticError):  # a whole number may be larger than any float
        return None
    found = finding(case)
    return Explained(failed[0], *found) if found else None


def _before(verdict: Verdict) -> Before | None:
    wrong = verdict.result.mismatch
    return Before(verdict.pair, wrong) if wrong else None


def _worth(item: Item, verdict: Verdict) -> bool:
    """Say whether a check can be looked at: a learner sees it, it compares answers, and it is quick."""
    result = verdict.result
    return (
        result.outcome is Outcome.FAIL
        and result.mismatch is not None
        and result.seconds <= SLOW
        and not item.check.hidden
    )


def finding(case: Case) -> tuple[Family, Relation] | None:
    """Return the first relation that holds, and its family. A family whose questions take too long is silent."""
    for family in FAMILIES if case.comparable else WHOLE:
        with suppress(TooLate, ArithmeticError):
            found = family(case)
            if found is not None:
                return family, found
        if case.watcher.left <= 0:
            break
    return None
