"""From the return key to the verdict: whole processes, warm store, against what anybody's grader has to start.

No resident session serves, and Python keeps its compiled files, as it does where people work.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.measure import Row, in_turns

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "grader" / "checks"
# Whole units, against `import torch`.
GOALS = {"u01": 1.2, "u02": 1.4, "u03": 1.6, "u04": 1.7, "u05": 0.45, "u06": 1.8, "u07": 1.6, "u08": 1.6, "u09": 1.2}
GOALS |= {"u10": 3.6, "u11": 1.2, "u12": 1.0, "u13": 0.6}
EXERCISES = {"u01.add_mul": 0.25, "u05.cross_entropy_backward": 0.30, "u08.head": 1.10}
SUBMISSION = ("--submission", "solutions", "--no-save")
LIST, TWO_CORES = 0.1, 1 / 1.7


def rows(times: int) -> Iterator[Row]:
    """Yield the cold lines of the table."""
    torch = _process("-c", "import torch")
    for name, goal in (EXERCISES | GOALS).items():
        found = list(CHECKS.glob(f"test_{name.partition('.')[0]}_*.py"))
        if found:
            yield Row(f"`grade {name}` cold", "`import torch`", *in_turns(_grade(name), torch, times), goal)
        if found and name in GOALS:
            fresh = _process("-m", "pytest", "-q", str(found[0]))
            against = "a fresh `pytest` of the same checks"
            yield Row(f"`grade {name}` cold", against, *in_turns(_grade(name), fresh, times))
    yield Row("`grade list` cold", "`import torch`", *in_turns(_process("-m", "grader", "list"), torch, times), LIST)
    help_, nothing = _process("-m", "grader", "--help"), _process("-c", "pass")
    yield Row("`grade --help`", "`python -c pass`", *in_turns(help_, nothing, times))
    yield from _cores(times)


def _cores(times: int) -> Iterator[Row]:
    """Yield what a second core is worth, where there is one."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        two, one = _grade("--all", cores=cores[:2]), _grade("--all", cores=cores[:1])
        yield Row("`grade --all` cold, two cores", "one core", *in_turns(two, one, max(1, times // 3)), TWO_CORES)


def _grade(*words: str, cores: list[int] | None = None) -> Callable[[], None]:
    return _process("-m", "grader", *words, *SUBMISSION, cores=cores)


def _process(*arguments: str, cores: list[int] | None = None) -> Callable[[], None]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> None:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**kept, "GRADE_RESIDENT": "off"},
            capture_output=True,
            check=False,
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")

    return run
