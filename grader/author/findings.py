"""What an audit finds: one rule that one place of a course breaks, and what to do about it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError

PLACE = re.compile(r"(?P<file>[^\n]+?):(?P<line>\d+): (?P<message>.*)", re.DOTALL)
PLACELESS = re.compile(r"(?P<file>[^\n]+?\.(?:py|toml)): (?P<message>.*)", re.DOTALL)
FRAME = re.compile(r"^(?P<file>\S+\.py):(?P<line>\d+): in ", re.MULTILINE)  # pytest's short traceback


@dataclass(frozen=True)
class Finding:
    """One broken rule. unit: its name. exercise: its id, `u05.softmax`; empty for the unit as a whole.

    message: what is wrong and what to do, sentences without a place.
    """

    unit: str
    exercise: str
    file: Path
    line: int
    message: str


def of_error(error: GraderError, unit: str, exercise: str, file: Path, line: int = 1) -> Finding:
    """Return the finding that an error makes: at the place that it names, else at the one given."""
    match = PLACE.fullmatch(str(error)) or PLACELESS.fullmatch(str(error))
    if match is None:
        return Finding(unit, exercise, file, line, str(error))
    named, file = match.groupdict(), Path(match["file"])
    frames = [int(frame["line"]) for frame in FRAME.finditer(str(error)) if Path(frame["file"]).name == file.name]
    line = int(named.get("line") or next(reversed(frames), 1))
    return Finding(unit, exercise, file, line, named["message"])


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without repetitions, by unit, file and line."""
    return sorted(set(findings), key=lambda found: (found.unit, str(found.file), found.line, found.message))


def line_in(error: BaseException, file: Path) -> int:
    """Return the line at the top of a file from which an exception came; 1 where it came from elsewhere."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(file):
            return trace.tb_lineno
        trace = trace.tb_next
    return 1
