"""Names of files as learning platforms write them: whose a file is, and which unit's. No file is opened here.

Canvas puts `lastnamefirstname_LATE_USER_FILE_` before a file's own name, and `-1` after it where it was handed in
again. Moodle makes a folder `Name_NUMBER_assignsubmission_file_` for each learner, or puts that before the file's name.
Gradescope makes folders `submission_NUMBER`, and says in `submission_metadata.yml` whose they are. GitHub Classroom
makes folders `assignment-username`. A browser that saves a file twice writes `name (1).py`.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader import store

CANVAS = re.compile(r"(?P<who>.+?)(?:_LATE)?_(?P<number>\d+)_\d+_(?P<file>.+)", re.DOTALL)
MOODLE = re.compile(r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)
ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
COPY = r"(?:-\d{1,3}| ?\(\d{1,3}\)|\+\(\d{1,3}\)|(?:\+|%20)?%28\d{1,3}%29)*"
METADATA = "submission_metadata.yml"
MADE_BY_MACHINES = {METADATA, "Thumbs.db", "desktop.ini", "__MACOSX"}
OUTER = frozenset({"__MACOSX", "__pycache__", "node_modules", "venv", "site-packages"})
LONGEST = 80  # characters of the name of a file that we write


@dataclass(frozen=True)
class Entry:
    """What one learner handed in. learner: how we call them. paths: where it lies; several files of one learner's.

    names: other names and numbers that a roster may have.
    """

    learner: str
    paths: tuple[Path, ...]
    names: tuple[str, ...] = ()


@dataclass
class Found:
    """What lies in a folder of submissions. strays: what is nobody's."""

    entries: list[Entry] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


def entries(folder: Path) -> Found:
    """Sort what lies in a folder by learners, in the order of their names. Raises OSError."""
    known = _metadata(folder / METADATA)
    people: dict[str, list[tuple[Path, tuple[str, ...]]]] = {}
    strays = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name in MADE_BY_MACHINES:
            continue
        learner, names = _whose(path)
        if learner:
            people.setdefault(learner, []).append((path, (*names, *known.get(learner, ()))))
        else:
            strays.append(path.name)
    found = [
        Entry(
            learner, tuple(path for path, _ in some), tuple(dict.fromkeys(name for _, names in some for name in names))
        )
        for learner, some in sorted(people.items())
    ]
    return Found(found, strays)


def _whose(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return how a learner is called and what else they are called; nothing for a file that is nobody's."""
    name = unicodedata.normalize("NFC", path.name)  # macOS writes letters and their accents apart
    is_folder = path.is_dir()
    for form in (MOODLE,) if is_folder else (MOODLE, CANVAS):
        if match := form.fullmatch(name):
            who, number = match["who"], match["number"]
            return f"{who}_{number}", (who, number, f"Participant {number}")
    stem = without_end(name)
    if is_folder or path.is_symlink() or stem != name:
        return stem, (stem,)
    return "", ()


def without_end(name: str) -> str:
    """Return the name of an archive without its ending; any other name as it is."""
    end = max((end for end in ARCHIVES if name.lower().endswith(end)), key=len, default="")
    return name[: -len(end)] if end and len(name) > len(end) else name


def is_archive(name: str) -> bool:
    """Say whether a file's name is that of an archive."""
    return without_end(name) != name


def of_unit(name: str, units: Iterable[str]) -> str:
    """Return the name that a file has in the course, `u05_backprop_ninja.py`; empty for one that is none of it.

    What a platform or a browser has added is left out; nothing that a person may have changed is guessed at.
    """
    for form in (MOODLE, CANVAS):
        if match := form.fullmatch(name):
            name = match["file"] or name
            break
    found = re.fullmatch(rf"(?P<unit>.+?){COPY}(?P<end>\.py|\.ipynb)", name)
    return found["unit"] + found["end"] if found and found["unit"] in set(units) else ""


def _metadata(path: Path) -> dict[str, tuple[str, ...]]:
    """Return names, numbers and addresses by folder, from what Gradescope writes; only its plainest lines are read."""
    found: dict[str, list[str]] = {}
    at: list[str] = []
    for line in _lines(path):
        if match := re.match(r"[\"']?(submission_\d+)[\"']?:\s*$", line):
            at = found.setdefault(match[1], [])
        elif match := re.match(r"\s+(?:- )?:?(?:name|sid|email):\s*(.+?)\s*$", line):
            at.append(_plain(match[1]))
    return {folder: tuple(filter(None, names)) for folder, names in found.items()}


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError:
        return


def _plain(text: str) -> str:
    """Return what a scalar of YAML means."""
    if text[:1] == "'":
        return text.strip("'").replace("''", "'")
    if text[:1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text.strip('"')
    return text


def file_names(learners: Iterable[str]) -> dict[str, str]:
    """Return a name for the files of each learner, without what a file's name cannot hold on some system.

    Two that would be one, or that a system takes for one, are told apart by a digest of the whole name.
    """
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    safe = {one: re.sub(r"[^\w.@+() -]", "_", one)[:LONGEST].strip(" .") or "_" for one in learners}
    for name in safe.values():
        taken[name.casefold()] = taken.get(name.casefold(), 0) + 1
    for one, name in safe.items():
        clear = name == one and taken[name.casefold()] == 1
        names[one] = name if clear else f"{name}-{store.key(one.encode('utf-8', 'surrogateescape'))[:8]}"
    return names
