"""`grade doctor`: what this machine is like, and whether a worker starts and answers here."""

import importlib.metadata
import importlib.util
import json
import locale
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

import grader
from grader.cli.terminal import look, terminal
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.course.course import Course
    from grader.worker.host.isolation import Isolation

SCHEMA = 1
PACKAGES = ("click", "msgspec", "nbformat", "numpy", "pytest", "regex", "torch")
PROBE = b"answer = 42\n"
INDENT = 15
NAMES = {
    "course": later("course"),
    "file": later("file"),
    "platform": later("platform"),
    "encoding": later("encoding"),
    "bytecode": later("bytecode"),
    "progress": later("progress"),
    "resident": later("resident"),
    "workers": later("workers"),
    "worker": later("worker"),
    "isolation": later("isolation"),
}
A_ROW = 12  # doors a sentence; one that is too long is cut


@dataclass(frozen=True)
class Examined:
    """One line of the doctor's. advice: what to do about it, if anything. ok: grading works all the same."""

    name: str
    value: str
    advice: str = ""
    ok: bool = True


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.option("--stop", is_flag=True, help="End the process that waits here for the next grade, and do nothing else.")
@look()
def doctor(*, as_json: bool, stop: bool) -> int:
    """Examine this machine.

    Python, packages, encoding, the folder for your progress, and a worker that is started and asked.

    The exit code is 1 when something has to be put right.
    """
    course, problem = _course()
    if stop:
        terminal().say(_stop(course))
        return 0
    findings = [
        *_machine(),
        *_packages(course),
        problem,
        *_strays(course),
        *_folder(course),
        *_resident(course),
        *_workers(course),
    ]
    bad = [finding for finding in findings if not finding.ok]
    if as_json:
        terminal().say(
            json.dumps({"schema": SCHEMA, "ok": not bad, "findings": [vars(one) for one in findings]}, indent=2)
        )
    else:
        terminal().say(_page(findings))
    return 1 if bad else 0


def _page(findings: Sequence[Examined]) -> str:
    from grader.report.page import Page
    from grader.report.style import padded, wrap

    page = Page(terminal().style)
    for finding in findings:
        name = _name(finding)
        if page.style.plain:
            page.parts(0, phrase("{label}: {text}", label=name, text=finding.value), *finding.advice.split("\n"))
            continue
        first, *more = wrap(finding.value, page.style.width - INDENT)
        page.rows += [f"{padded(name, INDENT - 1)} {first}", *(" " * INDENT + row for row in more)]
        page.say(finding.advice, INDENT)
    page.gap()
    page.say(_verdict([finding for finding in findings if not finding.ok]), 0)
    return page.text()


def _verdict(bad: Sequence[Examined]) -> str:
    if not bad:
        return phrase("All is well: you can work here.")
    return phrase("To be put right: {names}. What to do stands above.", names=phrase(", ").join(map(_name, bad)))


def _name(finding: Examined) -> str:
    kind, _, rest = finding.name.partition(" ")
    return f"{phrase(NAMES.get(kind, kind))} {rest}".strip()


def _course() -> "tuple[Course | None, Examined]":
    from grader.course.course import Course
    from grader.errors import GraderError
    from grader.report.words import count

    try:
        course = Course.find(Path.cwd())
        sizes = {"units": count(len(course.units), "unit"), "exercises": count(len(course.exercises), "exercise")}
        value = phrase("{title}: {units}, {exercises}", title=course.title, **sizes)
    except GraderError as error:
        return None, Examined("course", phrase("none here"), str(error), ok=False)
    return course, Examined("course", value)


def _strays(course: "Course | None") -> Iterator[Examined]:
    """Find files of the course that lie in its root, where nobody looks."""
    from grader.submission.files import LIMITS, shown

    if course is None:
        return
    for unit in course.units:
        for suffix in LIMITS:
            stray = course.root / f"{unit.name}{suffix}"
            if stray.is_file() and stray.parent != unit.stub.parent:
                says = later("It is not graded: only {file} is. Move it there, or give it another name.")
                yield Examined("file", shown(stray), phrase(says, file=shown(unit.stub)), ok=False)


def _machine() -> Iterator[Examined]:
    yield Examined("chainrule", grader.__version__)
    yield Examined("Python", f"{platform.python_version()} ({platform.python_implementation()}) {sys.executable}")
    yield Examined("platform", platform.platform())
    files = locale.getpreferredencoding(do_setlocale=False)
    yield Examined("encoding", phrase("output {output}, files {files}", output=sys.stdout.encoding, files=files))
    cached = importlib.util.cache_from_source(grader.__file__)
    if sys.dont_write_bytecode and not Path(cached).exists():
        advice = phrase("Each start of grade compiles it again. Unset PYTHONDONTWRITEBYTECODE once, and run grade.")
        yield Examined("bytecode", phrase("not kept"), advice)
    else:
        yield Examined("bytecode", phrase("kept"))


def _packages(course: "Course | None") -> Iterator[Examined]:
    needed = {library for unit in course.units for library in unit.libraries} if course else set()
    for name in sorted({*PACKAGES, *needed}):
        try:
            yield Examined(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            advice = phrase("Install it: {command}", command=f"python -m pip install {name}")
            yield Examined(name, phrase("not installed"), advice, ok=False)


def _folder(course: "Course | None") -> Iterator[Examined]:
    from grader.model import Outcome
    from grader.submission.progress import State
    from grader.submission.whole import write_whole

    if course is None:
        return
    probe = course.state_folder / "doctor"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        write_whole(probe, b"")
        probe.unlink()
    except OSError as error:
        advice = phrase("Progress is not kept until it can be written.")
        yield Examined("progress", f"{course.state_folder}: {heard(error.strerror or '')}", advice, ok=False)
        return
    state = State.load(course.state_folder)
    done = sum(state.of(exercise.id).outcome == Outcome.PASS for exercise in course.exercises)
    facts = {"folder": course.state_folder, "done": done, "total": len(course.exercises)}
    kept = phrase("{folder}: {done} of {total} exercises done", **facts)
    yield Examined("progress", kept, " ".join(state.notices), ok=not state.notices)


def _resident(course: "Course | None") -> Iterator[Examined]:
    """Say whether a process waits here for the next `grade`."""
    from grader.resident import whether

    if course is None:
        return
    if not whether.possible():
        yield Examined("resident", phrase("not used here: every grade starts from nothing"))
        return
    from grader.resident import hosts  # it needs what only such a system has

    numbers = ", ".join(map(str, hosts.running(str(course.root))))
    if not numbers:
        yield Examined("resident", phrase("none runs; the next grade leaves one behind"))
        return
    advice = phrase("It ends after 15 minutes without work. At once: {command}", command="grade doctor --stop")
    yield Examined("resident", phrase("process {numbers} waits for the next grade", numbers=numbers), advice)


def _stop(course: "Course | None") -> str:
    numbers = ""
    if course is not None and sys.platform == "linux":
        from grader.resident import hosts

        numbers = ", ".join(map(str, hosts.stop(str(course.root))))
    return phrase("Ended: process {numbers}.", numbers=numbers) if numbers else phrase("None was running.")


def _workers(course: "Course | None") -> Iterator[Examined]:
    """Start a worker for each kind of unit and ask it something."""
    from grader.worker.host.launch import default_start

    start = default_start()
    yield Examined("workers", phrase("start by {way}", way=start))
    kinds = sorted({unit.libraries for unit in course.units}) if course else [()]
    for libraries in kinds or [()]:
        yield from _worker(libraries)


def _worker(libraries: tuple[str, ...]) -> Iterator[Examined]:
    name = f"worker {' '.join(libraries)}".strip()
    began = time.monotonic()
    try:
        answer, isolation = _asked(libraries)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is what the doctor is to find)
        yield Examined(name, phrase("does not answer"), f"{type(error).__name__}: {error}", ok=False)
        return
    if answer != ["answer"]:
        said = phrase("It was asked what {probe} defines, and said {answer}.", probe=repr(PROBE), answer=repr(answer))
        yield Examined(name, phrase("answers wrongly"), said, ok=False)
        return
    seconds = f"{time.monotonic() - began:.2f}"
    yield Examined(name, phrase("started and answered in {seconds} s", seconds=seconds))
    yield _isolation(phrase("{libraries}: ", libraries=" ".join(libraries)) if libraries else "", isolation)


def _isolation(kind: str, found: "Isolation") -> Examined:
    """Say how well such a worker is shut in: the level that was measured, what is in place, what is not and why."""
    doors = [found.open[first : first + A_ROW] for first in range(0, len(found.open), A_ROW)]
    advice = [phrase("A worker here can {doors}.", doors=phrase(", ").join(map(heard, some))) for some in doors]
    advice += [phrase("Not in place: {problem}.", problem=heard(problem)) for problem in found.problems]
    if found.level in ("split", "process"):
        advice.append(phrase("That does for your own work. Submissions of others need more: grade ci refuses here."))
    reached = phrase(", ").join(map(heard, found.reached)) or phrase("a process of its own")
    value = phrase("{kind}{level} ({reached})", kind=kind, level=found.level, reached=reached)
    return Examined("isolation", value, "\n".join(advice))


def _asked(libraries: tuple[str, ...]) -> "tuple[list[str], Isolation]":
    """Return what a worker says that the probe defines, and how well such workers are shut in."""
    from grader.worker.host.clock import Budget
    from grader.worker.host.isolation import measure
    from grader.worker.host.launch import Launcher
    from grader.worker.host.line import START_SECONDS
    from grader.worker.host.process import Process
    from grader.worker.host.reading import MEMORY
    from grader.worker.host.subject import Subject

    launcher = Launcher(libraries)
    try:
        process = Process(launcher, memory=MEMORY)
        process.begin(Budget.of(START_SECONDS))
        found = Subject(process).ask("scan", PROBE, "probe.py")["names"]
        process.close()
        return found, measure(launcher)
    finally:
        launcher.close()
