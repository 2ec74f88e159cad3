"""From the return key to the verdict with a resident session: whole processes, beside what others have to start."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.cold import CHECKS, ROOT
from bench.measure import Row, in_turns

EXERCISES = (
    ("u01.add_mul", "pure Python", 0.10, 1 / 15),
    ("u05.cross_entropy_backward", "NumPy", 0.10, 1 / 15),
    ("u08.head", "torch", 0.15, 1 / 10),
)
SUBMISSION = ("--submission", "solutions", "--no-save")
PATIENCE = 120.0
NOT_SERVED = 100
# What a course without an engine of its own would start: pytest, with torch to compare with.
PYTEST = "import sys, torch, pytest; sys.exit(pytest.main(sys.argv[1:]))"
ASK = f"""
import sys
from grader.resident import client, whether
code = client.asked(sys.argv[1:], whether.course(sys.argv[1:]))
sys.exit({NOT_SERVED} if code is None else code)
"""


def rows(times: int) -> Iterator[Row]:
    """Yield the lines of the table for each kind of unit that the course has."""
    with house() as environment:
        for exercise, kind, goal, other in EXERCISES:
            found = list(CHECKS.glob(f"test_{exercise.partition('.')[0]}_*.py"))
            if found:
                yield from _exercise(exercise, kind, (goal, other), found[0], times, environment)
        listed = _process(environment, "-m", "grader", "list")
        yield Row(
            "`grade list` warm", "`python -c pass`", *in_turns(listed, _process(environment, "-c", "pass"), times)
        )


def _exercise(
    exercise: str, kind: str, goals: tuple[float, float], checks: Path, times: int, environment: dict[str, str]
) -> Iterator[Row]:
    _warm(exercise, environment)
    grade = _process(environment, "-m", "grader", exercise, *SUBMISSION)
    what = f"`grade {exercise}` warm ({kind})"
    torch = _process(environment, "-c", "import torch")
    yield Row(what, "`import torch`", *in_turns(grade, torch, times), goals[0])
    name = "".join(word.capitalize() for word in exercise.partition(".")[2].split("_"))
    fresh = _process(environment, "-c", PYTEST, "-q", f"{checks}::Test{name}", *SUBMISSION[:2])
    yield Row(what, "a fresh `pytest` of its checks, torch beside them", *in_turns(grade, fresh, times), goals[1])
    cold = _process({**environment, "GRADE_RESIDENT": "off"}, "-m", "grader", exercise, *SUBMISSION)
    yield Row(what, "the same cold", *in_turns(grade, cold, times))


@contextmanager
def house() -> Iterator[dict[str, str]]:
    """Give an environment with a runtime folder of its own; what stays in it is ended."""
    dropped = ("GRADE_RESIDENT", "CI", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    with tempfile.TemporaryDirectory(prefix="chainrule-bench-") as folder:
        environment = {**kept, "XDG_RUNTIME_DIR": folder}
        try:
            yield environment
        finally:
            subprocess.run(
                [sys.executable, "-m", "grader", "doctor", "--stop"],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                check=False,
            )


def _warm(exercise: str, environment: dict[str, str]) -> None:
    """Have a host that has served the exercise once and has had time to prepare for it."""
    _process(environment, "-m", "grader", exercise, *SUBMISSION)()
    served, until = 0, time.monotonic() + PATIENCE
    while served < 2 and time.monotonic() < until:
        asked = subprocess.run(
            [sys.executable, "-c", ASK, exercise, *SUBMISSION],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            check=False,
        )
        served += asked.returncode == 0
        time.sleep(0.5)
    if served < 2:
        sys.exit("there is no resident session here")


def _process(environment: dict[str, str], *arguments: str) -> Callable[[], None]:
    def run() -> None:
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")

    return run
