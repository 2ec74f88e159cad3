"""The process of a resident session: `python -P -m grader.cli.resident COURSE [--idle S] [--free SHARE] [--tick S]`.

The first `grade` leaves it behind. It prepares the unit where the learner is, listens, and ends by itself; nobody
has to know of it. Where something is in its way it ends without a word: everything works without it.
"""

import argparse
import sys
from importlib import import_module
from pathlib import Path

from grader.cli import main
from grader.course.course import Course
from grader.errors import GraderError
from grader.resident import address, client, host, life
from grader.resident.door import Door
from grader.session import Session
from grader.submission.progress import State
from grader.worker.host.launchers import Launchers

# What a request would import: the commands, the pages, the diagnosis of a failure.
COMMANDS = ("grading", "hints", "show", "standing", "screens", "changes", "patience", "targets", "place")
OTHERS = (
    "report.text",
    "report.json",
    "report.verdict",
    "report.passed",
    "diagnose.cause",
    "judging.collect",
    "running.crew",
)


def serve(words: list[str]) -> None:
    """Be a host until it is over."""
    given = _options(words)
    limits = life.Limits(given.idle, given.free, given.tick, given.patience)
    try:
        door = Door(address.opened(make=True), address.name(given.course))
    except OSError:
        return
    try:
        _serve(Path(given.course), door, limits)
    except (OSError, GraderError):
        return
    finally:
        door.leave()


def _serve(root: Path, door: Door, limits: life.Limits) -> None:
    like = client.greeting()
    course = Course.find(root)
    if course.root != root:
        return
    with Launchers() as launchers:
        made = host.Host(Session(course, launchers), door, limits, main, like)
        made.prepare(_unit(course))
        made.run()


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="grader.cli.resident")
    standard = life.Limits()
    parser.add_argument("course")
    parser.add_argument("--idle", type=float, default=standard.idle)
    parser.add_argument("--free", type=float, default=standard.free)
    parser.add_argument("--tick", type=float, default=standard.tick)
    parser.add_argument("--patience", type=float, default=standard.patience)
    return parser.parse_args(words)


def _unit(course: Course) -> str:
    """Return the name of the unit where the learner is."""
    last = State.load(course.state_folder).last
    unit = next((one.unit for one in course.exercises if one.id == last), "")
    return unit or course.names[0]


def _load() -> None:
    for name in (*(f"cli.{name}" for name in COMMANDS), *OTHERS):
        import_module(f"grader.{name}")


if __name__ == "__main__":
    _load()
    serve(sys.argv[1:])
