"""The records of the JSON document: what its fields are called and what they hold. The schema is made of them."""

from typing import Annotated, Literal

import msgspec

from grader.model import Frozen, Outcome
from grader.report.plain import Number

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

    next: the commands that help on, in the order in which to try them; none after a pass.

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
    next: tuple[str, ...] = ()
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
    seed: where random inputs came from; null where that is an instructor's secret.
    isolation: what kept the learner's code away from the grader.
    unverified: that is less than what was required, and was accepted.
    edges: open, an exercise passes without them; required, every check counts as core.
    digests: null where nothing was graded.
    """

    schema: Literal[2]
    course: str
    submission: str
    engine: str
    seed: int | None
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
