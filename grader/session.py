"""Grade a submission: the one function behind every command.

A session keeps what is worth keeping between runs of one process: the zygotes, and the checks that pytest collected.
"""

import contextlib
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Self

import msgspec

import grader
from grader.course.course import Course, Exercise, Unit
from grader.errors import GraderFault
from grader.judging import beneath, waits
from grader.judging.candidate import LOAD_SECONDS, Candidate, Learner, Ours
from grader.judging.judge import Item, Judge, Verdict
from grader.language import later, phrase
from grader.model import UNDONE, CheckResult, ExerciseResult, Outcome, Report, UnitResult
from grader.submission import unjudged
from grader.submission.files import opened, shown
from grader.submission.scanned import Scanned, scan
from grader.worker.confine import privileges
from grader.worker.host.clock import Purse
from grader.worker.host.isolation import LEVELS, SPLIT, Isolation, measure
from grader.worker.host.launch import Launcher
from grader.worker.host.launchers import Launchers
from grader.worker.host.subject import Transcript

OnExercise = Callable[[ExerciseResult], None]
STRICT = "GRADE_STRICT"  # set by our tests: a diagnosis that fails ends the run
MAX_LATE = 2
MAX_KEPT_BYTES = 64 << 20
NOT_RUN = later("Not run: two checks of this exercise ran out of time before.")


class Session:
    """Grades submissions of one course. Use it as a context manager: it owns processes."""

    def __init__(self, course: Course, launchers: Launchers | None = None) -> None:
        """launchers: somebody else's, which outlive the session; by default it has its own."""
        self.course = course
        if sys.platform == "linux":
            privileges.not_dumpable()  # what the host knows is in its memory
        self._isolation: dict[Launcher, Isolation] = {}
        self._own = Launchers()
        self._launchers = launchers or self._own
        self._items: dict[str, list[Item]] = {}
        self.notes: list[str] = []  # what went wrong with a diagnosis: for us, no learner's business

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def launcher(self, unit: Unit) -> Launcher:
        """Return the zygote for a unit's libraries; started when first asked for."""
        return self._launchers.of(unit.libraries, scratch=unit.scratch)

    def isolation(self, unit: Unit) -> Isolation:
        """Return how well a unit's workers are shut in; measured once a session for each kind of worker."""
        launcher = self.launcher(unit)
        if launcher not in self._isolation:
            self._isolation[launcher] = measure(launcher)
        return self._isolation[launcher]

    @property
    def level(self) -> str:
        """The lowest level that was measured; that of no isolation where nothing was."""
        levels = [LEVELS.index(found.level) for found in self._isolation.values()]
        return LEVELS[min(levels, default=0)]

    def items(self, unit: Unit) -> list[Item]:
        """Return a unit's checks, collected once."""
        if unit.name not in self._items:
            from grader.judging.collect import collect  # pytest: imported while the zygotes warm up

            self._items[unit.name] = collect(self.course, unit)
        return self._items[unit.name]

    def grade(
        self,
        exercises: Sequence[Exercise] | None = None,
        *,
        submission: Path | None = None,
        seed: int | None = None,
        timeout: float | None = None,
        total: float | None = None,
        require: str = SPLIT,
        accept: str = "",
        edges: str = "",
        on_exercise: OnExercise | None = None,
        stands: Callable[[Exercise], bool] = beneath.nobody,
    ) -> Report:
        """Grade a learner's files; by default all exercises of the course's own folder.

        submission: a folder, or a zip or tar archive of one.
        seed: where random inputs come from, instead of the course's. timeout: processor seconds a check.
        total: processor seconds for all of it; what is left over then is reported as timed out.
        require: the isolation level below which nothing of the learner's is touched. accept: a lower one that will do,
        but then the report says that it is not verified.
        edges: open or required, instead of what the course says.
        on_exercise: called with each result as soon as it is known.
        stands: says of an exercise that it has passed as it is now; others are judged where one that fails uses them.
        Raises SubmissionError for a submission that is none, CourseError for checks that do not run, UsageError where
        isolation is too weak, GraderFault for ours.
        """
        work = opened(self.course, submission, self._launchers.any)
        chosen = self._chosen(exercises)
        there = [unit for unit in chosen if work.holds(unit)]
        for unit in there:
            self.launcher(unit)  # they warm up while checks are collected
        if require != SPLIT:
            for unit in there:
                self.isolation(unit).require(accept or require)
        purse = Purse(total)
        units = []
        for unit, some in chosen.items():
            if unit not in there:
                units.append(unjudged.not_handed_in(unit, some, work))
                continue
            judge = Judge(self.course, unit, seed=seed, timeout=timeout, edges=edges)
            self.items(unit)
            self.isolation(unit)
            launcher = self.launcher(unit)
            scanned = scan(unit, work, launcher)
            load = LOAD_SECONDS if timeout is None else max(timeout, 1.0)
            with contextlib.closing(Learner(unit, scanned, launcher, load=load, purse=purse)) as candidate:
                ground = beneath.Ground(judge, self.items(unit), candidate, scanned, stands)
                results = self._unit(judge, some, candidate, scanned, on_exercise, ground)
            units.append(UnitResult(unit=unit.name, title=unit.title, exercises=results, file=scanned.file))
        report = self._report(work.shown, self.course.seed if seed is None else seed, units, edges)
        weak = bool(there) and LEVELS.index(report.isolation) < LEVELS.index(require)
        return msgspec.structs.replace(report, unverified=weak, own=submission is None)

    def _chosen(self, exercises: Sequence[Exercise] | None) -> dict[Unit, list[Exercise]]:
        """Return the exercises by unit, in the course's order."""
        wanted = self.course.exercises if exercises is None else exercises
        chosen = {unit: [exercise for exercise in wanted if exercise.unit == unit.name] for unit in self.course.units}
        return {unit: some for unit, some in chosen.items() if some}

    def grade_ours(
        self,
        exercises: Sequence[Exercise] | None = None,
        *,
        misconception: str = "",
        seed: int | None = None,
        edges: str = "",
    ) -> Report:
        """Judge the solutions, or one misconception of the exercises' units, in this process."""
        units = []
        for unit, some in self._chosen(exercises).items():
            judge = Judge(self.course, unit, seed=seed, edges=edges)
            results = self._unit(judge, some, Ours(unit, misconception), None)
            units.append(UnitResult(unit=unit.name, title=unit.title, exercises=results, file=shown(unit.solution)))
        name = misconception or "solutions"
        return self._report(name, self.course.seed if seed is None else seed, units, edges)

    def _report(self, submission: str, seed: int, units: list[UnitResult], edges: str) -> Report:
        if not any(unit.exercises for unit in units):
            raise GraderFault("nothing was graded")
        return Report(
            course=self.course.title,
            submission=submission,
            seed=seed,
            units=tuple(units),
            isolation=self.level,
            engine=grader.__version__,
            edges=edges or self.course.edges,
        )

    def _unit(
        self,
        judge: Judge,
        exercises: Sequence[Exercise],
        candidate: Candidate,
        scanned: Scanned | None,
        on_exercise: OnExercise | None = None,
        ground: beneath.Ground | None = None,
    ) -> tuple[ExerciseResult, ...]:
        results: dict[str, ExerciseResult] = {}
        for exercise in exercises:
            items = [item for item in self.items(judge.unit) if item.exercise.name == exercise.name]
            problem = (scanned.problem or scanned.broken_rule(judge.unit, exercise)) if scanned else None
            verdicts = list(_judged(judge, items, candidate, scanned)) if problem is None else []
            checks = [_instead(judge, item, problem) for item in items] if problem else []
            result = _result(exercise, (*checks, *(verdict.result for verdict in verdicts)), scanned)
            below = waits.failed_need(judge.unit, exercise, results)
            if below is None and ground is not None and verdicts:
                below = ground.broken(exercise, result, results)
            if below is not None:
                result = waits.blocked(result, below)
            elif scanned is not None and verdicts:
                result = self._explained(judge, result, (items, verdicts), candidate, scanned)
            results[exercise.name] = result
            if on_exercise is not None:
                on_exercise(result)
        return tuple(results.values())

    def _explained(
        self,
        judge: Judge,
        result: ExerciseResult,
        judged: tuple[list[Item], list[Verdict]],
        candidate: Candidate,
        scanned: Scanned,
    ) -> ExerciseResult:
        """Return the result with the causes that are known. A diagnosis that fails costs the cause, never the verdict.

        judged: the checks, and how they ended. Where nothing failed, the diagnosis is not even loaded.
        """
        outcomes = {verdict.result.outcome for verdict in judged[1] if verdict.ran}
        if outcomes <= set(UNDONE) or Outcome.FAULT in outcomes:  # what a broken check asks nobody can compare
            return result
        from grader.diagnose.cause import explained

        try:
            return explained(judge, result, *judged, candidate, scanned)
        except Exception:
            if os.environ.get(STRICT):
                raise
            self.notes.append(traceback.format_exc())
            return result


def grade(
    course: Course,
    exercises: Sequence[Exercise] | None = None,
    *,
    submission: Path | None = None,
    seed: int | None = None,
    timeout: float | None = None,
    on_exercise: OnExercise | None = None,
) -> Report:
    """Grade once; see `Session.grade`."""
    with Session(course) as session:
        return session.grade(exercises, submission=submission, seed=seed, timeout=timeout, on_exercise=on_exercise)


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
    facts = {"title": check.title, "weight": check.weight, "hidden": check.hidden, "edge": judge.is_edge(item)}
    return _with(problem, id=item.id, **facts)


def _result(exercise: Exercise, checks: tuple[CheckResult, ...], scanned: Scanned | None) -> ExerciseResult:
    where, digest = (scanned.blamed(exercise, ()), scanned.digest(exercise)) if scanned else (None, "")
    return ExerciseResult(id=exercise.id, points=exercise.points, checks=checks, where=where, digest=digest)


def _with(result: CheckResult, **facts: object) -> CheckResult:
    return msgspec.structs.replace(result, **facts)
