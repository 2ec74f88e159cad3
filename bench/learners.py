"""What is said of wrong answers as learners write them: `python -m bench.learners [UNIT...] [--only WORDS]`.

The programs stand in tests/diagnose/learners, one file a unit, one cell a program. Each is put below the lecture's
program of its unit, where there is one, and graded in a real worker. Whether what is said is true is for a reader to
judge; what was judged stands in the cell's next line, and `tests/diagnose/test_learners.py` holds it.
"""

import argparse
import re
import tempfile
from collections import Counter
from pathlib import Path

from grader.course.course import Course
from grader.model import ExerciseResult
from grader.session import Session

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "tests" / "diagnose" / "learners"
CELL = re.compile(r"^# %% (\w+): (.+)\n", re.MULTILINE)
BASE = "lecture"


def cells(text: str) -> list[tuple[str, str, str]]:
    """Return of each program its exercise, what is wrong with it, and its code."""
    parts = CELL.split(text)[1:]
    return list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def told(exercise: ExerciseResult) -> str:
    """Return how an exercise ended and what is said of it."""
    shown = exercise.first_failure or next(iter(exercise.open_edges), None)
    if shown is None:
        return "PASS"
    lines = [f"{shown.outcome} {shown.id}: {shown.message[:150]}"]
    wrong = shown.mismatch
    if wrong:
        lines.append(f"  {wrong.label}{wrong.at}: yours {wrong.yours[:60]} expected {wrong.expected[:60]}")
    for check in exercise.checks:
        if check.cause is not None:
            said = check.cause
            where = "" if check is shown else f" [at {check.id}]"
            lines.append(f"  SAID{where} {said.misconception or 'relation'}: {said.says}")
            lines += [f"    {line}" for line in said.evidence]
            lines += [f"    Try {said.advice}"] if said.advice else []
    return "\n".join(lines)


def main() -> None:
    """Grade all of them and print what is said."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("units", nargs="*")
    parser.add_argument("--only", default="", help="words of what is wrong")
    parser.add_argument("--numbers", type=lambda text: set(map(int, text.split(","))), help="which programs of a unit")
    given = parser.parse_args()
    course, counts = Course.find(ROOT), Counter[str]()
    with Session(course) as session, tempfile.TemporaryDirectory() as folder:
        for path in sorted(PROGRAMS.glob("u*.py")):
            if given.units and path.stem not in given.units:
                continue
            unit = next(unit for unit in course.units if unit.key == path.stem)
            base = unit.bases[BASE].read_text("utf-8") if BASE in unit.bases else ""
            for number, (name, wrong, code) in enumerate(cells(path.read_text("utf-8"))):
                if given.only not in f"{name} {wrong}" or (given.numbers and number not in given.numbers):
                    continue
                text = f"{unit.solution.read_text('utf-8')}\n\n{base}\n\n{code}"
                Path(folder, f"{unit.name}.py").write_text(text, "utf-8")
                exercise = next(one for one in unit.exercises if one.name == name)
                result = session.grade([exercise], submission=Path(folder)).exercises[0]
                print(f"== {unit.key} {number} {name}: {wrong}\n{told(result)}", flush=True)
                counts[str(result.outcome)] += 1
    print(dict(counts))


if __name__ == "__main__":
    main()
