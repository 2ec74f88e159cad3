"""From a save to its verdict: `grade watch` with a resident session, beside a fresh `pytest` of the same checks."""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import resident
from bench.cold import CHECKS, ROOT
from bench.measure import Row, seconds

PARTS = ("pyproject.toml", "exercises", "solutions", "datasets", "grader/checks")
SECONDS = {"u01.add_mul": 0.150, "u05.cross_entropy_backward": 0.150, "u08.head": 0.300}  # half of all saves or more
PAUSE = 0.4  # between a verdict and the next save, as nobody types faster


def rows(times: int) -> Iterator[Row]:
    """Yield a line an exercise. The goal is one in seconds, as a share of what the other side took in this run."""
    with resident.house() as environment, _course() as root:
        for exercise, goal in SECONDS.items():
            found = list(CHECKS.glob(f"test_{exercise.partition('.')[0]}_*.py"))
            if not found:
                continue
            name = "".join(word.capitalize() for word in exercise.partition(".")[2].split("_"))
            words = ["-q", f"{found[0]}::Test{name}", *resident.SUBMISSION[:2]]
            command = [sys.executable, "-c", resident.PYTEST, *words]
            fresh = [seconds(lambda c=command: _ran(c, environment)) for _ in range(3)]  # type: ignore[misc]
            ours = _saves(root, exercise, times, environment)
            theirs = sorted(fresh)[1]
            what = f"save to verdict, `grade watch`, {exercise}"
            yield Row(what, "a fresh `pytest` of its checks, torch beside them", ours, theirs, goal / theirs)


def _saves(root: Path, exercise: str, times: int, environment: dict[str, str]) -> float:
    """Return the median of the seconds from a save to its verdict."""
    name = next((root / "solutions").glob(f"{exercise.partition('.')[0]}_*.py")).name
    file, text = root / "exercises" / name, (root / "solutions" / name).read_text("utf-8")
    command = [sys.executable, "-m", "grader", "watch", exercise, "-q"]
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True) as watching:
        said = iter(watching.stdout or ())
        for line in said:
            if line.startswith("Save"):
                break
        took = []
        for number in range(times + 3):  # the first ones leave a resident session behind
            time.sleep(PAUSE if number > 2 else 4 * PAUSE)
            begun = time.perf_counter()
            file.write_text(f"{text}\n# save {number}\n", "utf-8")
            for line in said:
                if line.startswith("PASS"):
                    break
            took.append(time.perf_counter() - begun)
        watching.terminate()
    return statistics.median(took[3:])


@contextmanager
def _course() -> Iterator[Path]:
    """Give a copy of the course to edit."""
    with tempfile.TemporaryDirectory(prefix="chainrule-bench-") as folder:
        root = Path(folder) / "course"
        for part in PARTS:
            target = root / part
            target.parent.mkdir(parents=True, exist_ok=True)
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, target, ignore=ignored) if (ROOT / part).is_dir() else shutil.copy(
                ROOT / part, target
            )
        yield root


def _ran(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
