"""What takes too long for a landing, one after the other: `scripts/check --full [STEP ...]`.

Each step is a command that says by its exit code whether all is well, and by its last line what it found. Both stand in
docs/full-check.md, with the commit they were found at; a step that is not asked for keeps its row.
"""

import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "full-check.md"
PYTHON = sys.executable
TESTS = (PYTHON, "-m", "pytest", "-n", "auto")
STEPS = {
    "check": ("what each landing must pass", ("scripts/check",)),
    "attacks": (
        "the attacks at the process level, each in a world of its own",
        (*TESTS, "tests/attacks", "-k", "process_level", "--process-level"),
    ),
    "mutants": ("slips in the answers that no check notices", (PYTHON, "-m", "grader", "author", "mutants", "--write")),
    "diagnosis": ("causes of wrong answers, asked again", (PYTHON, "-m", "bench.diagnosis", "--write")),
    "first": ("a first report is the third", (PYTHON, "-m", "bench.diagnosis", "--first")),
    "long": (
        "all cases of the large banks (a landing takes a share), and what the prose says that long recipes print",
        (PYTHON, "-m", "pytest", "-q", "-n", "auto", "tests/checks", "tests/diagnose", "--long"),
    ),
    "planted": ("faults planted in the engine's guards", (PYTHON, "-m", "bench.planted", "--jobs", "2")),
    "coverage": ("lines and branches of the host that tests reach", (PYTHON, "scripts/full.py", "--coverage")),
}
HEAD = f"""# The full check

`scripts/check --full` writes this page. It runs what takes too long for a landing; `scripts/check --full STEP` runs one
step of it. A step is well if its command ends with 0.

| step | what | | its last line | took | at commit | on |
{"|---" * 7}|
"""


def main() -> int:
    """Run the steps that were named, or all; say after each what came of it."""
    names = sys.argv[1:] or list(STEPS)
    if unknown := [name for name in names if name not in STEPS]:
        sys.stderr.write(f"No step is called {unknown[0]}. There is: {', '.join(STEPS)}.\n")
        return 2
    rows = kept()
    failed = False
    for name in names:
        well, rows[name] = run(name)
        failed |= not well
        PAGE.write_text(HEAD + "".join(rows[one] for one in STEPS if one in rows), "utf-8")
        sys.stdout.write(rows[name])
    return int(failed)


def kept() -> dict[str, str]:
    """Return the rows of the page by step."""
    lines = PAGE.read_text("utf-8").splitlines(keepends=True) if PAGE.exists() else []
    return {name: line for line in lines for name in STEPS if line.startswith(f"| {name} ")}


def run(name: str) -> tuple[bool, str]:
    """Run a step; return whether all is well, and its row."""
    what, command = STEPS[name]
    at, began = commit(), time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        step = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in step.stdout or ():
            sys.stdout.write(line)
            file.write(line)
        well = step.wait() == 0
        file.seek(0)
        said = [line for line in file.read().splitlines() if line.strip()]
    minutes = (time.monotonic() - began) / 60
    last = (said or ["nothing"])[-1].strip("= ").replace("|", "/")[:200]
    cells = (name, what, "well" if well else "**not well**", last, f"{minutes:.1f} min", at, machine())
    return well, f"| {' | '.join(cells)} |\n"


def commit() -> str:
    """Return the commit that lies here and the day; `+` where files were changed since."""
    at = subprocess.check_output(("git", "rev-parse", "--short", "HEAD"), cwd=ROOT, text=True).strip()
    changed = subprocess.check_output(("git", "status", "--porcelain"), cwd=ROOT, text=True).splitlines()
    ours = [line for line in changed if not line.endswith(f"docs/{PAGE.name}")]
    return f"{at}{'+' if ours else ''}, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}"


def machine() -> str:
    """Return what ran it, in words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"Python {platform.python_version()}, {platform.system()}, {cores} cores"


def coverage() -> int:
    """Run all tests and count what they reach in every process that is one of the host's."""
    with tempfile.TemporaryDirectory() as folder:
        world = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "data")}
        words = (PYTHON, "-m", "coverage")
        tests = subprocess.run((*words, "run", *TESTS[1:], "-q"), cwd=ROOT, env=world, check=False).returncode
        subprocess.run((*words, "combine", "-q"), cwd=ROOT, env=world, check=True)
        subprocess.run((*words, "report"), cwd=ROOT, env=world, check=True)
    return tests


if __name__ == "__main__":
    sys.exit(coverage() if sys.argv[1:] == ["--coverage"] else main())
