"""What was graded, in folders as similarity checkers want them: JPlag, Dolos. Checking is theirs, not ours.

`DIR/submissions/LEARNER/UNIT.py`, and what all were given in `DIR/base/UNIT.py`. Names are ours: nothing that a learner
wrote says where a file goes.
"""

from collections.abc import Callable
from pathlib import Path

from grader.batch.ledger import unwritten
from grader.course.course import Course
from grader.submission.files import Submission
from grader.submission.scanned import scan
from grader.submission.whole import write_whole
from grader.worker.host.launch import Launcher


def base(course: Course, folder: Path) -> None:
    """Write the stubs, which a checker is to leave out. Raises UsageError where there is no room, or no right."""
    for unit in course.units:
        if unit.stub.is_file():
            _write(folder / "base" / unit.stub.name, unit.stub.read_bytes())


def write(course: Course, work: Submission, reader: Callable[[], Launcher], folder: Path) -> None:
    """Write one learner's modules; of a notebook the code that was graded. Raises UsageError.

    reader: gives the launcher of the worker that reads them.
    """
    for unit in course.units:
        if work.holds(unit):
            source = scan(unit, work, reader).source
            if source is not None:
                _write(folder / f"{unit.name}.py", source.data)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
    except OSError as error:
        raise unwritten(path, error) from error
