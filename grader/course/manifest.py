"""What stands for files that a release leaves out: digests of solutions, misconceptions and hidden checks.

Kept answers are found by the contents of what they depend on. Where a file is there its contents count; where it is
missing, the digest that the author's machine wrote down beside the checks. Misconceptions are listed as well, with what
is said of them: how they answer is kept, so they are named without their code.
"""

import contextlib
from pathlib import Path

import msgspec

from grader.errors import CourseError

NAME = "manifest.json"


class Wrong(msgspec.Struct, frozen=True):
    """One misconception. exercise: its id."""

    name: str
    exercise: str
    says: str
    replaces: str
    symptom: bool
    also: tuple[str, ...]


class OfUnit(msgspec.Struct, frozen=True):
    """What is known of a unit. files: digests, by paths below `solutions`. hidden: of hidden checks, by exercises."""

    files: dict[str, str] = {}
    hidden: dict[str, str] = {}
    misconceptions: tuple[Wrong, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """What is known of all units, by their names."""

    units: dict[str, OfUnit] = {}


def read(checks: Path) -> Manifest:
    """Return what is written in a folder of checks; an empty manifest where nothing is. Raises CourseError."""
    path = checks / NAME
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        try:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        except msgspec.MsgspecError as error:
            raise CourseError(f"{path}:1: this is no manifest: {error}. Take that of the release.") from error
    return Manifest()


def written(manifest: Manifest) -> bytes:
    """Return the text of a manifest, one line an entry."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
