"""Grade a submission: the one function behind every command.

A session keeps what is worth keeping between runs of one process: the zygotes, and the checks that pytest collected.
"""

import contextlib
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import msgspec

import grader
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.errors import GraderFault, UsageError
from grader.judging.beneath import nobody
from grader.judging.judge import Item, Judge
from grader.judging.reference import one_thread
from grader.model import Digests, ExerciseResult, Report, UnitResult
from grader.running.job import Job, Options
from grader.running.round import Part, Round, alone
from grader.store import Latest
from grader.submission import unjudged
from grader.submission.files import Submission, opened, shown
from grader.submission.scanned import NOTHING_KEPT, scan
from grader.worker.confine import privileges
from grader.worker.host import selftest
from grader.worker.host.clock import SHARES, Purse
from grader.worker.host.isolation import LEVELS, SPLIT, Isolation, measure
from grader.worker.host.launch import FORK, Launcher
from grader.worker.host.launchers import Launchers

OnExercise = Callable[[ExerciseResult], None]
AS_USUAL = Options()


@dataclass
class Kept:
    """What does not change between runs of one course with the same launchers: its checks, and how workers are shut in.

    items: by the unit's name. digests: of what judges, by the seed.
    """

    items: dict[str, list[Item]] = field(default_factory=dict)
    digests: dict[int | None, Digests] = field(default_factory=dict)
    isolation: dict[Launcher, Isolation] = field(default_factory=dict)


class Session:
    """Grades submissions of one course. Use it as a context manager: it owns processes.

    It runs in the main thread of a process of its own: its time limits are signals, its memory limit is the process's,
    and it shuts the process off from others of the same user for good, since what it knows stays in memory. Start a
    process where that does not suit (`subprocess`, `multiprocessing`, Dask with processes) and hand it a `Job`.
    """

    def __init__(self, course: Course, launchers: Launchers | None = None, kept: Kept | None = None) -> None:
        """launchers: somebody else's, which outlive the session; by default it has its own. kept: by an earlier one."""
        _require_main_thread()
        self.course = course
        if sys.platform == "linux":
            privileges.not_dumpable()  # what the host knows is in its memory
        one_thread()  # before numpy is loaded: it makes its threads then
        self.kept = kept or Kept()
        self._isolation: dict[Launcher, Isolation] = {}  # of what was graded
        self._own = Launchers()
        self.launchers = launchers or self._own
        self.notes: list[str] = []  # what went wrong with a diagnosis: for us, no learner's business

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._own.close()

    def launcher(self, unit: Unit) -> Launcher:
        """Return the zygote for a unit's libraries; started when first asked for."""
        return self.launchers.of(unit.libraries, scratch=unit.scratch)

    def isolation(self, unit: Unit, kept: Latest = NOTHING_KEPT) -> Isolation:
        """Return how well a unit's workers are shut in; measured once a session for each kind of worker.

        kept: of earlier runs, which are believed where nothing was measured.
        """
        launcher = self.launcher(unit)
        known = selftest.known(launcher, kept) if launcher not in self.kept.isolation else None
        if known is None:
            return self._measured(launcher, kept)
        self._isolation[launcher] = known
        return known

    def _measured(self, launcher: Launcher, kept: Latest = NOTHING_KEPT) -> Isolation:
        if launcher not in self.kept.isolation:
            self.kept.isolation[launcher] = measure(launcher)
            selftest.keep(launcher, self.kept.isolation[launcher], kept)
        self._isolation[launcher] = self.kept.isolation[launcher]
        return self._isolation[launcher]

    def _reader(self, least: str) -> Launcher:
        """Return a launcher to read a learner's files with. Raises UsageError for one below a level."""
        launcher = self.launchers.reader()
        if least != SPLIT:
            self._measured(launcher).require(least)
        return launcher

    def reader(self, options: Options) -> Launcher:
        """Return a launcher to read a learner's files with. Raises UsageError where isolation is too weak."""
        return self._reader(_least(options))

    @property
    def level(self) -> str:
        """The lowest level that was measured; that of no isolation where nothing was."""
        levels = [LEVELS.index(found.level) for found in self._isolation.values()]
        return LEVELS[min(levels, default=0)]

    def items(self, unit: Unit) -> list[Item]:
        """Return a unit's checks, collected once."""
        if unit.name not in self.kept.items:
            from grader.judging.collect import collect  # pytest: imported while the zygotes warm up

            self.kept.items[unit.name] = collect(self.course, unit)
        return self.kept.items[unit.name]

    def digests(self, seed: int | None) -> Digests:
        """Return the digests of what judges, read once."""
        if seed not in self.kept.digests:
            from grader.running.digests import digests

            self.kept.digests[seed] = digests(self.course, seed)
        return self.kept.digests[seed]

    def grade(
        self,
        exercises: Sequence[Exercise] | None = None,
        *,
        submission: Path | Submission | None = None,
        options: Options = AS_USUAL,
        on_exercise: OnExercise | None = None,
        stands: Callable[[Exercise], bool] = nobody,
        ran: bytes = b"",
    ) -> Report:
        """Grade a learner's files; by default all exercises of the course's own folder.

        submission: a folder, or a zip or tar archive of one; or what was read already.
        on_exercise: called with each result as soon as it and all before it are known.
        stands: says of an exercise that it has passed as it is now; others are judged where one that fails uses them.
        ran: cells that a learner's kernel has run, as a notebook; they come below what is in the course's own folder.
        Raises SubmissionError for a submission that is none, CourseError for checks that do not run, UsageError where
        isolation is too weak, GraderFault for ours, and outside of the main thread.
        """
        _require_main_thread()
        least = _least(options)
        self._isolation.clear()
        work = submission
        if work is None or isinstance(work, Path):
            work = opened(self.course, work, lambda: self._reader(least), ran)
        chosen = self._chosen(exercises)
        there = [unit for unit in chosen if work.holds(unit)]
        for unit in there:
            self.launcher(unit)  # they warm up while checks are collected
        for unit in there if least != SPLIT else ():
            self.isolation(unit).require(least)
        trusted = options.trusts and submission is None and least == SPLIT
        scans, tests = (Latest(where if trusted else None) for where in (self.course.scans, self.course.self_tests))

        def part(unit: Unit) -> Part:
            """Collect a unit's checks and have the learner's file read."""
            items, scanned = self.items(unit), scan(unit, work, lambda: self._reader(least), scans)
            return Part(self._judge(unit, options), items, chosen[unit], self.launcher(unit), scanned)

        def begins(unit: Unit) -> Isolation:
            return self.isolation(unit, tests)

        parts = [part(unit) for unit in there]
        round_ = Round(parts, Purse(options.total), stands=stands, begins=begins, launchers=self.launchers)
        found = {result.id: result for result in self._results(round_, options.jobs, on_exercise)}
        for unit in there:
            begins(unit)  # where forks judged all of it
        files = {part.unit: part.scanned.file for part in parts if part.scanned}
        units = [
            _unit_result(unit, some, found, files[unit]) if unit in there else unjudged.not_handed_in(unit, some, work)
            for unit, some in chosen.items()
        ]
        report = self._report(work.shown, options, units)
        if options.digested:
            from grader.running.digests import with_submission

            read = {part.unit.name: part.scanned for part in parts if part.scanned}
            report = msgspec.structs.replace(report, digests=with_submission(self.digests(options.seed), read))
        weak = bool(there) and LEVELS.index(report.isolation) < LEVELS.index(options.require)
        return msgspec.structs.replace(report, unverified=weak, own=submission is None)

    def grade_ours(
        self,
        exercises: Sequence[Exercise] | None = None,
        *,
        misconception: str = "",
        options: Options = AS_USUAL,
    ) -> Report:
        """Judge the solutions, or one misconception of the exercises' units, in this process."""
        chosen = self._chosen(exercises)
        parts = [
            Part(self._judge(unit, options), self.items(unit), some, misconception=misconception)
            for unit, some in chosen.items()
        ]
        found = {result.id: result for result in self._results(Round(parts, Purse()), 1, None)}
        units = [_unit_result(unit, some, found, shown(unit.solution)) for unit, some in chosen.items()]
        return self._report(misconception or "solutions", options, units)

    def _chosen(self, exercises: Sequence[Exercise] | None) -> dict[Unit, list[Exercise]]:
        """Return the exercises by unit, in the course's order."""
        wanted = self.course.exercises if exercises is None else exercises
        chosen = {unit: [exercise for exercise in wanted if exercise.unit == unit.name] for unit in self.course.units}
        return {unit: some for unit, some in chosen.items() if some}

    def _judge(self, unit: Unit, options: Options) -> Judge:
        return Judge(self.course, unit, seed=options.seed, timeout=options.timeout, edges=options.edges)

    def _results(self, round_: Round, jobs: int, on_exercise: OnExercise | None) -> list[ExerciseResult]:
        tell = on_exercise or (lambda _result: None)
        jobs = min(jobs, len(round_.tasks), SHARES)
        if jobs < 2 or any(part.launcher is None or part.launcher.start_method != FORK for part, _ in round_.tasks):
            with contextlib.closing(round_):
                results = alone(round_, tell)
                self.notes += round_.end()
            return results
        from grader.running.crew import Crew

        with contextlib.closing(round_), contextlib.closing(Crew(round_, len(round_.tasks), jobs)) as crew:
            results = crew.run(tell)
            self.notes += crew.notes
        return results

    def _report(self, submission: str, options: Options, units: list[UnitResult]) -> Report:
        if not any(unit.exercises for unit in units):
            raise GraderFault("nothing was graded")
        return Report(
            course=self.course.title,
            submission=submission,
            seed=self.course.seed if options.seed is None else options.seed,
            units=tuple(units),
            isolation=self.level,
            engine=grader.__version__,
            edges=options.edges or self.course.edges,
        )


def _least(options: Options) -> str:
    """Return the level of isolation below which nothing of the learner's is touched."""
    return SPLIT if options.require == SPLIT else options.accept or options.require


def _unit_result(
    unit: Unit, exercises: Sequence[Exercise], found: Mapping[str, ExerciseResult], file: str
) -> UnitResult:
    results = tuple(found[exercise.id] for exercise in exercises)
    return UnitResult(unit=unit.name, title=unit.said(unit.title), exercises=results, file=file)


def _require_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise GraderFault(
            "a Session runs in the main thread of a process of its own: elsewhere its limits of time do nothing and "
            "its limit of memory is everybody's. Start a process, and hand it a grader.running.job.Job."
        )


def grade(
    course: Course,
    exercises: Sequence[Exercise] | None = None,
    *,
    submission: Path | None = None,
    options: Options = AS_USUAL,
    on_exercise: OnExercise | None = None,
) -> Report:
    """Grade once; see `Session.grade`."""
    with Session(course) as session:
        return session.grade(exercises, submission=submission, options=options, on_exercise=on_exercise)


def run(job: Job) -> Report:
    """Do what a job says, in a process of its own; see `Session.grade`. Raises UsageError for an unknown exercise."""
    course = Course.find(job.course)
    known = {exercise.id: exercise for exercise in course.exercises}
    unknown = next((name for name in job.exercises if name not in known), "")
    if unknown:
        raise UsageError(f"{job.course}: there is no exercise {unknown!r}.")
    chosen = [known[name] for name in job.exercises] or None
    return grade(course, chosen, submission=job.submission, options=job.options)
