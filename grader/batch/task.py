"""One submission of a class, graded in a process that grades many: zygotes and collected checks are used again."""

import traceback
from functools import partial
from pathlib import Path

import msgspec

import grader
from grader import language, store
from grader.batch import export, handed
from grader.batch.names import Entry
from grader.course.declarations import Exercise
from grader.errors import CourseError, GraderFault, SubmissionError, UsageError
from grader.model import Report
from grader.pool import Bench
from grader.report import render
from grader.report.portable import portable
from grader.running.job import Options
from grader.submission import unjudged
from grader.submission.files import Submission


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for a whole class. exercises: their ids. hidden: show what hidden checks ask.

    sources: where what was graded is written for a similarity checker; None for nowhere.
    """

    exercises: tuple[str, ...]
    options: Options
    language: str
    hidden: bool = False
    sources: Path | None = None


class Task(msgspec.Struct, frozen=True):
    """One submission, as data that another process can do. known: the key of the report that is there; or nothing.

    file: how the learner's files are called.
    """

    plan: Plan
    entry: Entry
    known: str
    file: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a task. report: in JSON; empty where the one that is there still holds, or nothing was graded.

    taken: files that lay under another name. reason: why nothing was graded. fault: details of ours, for us.
    """

    key: str = ""
    report: str = ""
    taken: dict[str, str] = {}
    reason: str = ""
    fault: str = ""


def do(bench: Bench, task: Task) -> Done:
    """Grade one submission, unless that was done. Raises CourseError, UsageError: they are not one learner's."""
    language.choose(task.plan.language)
    for attempt in (1, 2):
        try:
            return _done(bench, task)
        except handed.Unreadable as error:
            return Done(reason=str(error))
        except (CourseError, UsageError):
            raise
        except Exception as error:  # noqa: BLE001 (one submission's fault must not be another's)
            _renew(bench)
            if attempt == 2:
                said = str(error) if isinstance(error, GraderFault) else f"{type(error).__name__}: {error}"
                details = "".join(traceback.format_exception(error))
                return Done(reason=said.strip().split("\n")[0][:300], fault=details)
    raise AssertionError


def _renew(bench: Bench) -> None:
    """Have new zygotes, whatever the old ones are like."""
    bench.session.launchers.close()
    bench.session.kept.isolation.clear()
    bench.session.notes.clear()


def _done(bench: Bench, task: Task) -> Done:
    session, plan = bench.session, task.plan
    raw: handed.Raw | None = None
    try:
        raw = handed.read(session.course, task.entry)
        content = raw.digest
    except SubmissionError as error:
        content, refused = str(error), error
    key = _key(bench, task, content)
    if key == task.known and plan.sources is None:
        return Done(key=key, taken=_renamed(bench, raw))
    work: Submission | None = None
    chosen = _chosen(bench, plan.exercises)
    try:
        if raw is None:
            raise refused
        reader = partial(session.reader, plan.options)
        work = handed.opened(session.course, task.entry, raw, reader)
        if plan.sources is not None:
            export.write(session.course, work, reader, plan.sources / "submissions" / task.file)
        if key == task.known:
            return Done(key=key, taken=_renamed(bench, raw))
        report = session.grade(chosen, submission=work, options=plan.options)
    except SubmissionError as error:
        if key == task.known:
            return Done(key=key)
        report = _refused(bench, task, chosen, error)
    fault = "\n".join(session.notes)
    session.notes.clear()
    report = portable(report, secret=not plan.hidden and report.seed != session.course.seed)
    return Done(key=key, report=render("json", report, hidden=plan.hidden), taken=_renamed(bench, raw), fault=fault)


def _renamed(bench: Bench, raw: handed.Raw | None) -> dict[str, str]:
    """Return the files that lay under another name than the course's, by the course's."""
    learners = bench.session.course.learner_folder.name
    some = [one for one in raw.sources if one.wanted] if raw else []
    best = {one.wanted: one.inner for one in sorted(some, key=lambda one: one.rank(learners), reverse=True)}
    return {wanted: inner for wanted, inner in best.items() if wanted != inner}


def _refused(bench: Bench, task: Task, chosen: list[Exercise], error: SubmissionError) -> Report:
    """Return the report on what cannot be graded at all."""
    course, seed = bench.session.course, task.plan.options.seed
    name = task.entry.paths[0].name if len(task.entry.paths) == 1 else task.entry.learner
    seed = course.seed if seed is None else seed
    return unjudged.report(course, chosen, error, engine=grader.__version__, submission=name, seed=seed)


def _chosen(bench: Bench, ids: tuple[str, ...]) -> list[Exercise]:
    if ids not in bench.kept:
        bench.kept[ids] = [exercise for exercise in bench.session.course.exercises if exercise.id in set(ids)]
    found: list[Exercise] = bench.kept[ids]
    return found


def _key(bench: Bench, task: Task, content: str) -> str:
    """Return a name for a report that depends on all of this: the same key, the same report but for its seconds."""
    made = bench.session.digests(task.plan.options.seed)
    plan = msgspec.structs.replace(task.plan, options=msgspec.structs.replace(task.plan.options, jobs=1), sources=None)
    facts = msgspec.json.encode(msgspec.structs.replace(plan, options=msgspec.structs.replace(plan.options, seed=None)))
    names = [task.entry.learner, *(path.name for path in task.entry.paths), content]
    texts = (made.course, made.engine, made.seed, *names)
    return store.key(facts, *(text.encode("utf-8", "surrogateescape") for text in texts))
