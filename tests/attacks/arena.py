"""Grade hostile submissions for real and write down what each achieved. Run as a script, in a process of its own.

    python arena.py RESULTS --base FOLDER --level confined|syscalls|process [--apart] [--only NAME ...]

Each line of RESULTS is one attack as JSON: `name`, `problems` (what it achieved; empty is good), `outcomes`, `seconds`.
All attacks share one session, unless they run apart: each then has a grader of its own that it may well end.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from attack import UNSAFE, attacks
from world import MARK, SECONDS, Before, beside_others, canary, listeners

from grader.course.course import Course
from grader.errors import SubmissionError
from grader.report import render
from grader.running.job import Options
from grader.session import Session
from grader.worker.confine import privileges
from grader.worker.host import stack
from grader.worker.host.clock import Budget

HERE = Path(__file__).parent
COURSES = {"tiny": HERE.parent / "tiny", "course": HERE / "course"}
FORMATS = ("text", "json", "junit", "markdown")
TIMEOUT = 0.3
SHORT = classmethod(lambda cls, cpu: cls(min(cpu, 0.3), 0.8, 0.5))
REAL = Budget.__dict__["of"]


class Arena:
    """The courses with their secrets, a session for each, and what the world looked like before."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.secret = os.environ.get("GRADE_SECRET", "").rpartition("-")[2] or secrets.token_hex(8)
        self.seed = secrets.randbelow(1 << 30)
        self.temporary = base / "tmp"
        self.temporary.mkdir(parents=True)
        tempfile.tempdir = str(self.temporary)
        os.environ["GRADE_SECRET"] = self.canary("environment")
        self.courses = {name: self._course(name, folder) for name, folder in COURSES.items()}
        self.other = self._other()
        self.held = os.open(self.other / "u01_area.py", os.O_RDONLY)
        self.server, self.datagrams = listeners()
        self.sessions: dict[str, Session] = {}
        self.alone: dict[tuple[str, ...], object] = {}

    def canary(self, place: str) -> str:
        return canary(place, self.secret)

    def _course(self, name, folder):
        """Copy a course and plant a secret wherever an attacker would look."""
        root = self.base / name
        shutil.copytree(folder, root, ignore=shutil.ignore_patterns(".*", "__pycache__", "submissions"))
        for path in [*root.glob("solutions/**/*.py"), *root.glob("checks/**/*.py")]:
            path.write_text(f"{path.read_text('utf-8')}\n# {self.canary('file')}\n", "utf-8")
        (root / ".grade" / "store").mkdir(parents=True)
        (root / ".grade" / "store" / "kept").write_text(self.canary("store"), "utf-8")
        (root / self.canary("name")).touch()
        return Course.find(root)

    def _other(self):
        """Somebody else's right submission, with a secret in it."""
        folder = self.base / "submissions" / "other"
        shutil.copytree(COURSES["tiny"] / "submissions" / "right", folder)
        shutil.copytree(COURSES["course"] / "submissions" / "right", folder, dirs_exist_ok=True)
        for path in folder.glob("*.py"):
            path.write_text(f"{path.read_text('utf-8')}\n# {self.canary('other')}\n", "utf-8")
        return folder

    def unit(self, attack):
        """The course and the exercises that an attack is graded on."""
        for course in self.courses.values():
            for unit in course.units:
                if unit.name == attack.get("unit"):
                    names = attack.get("exercises", unit.exercises[0].name).split()
                    return course, [exercise for exercise in unit.exercises if exercise.name in names]
        raise KeyError(attack.get("unit"))

    def session(self, course):
        key = str(course.root)
        if key not in self.sessions:
            self.sessions[key] = Session(course)
        return self.sessions[key]

    def honest(self, course, exercises):
        """What an honest submission's report says when nobody else was graded."""
        key = tuple(exercise.id for exercise in exercises)
        if key not in self.alone:
            with Session(course) as session:
                self.alone[key] = self._report(session, exercises)
        return self.alone[key]

    def _report(self, session, exercises):
        report = session.grade(exercises, submission=self.other, options=Options(seed=self.seed))
        told = msgspec.to_builtins(report)
        for unit in told["units"]:
            for exercise in unit["exercises"]:
                for check in exercise["checks"]:
                    del check["seconds"]
        return told

    def put(self, attack):
        """Write the submission."""
        folder = self.base / "submissions" / attack.name.replace("/", "-")
        course, _ = self.unit(attack)
        known = {"@COURSE@": course.root, "@OTHER@": self.other, "@HOST@": os.getpid(), "@BASE@": self.base}
        known |= {
            "@HELD@": self.held,
            "@PORT@": self.server.getsockname()[1],
            "@LIBRARIES@": Path(importlib.util.find_spec("numpy").origin).parents[1],  # where the libraries lie
        }
        return attack.put(folder, {word: str(value) for word, value in known.items()})

    def fight(self, attack):
        """Grade one attack, then an honest submission; return what was achieved."""
        with beside_others(alone=f"/tmp/{MARK}" in attack.text):  # noqa: S108
            return self._fight(attack)

    def _fight(self, attack):
        course, exercises = self.unit(attack)
        honest = self.honest(course, exercises)
        session = self.session(course)
        unit = course.unit(attack.get("unit"))
        session.isolation(unit)
        for library in unit.libraries:
            importlib.import_module(library)  # a solution that is asked needs it: no attack's doing
        told = {"name": attack.name, "outcomes": [], "problems": [], "level": session.level, "seconds": 0.0}
        try:
            submission = self.put(attack)
        except PermissionError as error:
            return told | {"impossible": str(error)}
        before = Before(self)
        problems = []
        try:
            Budget.of = SHORT if attack.get("budget") == "short" else REAL
            report = session.grade(exercises, submission=submission, options=Options(seed=self.seed, timeout=TIMEOUT))
        except SubmissionError as error:
            told["outcomes"] = ["refused"]
            problems += [] if "refused" in attack.get("outcomes") else [f"it was refused: {error}"]
            problems += ["a secret is shown"] if self.secret in str(error) else []
        except Exception as error:  # noqa: BLE001 (whatever it is, no submission may cause it)
            problems.append(f"the grader raised {type(error).__name__}: {error}")
        else:
            told["outcomes"] = sorted({str(exercise.outcome) for exercise in report.exercises})
            problems += list(self._judged(attack, report))
        finally:
            Budget.of = REAL
        problems += list(before.differences())
        try:
            if self._report(session, exercises) != honest:
                problems.append("the next submission's report is another one")
        except Exception as error:  # noqa: BLE001
            problems.append(f"the next submission cannot be graded: {type(error).__name__}: {error}")
        shutil.rmtree(submission if submission.is_dir() else submission.parent)
        told |= {"seconds": round(before.seconds, 2), "peak": before.peak, "problems": problems}
        return told

    def _judged(self, attack, report):
        allowed = set(attack.get("outcomes").split())
        found = {str(exercise.outcome) for exercise in report.exercises}
        if not found <= allowed:
            said = [check.message or check.mismatch for one in report.exercises for check in one.checks]
            yield f"it ended as {sorted(found - allowed)}: {said!s:.500}"
        if report.earned > int(attack.get("gains", "0")):
            yield f"it gained {report.earned} points"
        raw = msgspec.json.encode(report).decode("utf-8", "replace")
        if self.secret in raw:
            yield "a secret is in the report"
        shown = [render(form, report) for form in FORMATS]
        if any(self.secret in text for text in shown):
            yield "a secret is shown"
        if attack.get("silent") and any(attack.get("silent") in text for text in shown):
            yield "what must not be said is shown"

    def close(self):
        for session in self.sessions.values():
            session.__exit__()


def together(base, chosen, write):
    """All attacks in one session."""
    arena = Arena(base)
    try:
        for attack in chosen:
            write(arena.fight(attack))
    finally:
        arena.close()


def apart(base, chosen, write):
    """Each attack with a grader of its own, which may be stopped or killed by it."""
    for number, attack in enumerate(chosen):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                os.setsid()
                privileges.die_with_parent()
                arena = Arena(base / str(number))
                os.write(writing, json.dumps(arena.fight(attack)).encode())
                arena.close()
            os._exit(0)
        os.close(writing)
        answer = _answer(reading, child)
        dead = {"name": attack.name, "problems": ["the grader did not survive"], "outcomes": [], "seconds": 0.0}
        write(json.loads(answer) if answer.endswith(b"}") else dead)
        shutil.rmtree(base / str(number), ignore_errors=True)


def _answer(reading, child):
    """What the child wrote; one that hangs is killed."""
    until, answer = time.monotonic() + SECONDS, b""
    os.set_blocking(reading, False)
    while time.monotonic() < until:
        with contextlib.suppress(BlockingIOError):
            data = os.read(reading, 1 << 16)
            if not data:
                break
            answer += data
        time.sleep(0.01)
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("results", type=Path)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--level", required=True)
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--only", nargs="*", default=())
    given = parser.parse_args()
    os.environ["GRADE_ISOLATION"] = given.level
    stack.STACK_SECONDS = 0.2
    chosen = [one for one in attacks(given.only) if given.level != "process" or one.get("process") != UNSAFE]
    with given.results.open("a", encoding="utf-8") as file:

        def write(told):
            file.write(json.dumps(told) + "\n")
            file.flush()

        (apart if given.apart else together)(given.base, chosen, write)


if __name__ == "__main__":
    sys.exit(main())
