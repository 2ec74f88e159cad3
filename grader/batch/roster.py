"""A roster: a CSV with a row a learner, as a platform exports it; which submission is whose, by whatever both know.

Canvas writes `Student, ID, SIS User ID, SIS Login ID`, Moodle `Identifier, Full name, Email address`, Gradescope `First
Name, Last Name, SID, Email`, GitHub Classroom `identifier, github_username, name`; any other table will do as well.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.batch.names import Entry
from grader.errors import UsageError
from grader.language import heard, later, phrase

MAX_BYTES = 16 << 20


@dataclass(frozen=True)
class Person:
    """One row. label: what tells it from the others, from the first column where no two are alike."""

    label: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Matched:
    """Who handed in what: by learner the person.

    missing: who handed in nothing. unknown: learners of no row. twice: those who share a row with another.
    """

    of: dict[str, Person]
    missing: tuple[Person, ...]
    unknown: tuple[str, ...]
    twice: tuple[str, ...] = ()


def read(path: Path) -> list[Person]:
    """Return the people of a roster. Raises UsageError for what is none."""
    rows = [row for row in _rows(path) if any(row)]
    if len(rows) < 2:
        says = later("{file} is no roster: it needs a row with the names of its columns, and a row for each learner.")
        raise UsageError(phrase(says, file=path))
    width = max(map(len, rows))
    head, *people = [tuple(row) + ("",) * (width - len(row)) for row in rows]
    people = [row for row in people if row[0].strip() != "Points Possible"]  # Canvas has a row of these
    unique = [at for at in range(len(head)) if _tells_apart([row[at] for row in people])]
    return [Person(row[unique[0]] if unique else " ".join(filter(None, row)), row) for row in people]


def _tells_apart(column: list[str]) -> bool:
    return all(column) and len({key(cell) for cell in column}) == len(column)


def _rows(path: Path) -> list[list[str]]:
    try:
        data = path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        says = phrase("{file} cannot be read: {reason}.", file=path, reason=heard(error.strerror or ""))
        raise UsageError(says) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", "replace")  # what a spreadsheet writes in China
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    except csv.Error as error:
        raise UsageError(phrase("{file} cannot be read: {reason}.", file=path, reason=error)) from error


def key(text: str) -> str:
    """Return what is compared of a name: its letters and digits, so that `Doe, Jane` is `doejane`."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def matched(people: list[Person], entries: list[Entry]) -> Matched:
    """Say who handed in what. A cell that several people have tells nothing, nor does a name that fits several."""
    keys = [_keys(person) for person in people]
    counted = Counter(one for some in keys for one in some)
    whose = {one: person for person, some in zip(people, keys, strict=True) for one in some if counted[one] == 1}
    of: dict[str, Person] = {}
    for entry in entries:
        found = {id(person): person for name in (entry.learner, *entry.names) if (person := whose.get(key(name)))}
        if not found:
            found = {id(person): person for name in _ends(entry.learner) if (person := whose.get(key(name)))}
        if len(found) == 1:
            of[entry.learner] = next(iter(found.values()))
    there = Counter(id(person) for person in of.values())
    unknown = tuple(entry.learner for entry in entries if entry.learner not in of)
    twice = tuple(learner for learner, person in of.items() if there[id(person)] > 1)
    return Matched(of, tuple(person for person in people if id(person) not in there), unknown, twice)


def _ends(learner: str) -> Iterator[str]:
    """Yield whose a folder may be that holds a repository of GitHub Classroom, `assignment-username`."""
    parts = learner.split("-")
    yield from ("-".join(parts[at:]) for at in range(1, len(parts)))


def _keys(person: Person) -> set[str]:
    """Return what a person may be called: each cell, two in any order, a name turned round, an address without host."""
    cells = [cell for cell in person.cells if key(cell)]
    pairs = [f"{one} {other}" for one in cells for other in cells if one != other]
    turned = [" ".join(reversed(cell.split(", "))) for cell in cells if ", " in cell]
    names = [cell.partition("@")[0] for cell in cells if "@" in cell]
    return {key(text) for text in (*cells, *pairs, *turned, *names)}
