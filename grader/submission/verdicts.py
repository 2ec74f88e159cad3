"""The last verdict on each exercise, whole: `.grade/verdicts/u05.softmax.json`, for a page that shows it later.

Progress knows no clock; this does, since a page says on which day something passed. Losing a file costs that page its
details, never a verdict: whatever cannot be read is not there, and what cannot be written is not kept.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from grader.course.declarations import Exercise
from grader.model import ExerciseResult
from grader.store import key
from grader.submission.progress import is_said
from grader.submission.whole import write_whole

FOLDER = "verdicts"
SCHEMA = 1


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict. at, passed: when it was made, and when the exercise passed first; in UTC, passed None where never.

    checks: the digest of the checks that it is made of, see `digest`.
    """

    schema: int
    at: datetime
    passed: datetime | None
    checks: str
    result: ExerciseResult


def keep(folder: Path, exercise: Exercise, result: ExerciseResult) -> None:
    """Keep a verdict in the place of the one before; of one that says nothing of the exercise nothing is kept.

    folder: `.grade`. Processor times are left out: they differ from run to run.
    """
    if not is_said(result):
        return
    before, now = load(folder, exercise), datetime.now(UTC).replace(microsecond=0)
    passed = before.passed if before else None
    if passed is None and result.outcome == "pass":
        passed = now
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in result.checks)
    bare = msgspec.structs.replace(result, checks=checks)
    kept = Kept(schema=SCHEMA, at=now, passed=passed, checks=digest(exercise), result=bare)
    with suppress(OSError):
        path = _path(folder, exercise)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Python's own json: a learner's text may hold a lone surrogate, and a difference may be infinite.
        write_whole(path, json.dumps(msgspec.to_builtins(kept)).encode("ascii"))


def load(folder: Path, exercise: Exercise) -> Kept | None:
    """Return the last verdict that was kept; None where there is none that can be read."""
    try:
        kept = msgspec.convert(json.loads(_path(folder, exercise).read_bytes()), Kept)
    except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None
    return kept if kept.schema == SCHEMA and kept.result.id == exercise.id else None


def digest(exercise: Exercise) -> str:
    """Return a digest of the checks of an exercise: a verdict under others is stale."""
    return key(exercise.source.encode(), exercise.hidden.encode())


def _path(folder: Path, exercise: Exercise) -> Path:
    return folder / FOLDER / f"{exercise.id}.json"
