"""Inside one process: a verdict, a worker, a call, ten megabytes."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

from bench.cold import CHECKS, ROOT
from bench.measure import Row, in_turns, seconds
from grader.course.course import Course
from grader.course.unit import Unit
from grader.session import Session
from grader.worker.host.launch import Launcher
from grader.worker.host.process import Budget, Process
from grader.worker.host.subject import Subject

ECHO = b"def echo(x):\n    return x\n"
CALLS = 2000
MEGABYTES = 10


def rows(times: int) -> Iterator[Row]:
    """Yield the warm lines of the table."""
    course = Course.find(ROOT)
    with Session(course) as session:
        for unit in course.units:
            yield from _verdicts(session, unit, times)
    for libraries in ((), ("numpy",), ("torch",)):
        yield from _worker(libraries, times)
    for libraries in ((), ("torch",)):
        yield from _confinement(libraries, times)


def _verdicts(session: Session, unit: Unit, times: int) -> Iterator[Row]:
    checks = next(CHECKS.glob(f"test_{unit.name}.py"))

    def fresh() -> None:
        subprocess.run([sys.executable, "-m", "pytest", "-q", str(checks)], cwd=ROOT, capture_output=True, check=False)

    def whole() -> None:
        session.grade(unit.exercises, submission=ROOT / "solutions")

    pytest_seconds = [seconds(fresh) for _ in range(3)]
    whole()
    unit_seconds = sorted(seconds(whole) for _ in range(times))
    typical = sorted(
        seconds(lambda one=one: session.grade([one], submission=ROOT / "solutions")) for one in unit.exercises
    )
    against = "a fresh `pytest` of the unit"
    yield Row(f"warm verdict, all of {unit.key}", against, unit_seconds[times // 2], sorted(pytest_seconds)[1])
    middle = typical[len(typical) // 2]
    yield Row(f"warm verdict, one exercise of {unit.key} (median)", against, middle, sorted(pytest_seconds)[1], 0.1)


def _worker(libraries: tuple[str, ...], times: int) -> Iterator[Row]:
    name = libraries[0] if libraries else "pure Python"
    launcher = Launcher(libraries)
    try:
        _opened(launcher)[0].close()

        start = f"import {libraries[0]}" if libraries else "pass"

        def fresh() -> None:
            subprocess.run([sys.executable, "-c", start], check=True)

        ours, theirs = in_turns(lambda: _life(launcher), fresh, times)
        yield Row(f"worker of a {name} unit: fork, first answer, end", f"`python -c '{start}'`", ours, theirs)
        yield from _calls(launcher, name)
    finally:
        launcher.close()


def _confinement(libraries: tuple[str, ...], times: int) -> Iterator[Row]:
    """Yield what a cell costs a worker when it starts, and a call into it afterwards."""
    name = libraries[0] if libraries else "pure Python"
    with (
        closing(Launcher(libraries, isolation="confined")) as shut,
        closing(Launcher(libraries, isolation="process")) as open_,
    ):
        ours, theirs = in_turns(lambda: _life(shut), lambda: _life(open_), 5 * times)
        yield Row(f"life of a confined {name} worker", "one at the process level", ours, theirs)
        (inside, one), (outside, other) = _opened(shut), _opened(open_)
        calls, against = one.learner.echo, other.learner.echo
        ours, theirs = in_turns(
            lambda: [calls(1.0) for _ in range(CALLS // 10)], lambda: [against(1.0) for _ in range(CALLS // 10)], times
        )
        yield Row(
            f"a call into a confined {name} worker", "at the process level", 10 * ours / CALLS, 10 * theirs / CALLS, 1.0
        )
        inside.close()
        outside.close()


def _life(launcher: Launcher) -> None:
    process, subject = _opened(launcher)
    subject.learner.echo(1.0)
    process.close()


def _calls(launcher: Launcher, name: str) -> Iterator[Row]:
    process, subject = _opened(launcher)
    call = subject.learner.echo
    start = time.perf_counter()
    for _ in range(CALLS):
        call(1.0)
    each = (time.perf_counter() - start) / CALLS
    direct: dict[str, object] = {}
    exec(ECHO, direct)  # noqa: S102 (ours)
    echo = direct["echo"]
    local = seconds(lambda: [echo(1.0) for _ in range(CALLS)]) / CALLS  # type: ignore[operator]
    yield Row(f"a call into a {name} worker", "the same call in-process", each, local)
    if name == "numpy":
        yield _throughput(call)
    process.close()


def _throughput(call) -> Row:  # noqa: ANN001
    import numpy as np

    array = np.random.default_rng(0).normal(size=MEGABYTES << 17)
    call(array)
    ours, theirs = in_turns(lambda: call(array), array.copy, 9)
    return Row(f"{MEGABYTES} MB array there and back", "one copy of it in memory", ours, theirs)


def _opened(launcher: Launcher) -> tuple[Process, Subject]:
    process = Process(launcher, memory=512 << 20)
    subject = Subject(process)
    process.begin(Budget.of(20.0))
    subject.ask("load", ECHO, "echo.py")
    return process, subject
