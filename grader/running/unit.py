"""Judge the exercises of one unit: put its checks, find what fails beneath a failure, explain the rest."""

import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from grader.course.declarations import Exercise
from grader.judging import waits
from grader.judging.beneath import Ground, nobody
from grader.judging.candidate import Candidate
from grader.judging.judge import Item, Judge, Verdict
from grader.language import later, phrase
from grader.model import UNDONE, CheckResult, ExerciseResult, Outcome
from grader.submission.scanned import Scanned
from grader.worker.host.subject import Transcript

T = TypeVar("T")
STRICT = "GRADE_STRICT"  # set by our tests: a diagnosis that fails ends the run
MAX_LATE = 2
MAX_KEPT_BYTES = 64 << 20
NOT_RUN = later("Not run: two checks of this exercise ran out of time before.")


@dataclass(frozen=True)
class Judged:
    """An exercise whose checks were put. items, verdicts: none where a problem kept them from being put."""

    exercise: Exercise
    result: ExerciseResult
    items: Sequence[Item] = ()
    verdicts: Sequence[Verdict] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing that other exercises did can change it: nothing of it failed."""
        return all(check.outcome in UNDONE for check in self.result.checks)


class UnitRun:
    """One unit of one candidate. Its exercises are judged one by one, and made final in the order of the course."""

    def __init__(
        self,
        judge: Judge,
        items: Sequence[Item],
        candidate: Candidate,
        scanned: Scanned | None = None,
        stands: Callable[[Exercise], bool] = nobody,
    ) -> None:
        """items: the checks of the whole unit. scanned: the learner's file; None for ours, which need no explanation.

        stands: see `Ground`.
        """
        self.notes: list[str] = []  # what went wrong with a diagnosis
        self._judge = judge
        self._items = items
        self._candidate = candidate
        self._scanned = scanned
        self._ground = Ground(judge, items, candidate, scanned, stands) if scanned is not None else None

    def judged(self, exercise: Exercise) -> Judged:
        """Put the checks of one exercise."""
        judge, scanned = self._judge, self._scanned
        items = [item for item in self._items if item.exercise.name == exercise.name]
        problem = (scanned.problem or scanned.broken_rule(judge.unit, exercise)) if scanned else None
        if problem is not None:
            return Judged(exercise, _result(exercise, tuple(_instead(judge, item, problem) for item in items), scanned))
        verdicts = list(_judged(judge, items, self._candidate, scanned))
        result = _result(exercise, tuple(verdict.result for verdict in verdicts), scanned)
        return Judged(exercise, result, items, verdicts)

    def final(self, judged: Judged, before: Mapping[str, ExerciseResult]) -> ExerciseResult:
        """Return the result with what it waits for, or why it failed. before: the results of earlier exercises."""
        result, results = judged.result, dict(before)
        if result.checks and all(check.unloaded for check in result.checks):  # the file is to blame, and says so
            return result
        below = self._needed(judged, results)
        if below is None and judged.verdicts:
            below = self._unless_it_fails(lambda: self._broken(judged, results), None)
        if below is not None:
            return waits.blocked(result, below)
        if self._scanned is not None and judged.verdicts:
            return self._explained(self._placed(judged), self._scanned)
        return result

    def _needed(self, judged: Judged, results: dict[str, ExerciseResult]) -> ExerciseResult | None:
        """Return the exercise that this one waits for: it needs it, and nothing says that it fails without it."""
        failed = waits.failed_needs(self._judge.unit, judged.exercise, results)
        ground = self._ground
        if ground is None or not judged.verdicts or not failed:
            return next(iter(failed), None)
        had_part = self._unless_it_fails(lambda: ground.used(judged.exercise, judged.result, failed), failed)
        return next(iter(had_part), None)

    def _broken(self, judged: Judged, results: dict[str, ExerciseResult]) -> ExerciseResult | None:
        return None if self._ground is None else self._ground.broken(judged.exercise, judged.result, results)

    def _placed(self, judged: Judged) -> Judged:
        ground = self._ground
        if ground is None:
            return judged
        placed = self._unless_it_fails(lambda: ground.placed(judged.exercise, judged.result), judged.result)
        return replace(judged, result=placed)

    def _explained(self, judged: Judged, scanned: Scanned) -> ExerciseResult:
        """Return the result with the causes that are known.

        Where nothing failed, the diagnosis is not even loaded.
        """
        outcomes = {verdict.result.outcome for verdict in judged.verdicts if verdict.ran}
        if outcomes <= set(UNDONE) or Outcome.FAULT in outcomes:  # what a broken check asks nobody can compare
            return judged.result
        from grader.diagnose.cause import explained

        parts = (list(judged.items), list(judged.verdicts))
        return self._unless_it_fails(
            lambda: explained(self._judge, judged.result, *parts, self._candidate, scanned), judged.result
        )

    def _unless_it_fails(self, ask: Callable[[], T], otherwise: T) -> T:
        """Return what a diagnosis says; one that raises costs what it would have said, and leaves a note for us."""
        try:
            return ask()
        except Exception:
            if os.environ.get(STRICT):
                raise
            self.notes.append(traceback.format_exc())
            return otherwise


def _judged(judge: Judge, items: list[Item], candidate: Candidate, scanned: Scanned | None) -> Iterator[Verdict]:
    """Judge one check after the other; when some ran out of time, the rest would only cost the learner more time.

    Edges that are slow leave the core checks alone.
    """
    late = {True: 0, False: 0}  # of edges, and of core checks
    kept = 0
    for item in items:
        edge = judge.is_edge(item)
        reason = candidate.spent_up() or (phrase(NOT_RUN) if late[False] + edge * late[True] >= MAX_LATE else "")
        verdict = _not_run(judge, item, scanned, reason) if reason else judge.check(item, candidate, scanned)
        verdict.transcript.given.answers.clear()  # what is kept is in bytes
        late[edge] += verdict.result.outcome is Outcome.TIMEOUT
        kept += verdict.transcript.size
        # Answers are kept until the misconceptions have been looked at, but not whatever they cost.
        yield verdict if kept <= MAX_KEPT_BYTES else Verdict(verdict.result, Transcript())


def _not_run(judge: Judge, item: Item, scanned: Scanned | None, reason: str) -> Verdict:
    where = scanned.blamed(item.exercise, ()) if scanned else None
    late = CheckResult(id="", title="", outcome=Outcome.TIMEOUT, message=reason, where=where)
    return Verdict(_instead(judge, item, late), Transcript(), ran=False)


def _instead(judge: Judge, item: Item, problem: CheckResult) -> CheckResult:
    """Return a check's result where one problem keeps all checks from running."""
    check = item.check
    facts = {"weight": check.weight, "hidden": check.hidden, "edge": judge.is_edge(item)}
    return _with(problem, id=item.id, title=judge.unit.said(check.title), **facts)


def _result(exercise: Exercise, checks: tuple[CheckResult, ...], scanned: Scanned | None) -> ExerciseResult:
    where, digest = (scanned.blamed(exercise, ()), scanned.digest(exercise)) if scanned else (None, "")
    return ExerciseResult(id=exercise.id, points=exercise.points, checks=checks, where=where, digest=digest)


def _with(result: CheckResult, **facts: object) -> CheckResult:
    return msgspec.structs.replace(result, **facts)
