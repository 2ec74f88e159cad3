"""JSON for other programs: one document with a version of its own; `docs/report.schema.json` describes it.

The text is ASCII: it survives any console and any pipe, and nothing in it can act on a terminal. Numbers that JSON
does not have are the strings "inf", "-inf" and "nan". Only `seconds` differs between two runs of the same code.
Fields may be added under the same version; a field that goes or changes its meaning makes a new one.
"""

from fractions import Fraction
from inspect import cleandoc
from typing import Annotated, Literal

import msgspec

from grader.model import (
    Cause,
    CheckResult,
    ExerciseResult,
    Frozen,
    Location,
    Mismatch,
    Outcome,
    Report,
    UnitResult,
)
from grader.report.hidden import withhold
from grader.report.plain import Number, clean, number, text
from grader.report.portable import portable

VERSION: Literal[2] = 2
Described = msgspec.Meta
Hexadecimal = Annotated[str, Described(pattern="^[0-9a-f]{40}$")]


class Points(Frozen, frozen=True, kw_only=True):
    """Points. exact: a fraction, `13/3` or `4`. value: rounded to six decimals."""

    exact: Annotated[str, Described(pattern=r"^\d+(/\d+)?$")]
    value: float


class PlaceData(Frozen, frozen=True, kw_only=True):
    """A line of the learner's file. cell: of a notebook, its code cells counted from 1; 0 in a plain file.

    end: the last line, where more than one is meant and no single function is named; else 0.
    """

    file: str
    cell: int
    line: int
    end: int
    function: str
    text: str


class Difference(Frozen, frozen=True, kw_only=True):
    """Where an answer and what was expected part.

    problem: what differs first: kind, length, keys, shape, dtype, value or exception.
    actual, expected: both sides in text. first_diff: the place they are from; empty for a single value.
    differ, total: how many values differ, of how many. max_abs, max_rel: the worst; null where nothing was measured.
    """

    label: str
    problem: str
    actual: str
    expected: str
    actual_shape: str
    expected_shape: str
    first_diff: str
    differ: int
    total: int
    max_abs: Number
    max_abs_at: str
    max_rel: Number
    rtol: float
    atol: float
    right: str


class Why(Frozen, frozen=True, kw_only=True):
    """The cause, only where it is certain."""

    says: str
    misconception: str
    evidence: tuple[str, ...]
    advice: str


class CheckData(Frozen, frozen=True, kw_only=True):
    """One check.

    edge: it asks a promise beyond the lecture; the exercise passes without it.
    note: what is odd about the file, beside what the message says.
    withheld: it is hidden, and this document does not say what it asks and found.
    input: what was asked of the learner's code. frames: the learner's own, outermost first.
    output_truncated: output is only the end of what was printed. seconds: processor time.
    """

    id: str
    title: str
    outcome: Outcome
    weight: int
    hidden: bool
    edge: bool
    withheld: bool
    message: str
    note: str
    difference: Difference | None
    cause: Why | None
    where: PlaceData | None
    frames: tuple[PlaceData, ...]
    input: tuple[str, ...]
    waits_for: str
    output: str
    output_bytes: int
    output_truncated: bool
    seconds: float


class ExerciseData(Frozen, frozen=True, kw_only=True):
    """One exercise. outcome: the worst of its core checks, those that are no edges. checks: none where none was run.

    first_failure: the id of the check to look at first; null where it passed. open_edges: the ids of edges that did not
    pass. edges: how many there are.
    """

    id: str
    outcome: Outcome
    first_failure: str | None
    edges: int
    open_edges: tuple[str, ...]
    points: int
    earned: Points
    where: PlaceData | None
    digest: str
    checks: tuple[CheckData, ...]


class UnitData(Frozen, frozen=True, kw_only=True):
    """One unit: a file of the submission.

    outcome: the worst of its exercises. message: of one that is missing, that is, was not handed in.
    """

    unit: str
    title: str
    file: str
    outcome: Outcome
    message: str
    exercises: tuple[ExerciseData, ...]


class DigestsData(Frozen, frozen=True, kw_only=True):
    """What the report was made of: where all four are the same, so is what was found.

    course: the checks, solutions and settings. engine: the grader's code. seed: costly to guess. submission: the bytes
    of the files that were graded.
    """

    course: Hexadecimal
    engine: Hexadecimal
    seed: Hexadecimal
    submission: Hexadecimal


class Document(Frozen, frozen=True, kw_only=True):
    """A report of chainrule.

    exit: 0 all passed, 1 a check failed, 2 the submission cannot be graded, 3 nothing wrong but something is not
    written or not handed in, 4 the grader failed. outcome: the worst of the units. message: why it is 2.
    seed: where random inputs came from. isolation: what kept the learner's code away from the grader.
    unverified: that is less than what was required, and was accepted.
    edges: open, an exercise passes without them; required, every check counts as core.
    digests: null where nothing was graded.
    """

    schema: Literal[2]
    course: str
    submission: str
    engine: str
    seed: int
    isolation: str
    unverified: bool
    edges: Annotated[str, Described(pattern="^(open|required)$")]
    exit: int
    outcome: Outcome
    message: str
    digests: DigestsData | None
    points: int
    earned: Points
    units: tuple[UnitData, ...]


def render(report: Report, *, hidden: bool = False) -> str:
    """Return the document; it ends in a newline.

    hidden: show what hidden checks ask and found; for instructors only.
    """
    report = portable(report if hidden else withhold(report))
    units = tuple(_unit(unit, hidden, judged=not report.problem) for unit in report.units)
    document = Document(
        schema=VERSION,
        course=report.course,
        submission=report.submission,
        engine=report.engine,
        seed=report.seed,
        isolation=report.isolation,
        unverified=report.unverified,
        edges=report.edges,
        exit=report.exit_code,
        outcome=report.outcome,
        message=report.problem,
        digests=_digests(report),
        points=report.points,
        earned=_points(report.earned),
        units=units,
    )
    return text(clean(msgspec.to_builtins(document)))


def schema() -> str:
    """Return the JSON Schema of the document; it ends in a newline."""
    described = msgspec.json.schema(Document)
    for part in described["$defs"].values():
        part["description"] = cleandoc(
            part["description"]
        )  # Python 3.13 does that itself; the file must not depend on it
    return text({"$schema": "https://json-schema.org/draft/2020-12/schema", **described})


def _digests(report: Report) -> DigestsData | None:
    found = report.digests
    if found is None:
        return None
    return DigestsData(course=found.course, engine=found.engine, seed=found.seed, submission=found.submission)


def _points(points: Fraction) -> Points:
    return Points(exact=str(points), value=round(float(points), 6))


def _unit(unit: UnitResult, hidden: bool, *, judged: bool) -> UnitData:
    """judged: whether there was a submission; else the document says why there was none, once."""
    message = unit.missing if judged else ""
    exercises = unit.exercises
    if message or not judged:
        exercises = tuple(msgspec.structs.replace(exercise, checks=()) for exercise in exercises)
    return UnitData(
        unit=unit.unit,
        title=unit.title,
        file=unit.file,
        outcome=unit.outcome,
        message=message,
        exercises=tuple(_exercise(exercise, unit.outcome, hidden) for exercise in exercises),
    )


def _exercise(exercise: ExerciseResult, of_unit: Outcome, hidden: bool) -> ExerciseData:
    """of_unit: the outcome of its unit, which is its own where no check was run."""
    first = exercise.first_failure
    return ExerciseData(
        id=exercise.id,
        outcome=exercise.outcome if exercise.checks else of_unit,
        first_failure=first.id if first else None,
        edges=len(exercise.checks) - len(exercise.core),
        open_edges=tuple(check.id for check in exercise.open_edges),
        points=exercise.points,
        earned=_points(exercise.earned),
        where=_place(exercise.where),
        digest=exercise.digest,
        checks=tuple(_check(check, hidden) for check in exercise.checks),
    )


def _why(cause: Cause) -> Why:
    return Why(says=cause.says, misconception=cause.misconception, evidence=cause.evidence, advice=cause.advice)


def _check(check: CheckResult, hidden: bool) -> CheckData:
    cause = check.cause
    return CheckData(
        id=check.id,
        title=check.title,
        outcome=check.outcome,
        weight=check.weight,
        hidden=check.hidden,
        edge=check.edge,
        withheld=check.hidden and not hidden,
        message=check.message,
        note=check.note,
        difference=_difference(check.mismatch) if check.mismatch else None,
        cause=_why(cause) if cause else None,
        where=_place(check.where),
        frames=tuple(place for frame in check.frames if (place := _place(frame))),
        input=check.asked,
        waits_for=check.waits_for,
        output=check.output,
        output_bytes=check.output_bytes,
        output_truncated=check.output_bytes > len(check.output.encode("utf-8", "replace")),
        seconds=check.seconds,
    )


def _place(where: Location | None) -> PlaceData | None:
    if where is None:
        return None
    file, cell, line, end = where.file, where.cell, where.line, where.end
    return PlaceData(file=file, cell=cell, line=line, end=end, function=where.function, text=where.text)


def _difference(mismatch: Mismatch) -> Difference:
    return Difference(
        label=mismatch.label,
        problem=mismatch.problem,
        actual=mismatch.yours,
        expected=mismatch.expected,
        actual_shape=mismatch.yours_shape,
        expected_shape=mismatch.expected_shape,
        first_diff=mismatch.at,
        differ=mismatch.differ,
        total=mismatch.total,
        max_abs=number(mismatch.max_abs),
        max_abs_at=mismatch.worst_at,
        max_rel=number(mismatch.max_rel),
        rtol=mismatch.rtol,
        atol=mismatch.atol,
        right=mismatch.right,
    )
