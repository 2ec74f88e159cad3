"""From the return key to the verdict: whole processes, warm store, against what anybody's grader has to start."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Row, in_turns

ROOT = Path(__file__).resolve().parent.parent
CHECKS = ROOT / "grader" / "checks"


def rows(times: int) -> Iterator[Row]:
    """Yield the cold lines of the table."""
    for unit, goal in (("u01", 0.25), ("u05", 0.25), ("u08", 1.3), ("u09", 1.6)):
        found = list(CHECKS.glob(f"test_{unit}_*.py"))
        if found:
            yield from _unit(unit, found[0], goal, times)


def _unit(unit: str, checks: Path, goal: float, times: int) -> Iterator[Row]:
    grade = _process("-m", "grader", unit, "--submission", "solutions", "--no-save")
    what = f"`grade {unit}` cold"
    yield Row(what, "`import torch`", *in_turns(grade, _process("-c", "import torch"), times), goal)
    if unit == "u01":
        yield Row(what, "`python -c pass`", *in_turns(grade, _process("-c", "pass"), times))
    fresh = _process("-m", "pytest", "-q", str(checks))
    yield Row(what, "a fresh `pytest` of the same checks", *in_turns(grade, fresh, times))
    help_ = _process("-m", "grader", "--help")
    if unit == "u01":
        yield Row("`grade --help`", "`python -c pass`", *in_turns(help_, _process("-c", "pass"), times))


def _process(*arguments: str):  # noqa: ANN202
    def run() -> None:
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")

    return run
