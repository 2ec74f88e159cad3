"""The exercises of one run, as tasks that one process or several do; of whose submission, and how."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.judging.beneath import nobody
from grader.judging.candidate import LOAD_SECONDS, Candidate, Learner, Ours
from grader.judging.judge import Item, Judge
from grader.model import ExerciseResult
from grader.running.unit import Judged, UnitRun
from grader.submission.scanned import Scanned
from grader.worker.host.clock import Purse
from grader.worker.host.launch import Launcher
from grader.worker.host.launchers import Launchers


@dataclass(frozen=True)
class Part:
    """One unit of a run. items: all its checks. launcher, scanned: of a learner's file; None where ours are judged."""

    judge: Judge
    items: Sequence[Item]
    exercises: Sequence[Exercise]
    launcher: Launcher | None = None
    scanned: Scanned | None = None
    misconception: str = ""

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.judge.unit


class Round:
    """Does the tasks of a run, each known by its number. Close it: it ends the workers that it started."""

    def __init__(
        self,
        parts: Sequence[Part],
        purse: Purse,
        *,
        stands: Callable[[Exercise], bool] = nobody,
        begins: Callable[[Unit], object] = lambda _unit: None,
        launchers: Launchers | None = None,
    ) -> None:
        """purse: what one submission may spend. stands: see `Ground`. launchers: of whoever does it.

        begins: called in the process that made it before it judges a unit.
        """
        self.tasks = [(part, exercise) for part in parts for exercise in part.exercises]
        self._purse = purse
        self._stands = stands
        self._begins = begins
        self._launchers = launchers
        self._part: Part | None = None
        self._candidate: Candidate | None = None
        self._run: UnitRun | None = None
        self._notes: list[str] = []

    def weight(self, task: int) -> float:
        """Return how long it may last: the processor seconds that all its checks are granted."""
        _, exercise = self.tasks[task]
        return exercise.cpu * sum(check.cases for check in exercise.checks)

    def put(self, task: int, after: int | None) -> Judged:
        """Judge one exercise. after: the task that this process will probably do next."""
        part, exercise = self.tasks[task]
        run = self._running(part)
        if isinstance(self._candidate, Learner):
            its, following = self.tasks[after] if after is not None else (None, exercise)
            self._candidate.expect(following if its is part and _runs(part, following) else None)
        return run.judged(exercise)

    def is_final(self, judged: Judged) -> bool:
        """Say whether no other exercise can change what was found."""
        return judged.is_final

    def settled(self, task: int, judged: Judged, before: Sequence[ExerciseResult]) -> ExerciseResult:
        """Return what was found in the end. before: the results of all earlier exercises."""
        part, _ = self.tasks[task]
        early = zip(self.tasks, before, strict=False)
        return self._running(part).final(judged, {one.name: found for (its, one), found in early if its is part})

    def forks(self, jobs: int) -> None:
        """Take note that there will be so many processes, with this one."""
        self._purse.share(0)
        if self._launchers is not None:
            self._launchers.shared(jobs, 0)

    def forked(self, share: int) -> None:
        """Take note that this is a fork now. share: which one, from 1."""
        self._begins = lambda _unit: None
        self._purse.share(share)
        if self._launchers is not None:
            self._launchers.shared(1, share)
            self._launchers.forked()

    def end(self) -> list[str]:
        """Finish in this process, a fork or not; return what is to be noted for us."""
        self.close()
        return self._notes

    def close(self) -> None:
        """End the workers of the unit that was judged last."""
        if self._run is not None and self._candidate is not None:
            self._notes += self._run.notes
            self._candidate.close()
        self._part = self._run = self._candidate = None

    def _running(self, part: Part) -> UnitRun:
        """Return what judges a unit, begun if need be; that of another unit ends."""
        if self._run is None or self._part is not part:
            self.close()
            self._begins(part.unit)
            self._part, self._candidate = part, self._asked(part)
            self._run = UnitRun(part.judge, part.items, self._candidate, part.scanned, self._stands)
        return self._run

    def _asked(self, part: Part) -> Candidate:
        if part.launcher is None or part.scanned is None:
            return Ours(part.unit, part.misconception)
        load = LOAD_SECONDS if part.judge.timeout is None else max(part.judge.timeout, 1.0)
        return Learner(part.unit, part.scanned, part.launcher, load=load, purse=self._purse)


def _runs(part: Part, exercise: Exercise) -> bool:
    """Say whether checks of an exercise will be put to a worker."""
    scanned = part.scanned
    return scanned is not None and scanned.problem is None and scanned.broken_rule(part.unit, exercise) is None


def alone(round_: Round, tell: Callable[[ExerciseResult], object]) -> list[ExerciseResult]:
    """Do all tasks of a run in this process, in order."""
    results: list[ExerciseResult] = []
    last = len(round_.tasks) - 1
    for task in range(last + 1):
        judged = round_.put(task, task + 1 if task < last else None)
        results.append(round_.settled(task, judged, results))
        tell(results[-1])
    return results
