"""JSON for other programs: one document with a version of its own; `docs/report.schema.json` describes it.

The text is ASCII: it survives any console and any pipe, and nothing in it can act on a terminal. Numbers that JSON
does not have are the strings "inf", "-inf" and "nan". Only `seconds` differs between two runs of the same code.
Fields may be added under the same version; a field that goes or changes its meaning makes a new one.
"""

from fractions import Fraction
from inspect import cleandoc

import msgspec

from grader.model import Cause, CheckResult, ExerciseResult, Location, Mismatch, Outcome, Report, UnitResult
from grader.report.document import (
    VERSION,
    CheckData,
    Difference,
    DigestsData,
    Document,
    ExerciseData,
    PlaceData,
    Points,
    UnitData,
    Why,
)
from grader.report.hidden import withhold
from grader.report.plain import clean, number, text
from grader.report.portable import portable


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
        next=_next(exercise),
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


def _next(exercise: ExerciseResult) -> tuple[str, ...]:
    """Return what to type next: first what the check asks, then a hint; where it waits, what it waits for."""
    first = exercise.first_failure
    if first is None or first.unloaded or first.outcome in (Outcome.FAULT, Outcome.SYNTAX, Outcome.MISSING):
        return ()
    if first.outcome is Outcome.BLOCKED:
        return (f"grade {first.waits_for}",) if first.waits_for else ()
    show = f"grade show {exercise.id}"
    return (show,) if first.outcome is Outcome.RULE else (show, f"grade hint {exercise.id}")


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
