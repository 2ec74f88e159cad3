"""A course's data: what there is, making it again, and fetching what is not ours to ship.

`datasets/catalogue.toml` names every file with its size and SHA-256. A file that is fetched is kept only if both agree;
what came before a broken connection is kept aside and the next try goes on from there.
"""

import hashlib
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from grader.errors import CourseError, GraderError, UsageError
from grader.language import later, phrase

CHUNK = 1 << 16
PATIENCE = 20.0  # seconds without a byte
TRIES = 3
Progress = Callable[[int, int], None]


class FetchError(GraderError):
    """A file could not be fetched; nothing was lost, and no check needs it."""


@dataclass(frozen=True)
class Dataset:
    """One file. state: present, missing, or changed (its SHA-256 is another one)."""

    name: str
    path: Path
    bytes: int
    sha256: str
    about: str
    made: bool = False
    fetch: str = ""
    url: str = ""

    @property
    def state(self) -> str:
        """Say whether the file is there and what the catalogue says it is."""
        try:
            return "present" if digest(self.path) == self.sha256 else "changed"
        except OSError:
            return "missing"


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def catalogue(folder: Path) -> list[Dataset]:
    """Return what a data folder has. Raises UsageError without a catalogue, CourseError for a broken one."""
    path = folder / "catalogue.toml"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(phrase("This course has no data: there is no {file}.", file=path)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: {error}") from error
    return [_dataset(folder, path, name, facts) for name, facts in tables.items()]


def _dataset(folder: Path, path: Path, name: str, facts: dict[str, object]) -> Dataset:
    try:
        file = folder / str(facts.pop("file"))
        if not file.resolve().is_relative_to(folder.resolve()):
            raise CourseError(f"{path}: [{name}] file lies outside the folder.")
        return Dataset(name=name, path=file, **facts)  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise CourseError(f"{path}: [{name}] needs file, bytes, sha256 and about; {error}.") from error


def make(folder: Path, names: list[str]) -> Iterator[tuple[Dataset, bool]]:
    """Make files again by the folder's `make.py`; yield each, and whether it came out as the catalogue says."""
    made = [one for one in catalogue(folder) if one.made]
    sets = [one for one in made if not names or one.name in names]
    unknown = set(names) - {one.name for one in sets}
    if unknown:
        there = phrase(", ").join(one.name for one in made) or phrase("none")
        raise UsageError(phrase("{name} is not made here. There are: {names}.", name=min(unknown), names=there))
    for one in sets:
        command = [sys.executable, str(folder / "make.py"), one.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (the course's own)
        if done.returncode != 0:
            raise CourseError(f"{folder / 'make.py'} {one.name} failed: {done.stderr.strip().splitlines()[-1:]}")
        yield one, one.state == "present"


def fetch(wanted: Dataset, *, progress: Progress | None = None, patience: float = PATIENCE) -> None:
    """Download one file, whole and checked, or not at all. Raises FetchError.

    progress: called with bytes so far and bytes in all. patience: seconds to wait for the next bytes.
    """
    part = wanted.path.with_name(wanted.path.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    problem = ""
    for _ in range(TRIES):
        try:
            _receive(wanted, part, progress, patience)
        except (OSError, HTTPException, urllib.error.URLError) as error:
            problem = str(getattr(error, "reason", error)) or type(error).__name__
            continue
        if part.stat().st_size >= wanted.bytes:
            break
        sizes = {"number": f"{part.stat().st_size:,}", "total": f"{wanted.bytes:,}"}
        problem = phrase("the connection ended after {number} of {total} bytes", **sizes)
    else:
        raise FetchError(_offline(wanted, problem))
    if part.stat().st_size != wanted.bytes or digest(part) != wanted.sha256:
        part.unlink()
        says = later(
            "What {url} sent is not the file that this course was written for (size or SHA-256 differ). "
            "Nothing was kept."
        )
        raise FetchError(phrase(says, url=wanted.url))
    part.replace(wanted.path)


def _receive(wanted: Dataset, part: Path, progress: Progress | None, patience: float) -> None:
    """Go on where an earlier try ended. Never takes more than one byte beyond what the file should have."""
    have = part.stat().st_size if part.exists() else 0
    if have >= wanted.bytes:
        return
    headers = {"Range": f"bytes={have}-"} if have else {}
    request = urllib.request.Request(wanted.url, headers=headers)  # noqa: S310 (the catalogue's own address)
    with urllib.request.urlopen(request, timeout=patience) as answer:  # noqa: S310
        have = have if answer.status == 206 else 0
        with part.open("ab" if have else "wb") as file:
            _copy(answer, file.write, have, wanted, progress)


def _copy(
    answer: HTTPResponse, write: Callable[[bytes], object], have: int, wanted: Dataset, progress: Progress | None
) -> None:
    while have <= wanted.bytes and (data := answer.read(min(CHUNK, wanted.bytes + 1 - have))):
        write(data)
        have += len(data)
        if progress is not None:
            progress(have, wanted.bytes)


def _offline(wanted: Dataset, problem: str) -> str:
    return phrase(
        "{url} could not be fetched: {reason}.\n"
        "No check needs this file; it lets you follow the lecture with the same numbers. When you are online again:\n"
        "  grade data fetch {name}\n"
        "What came so far is kept. Or download it in a browser and save it as\n"
        "  {file}",
        url=wanted.url,
        reason=problem,
        name=wanted.fetch,
        file=wanted.path,
    )
