"""A class on one page: a row a learner, made of the reports that are there, as CSV and as JSON."""

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

from grader.batch.ledger import REPORTS
from grader.report.document import Document, Points
from grader.report.plain import clean, text

VERSION: Literal[1] = 1
NOT_GRADED = "not graded"
MISSING = "missing"
FORMULA = "=+-@\t\r"  # a spreadsheet takes a cell that begins so for a formula


class OfUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit came to."""

    unit: str
    outcome: str
    earned: Points
    points: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One learner. person: how the roster calls them; empty without one, or for one who is not in it.

    report: the file; empty where there is none. exit, outcome, message: as in the report; the outcome of a submission
    that could not be read is `not graded`, that of somebody who handed in nothing `missing`.
    taken: files that lay under another name, by the name that they have in the course.
    """

    learner: str
    person: str
    report: str
    exit: int | None
    outcome: str
    message: str
    earned: Points
    points: int
    units: tuple[OfUnit, ...] = ()
    taken: dict[str, str] = {}


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A class. unknown: learners who are not in the roster. twice: learners of one row of it. strays: nobody's files.

    left: reports of earlier runs that belong to nobody who is there now.
    """

    schema: Literal[1] = VERSION
    course: str
    learners: tuple[Row, ...]
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


NOTHING = Points(exact="0", value=0.0)


def graded(folder: Path, file: str, learner: str, person: str, taken: dict[str, str]) -> Row:
    """Return the row of a learner whose report is there. Raises OSError, msgspec.MsgspecError."""
    found = msgspec.json.decode((folder / REPORTS / file).read_bytes(), type=Document)
    units = tuple(
        OfUnit(
            unit=unit.unit,
            outcome=unit.outcome,
            earned=_sum([one.earned for one in unit.exercises]),
            points=sum(one.points for one in unit.exercises),
        )
        for unit in found.units
    )
    return Row(
        learner=learner,
        person=person,
        report=f"{REPORTS}/{file}",
        exit=found.exit,
        outcome=found.outcome,
        message=found.message,
        earned=found.earned,
        points=found.points,
        units=units,
        taken=taken,
    )


def absent(learner: str, person: str, points: int, outcome: str, message: str = "") -> Row:
    """Return the row of one who has no report."""
    return Row(
        learner=learner,
        person=person,
        report="",
        exit=None,
        outcome=outcome,
        message=message,
        earned=NOTHING,
        points=points,
    )


def _sum(some: list[Points]) -> Points:
    total = sum((Fraction(one.exact) for one in some), Fraction(0))
    return Points(exact=str(total), value=round(float(total), 6))


def as_json(summary: Summary) -> str:
    """Return the document; it ends in a newline."""
    return text(clean(msgspec.to_builtins(summary)))


def as_csv(summary: Summary) -> str:
    """Return the table, a column a unit; it ends in a newline. It opens in a spreadsheet, which runs nothing of it."""
    units = list(dict.fromkeys(unit.unit for row in summary.learners for unit in row.units))
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["learner", "person", "outcome", "exit", "earned", "points", *units, "report", "message"])
    for row in summary.learners:
        of = {unit.unit: f"{unit.earned.value:g}" for unit in row.units}
        cells = [row.learner, row.person, row.outcome, "" if row.exit is None else str(row.exit)]
        cells += [f"{row.earned.value:g}", str(row.points), *(of.get(unit, "") for unit in units), row.report]
        table.writerow([_harmless(cell) for cell in (*cells, row.message.replace("\n", " "))])
    return str(clean(file.getvalue()))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA else cell
