"""What a run found: frozen data, which computes nothing but sums. A result exists when it is known, whole."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction

import msgspec

from grader.language import later, phrase


class Outcome(StrEnum):
    """How one check ended, from best to worst."""

    PASS = "pass"  # noqa: S105 (not a password)
    TODO = "todo"
    BLOCKED = "blocked"
    MISSING = "missing"  # not handed in: the file of its unit is not there
    FAIL = "fail"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    RULE = "rule"
    SYNTAX = "syntax"
    FAULT = "fault"


FRAMES = 12  # that are kept of an exception; of more the middle is cut out
RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}
OPEN, REQUIRED = "open", "required"  # what becomes of edges: an exercise passes without them, or not
UNDONE = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED, Outcome.MISSING)  # no failure: right, or not yet there


class Frozen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of the records below: immutable, keyword only, no extra fields."""


RAN = "In ["  # what a cell that a kernel has run is called: `In [7]`


class Location(Frozen, frozen=True, kw_only=True):
    """A line of the learner's file. file: as the learner would type it. text: the line itself, stripped.

    cell: of a notebook, its code cells counted from 1; then `line` counts in the cell. 0 in a plain file.
    Of a cell that a kernel has run and that is in no file, file is its `In [7]`.
    end: the last line, where more than one is meant; else 0.
    """

    file: str
    line: int
    cell: int = 0
    end: int = 0
    function: str = ""
    text: str = ""

    @property
    def place(self) -> str:
        """`exercises/u05.py:38`, or for a notebook `u05.ipynb code cell 3, line 8`; of more lines `38-52`."""
        lines = f"{self.line}-{self.end}" if self.end else f"{self.line}"
        if not self.cell:
            return f"{self.file}:{lines}"
        if self.file.startswith(RAN):
            says = later("{file}, lines {line}") if self.end else later("{file}, line {line}")
            return phrase(says, file=self.file, line=lines)
        says = (
            later("{file} code cell {cell}, lines {line}")
            if self.end
            else later("{file} code cell {cell}, line {line}")
        )
        return phrase(says, file=self.file, cell=self.cell, line=lines)


class Mismatch(Frozen, frozen=True, kw_only=True):
    """Where an answer and what was expected part.

    label: the quantity in the learner's words, `d(a + a)/da`.
    problem: what is compared first and differs first: kind, length, shape, dtype, value or exception.
    yours, expected: both sides in text, numbers to six digits; never cut without saying so.
    at: the place that is shown, `[2, 1]` or `.weight[0]`: the first that differs, of plain numbers the first one that
        is neither tiny nor huge; empty for a scalar.
    differ, total: how many values differ, of how many.
    max_abs, max_rel: the worst absolute and relative difference; None where values were not compared.
    worst_at: where the worst absolute difference is.
    rtol, atol: what was allowed.
    right: where values agree in whole rows, `rows 0 and 3 are right`; empty where nothing can be said.
    """

    label: str
    problem: str
    yours: str
    expected: str
    yours_shape: str = ""
    expected_shape: str = ""
    at: str = ""
    differ: int = 0
    total: int = 0
    max_abs: float | None = None
    max_rel: float | None = None
    worst_at: str = ""
    rtol: float = 0.0
    atol: float = 0.0
    right: str = ""


class Cause(Frozen, frozen=True, kw_only=True):
    """Why it failed, said only when it is certain.

    misconception: its name, `u01.forgets_upstream`, or empty. evidence: lines that prove it. advice: what to look at.
    """

    says: str
    misconception: str = ""
    evidence: tuple[str, ...] = ()
    advice: str = ""


class CheckResult(Frozen, frozen=True, kw_only=True):
    """One check.

    id: stable, `test_each_row_sums_to_one[3]`. title: the sentence a learner reads.
    edge: it asks a promise beyond the lecture; the exercise passes without it.
    message: one or more sentences: what went wrong; empty for a pass.
    note: what is odd about the file beside that, such as a name that is defined twice.
    where: the learner's line; for a wrong value the line where the function starts.
    frames: for an exception, the learner's own frames, outermost first.
    asked: the question that the answer belongs to, as a learner would write it, after what it depends on.
    output: the tail of what the learner's code printed. seconds: processor seconds; never compared.
    unloaded: the file is not there, or cannot be read or run: nothing is said of the exercise.
    """

    id: str
    title: str
    outcome: Outcome
    weight: int = 1
    hidden: bool = False
    edge: bool = False
    message: str = ""
    note: str = ""
    mismatch: Mismatch | None = None
    where: Location | None = None
    frames: tuple[Location, ...] = ()
    asked: tuple[str, ...] = ()
    cause: Cause | None = None
    waits_for: str = ""
    output: str = ""
    output_bytes: int = 0
    seconds: float = 0.0
    unloaded: bool = False


class ExerciseResult(Frozen, frozen=True, kw_only=True):
    """One exercise: its checks in the order of the check file.

    id: `u05.softmax`. digest: a hash of the learner's source of this exercise, to notice later edits.
    where: the learner's line where the first answer starts; None where it was not found.
    """

    id: str
    points: int
    checks: tuple[CheckResult, ...]
    where: Location | None = None
    digest: str = ""

    @property
    def core(self) -> tuple[CheckResult, ...]:
        """The checks that decide: all but the edges."""
        return tuple(check for check in self.checks if not check.edge)

    @property
    def open_edges(self) -> tuple[CheckResult, ...]:
        """The edges that did not pass."""
        return tuple(check for check in self.checks if check.edge and check.outcome is not Outcome.PASS)

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its core checks; an edge can only tell of a fault of ours."""
        if any(check.outcome is Outcome.FAULT for check in self.checks):
            return Outcome.FAULT
        return max((check.outcome for check in self.core), key=RANK.__getitem__, default=Outcome.FAULT)

    def share(self, checks: Iterable[CheckResult]) -> Fraction:
        """Return the exact points that some of its checks are worth: their weights over all weights."""
        total = sum(check.weight for check in self.checks)
        return Fraction(self.points * sum(check.weight for check in checks), total) if total else Fraction(0)

    @property
    def earned(self) -> Fraction:
        """The exact points of the checks that passed, edges too."""
        return self.share(check for check in self.checks if check.outcome is Outcome.PASS)

    @property
    def first_failure(self) -> CheckResult | None:
        """The first core check that did not pass and is not merely unwritten or waiting; else the first unwritten one.

        None where the exercise has passed, whatever edges are open.
        """
        deciding = self.core if self.outcome is not Outcome.FAULT else self.checks
        failed = [check for check in deciding if check.outcome not in UNDONE]
        return next(iter(failed or [check for check in deciding if check.outcome is not Outcome.PASS]), None)


def worst(exercises: Iterable[ExerciseResult]) -> Outcome:
    """Return the worst outcome of some exercises; that of a fault of ours where there are none."""
    return max((exercise.outcome for exercise in exercises), key=RANK.__getitem__, default=Outcome.FAULT)


class UnitResult(Frozen, frozen=True, kw_only=True):
    """One unit: its exercises in teaching order. unit: `u05_backprop_ninja`."""

    unit: str
    title: str
    exercises: tuple[ExerciseResult, ...]
    file: str = ""

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its exercises."""
        return worst(self.exercises)

    @property
    def points(self) -> int:
        """Points there are."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def earned(self) -> Fraction:
        """Points earned, exactly."""
        return sum((exercise.earned for exercise in self.exercises), Fraction(0))

    @property
    def missing(self) -> str:
        """Why it was not handed in, the first sentence and perhaps what may have been meant; else nothing."""
        first = next((check for exercise in self.exercises for check in exercise.checks), None)
        return first.message if first is not None and first.outcome is Outcome.MISSING else ""


class Digests(Frozen, frozen=True, kw_only=True):
    """What a report was made of: where all four are the same, so is what was found. Hexadecimal.

    course: checks, solutions, settings. engine: the grader's own code. seed: see `grader.running.digests`.
    submission: the bytes of the files that were graded.
    """

    course: str
    engine: str
    seed: str
    submission: str


class Report(Frozen, frozen=True, kw_only=True):
    """Everything one run found.

    course: its title. submission: the folder as it was given. seed: the seed that random inputs came from; None where
    it is an instructor's secret.
    isolation: what kept the learner's code away from the grader: split, process, syscalls or confined.
    unverified: that is less than what was asked for, and somebody accepted it.
    edges: open, or required: then no check counts as an edge.
    own: the course's own folder was graded, nobody's submission.
    problem: why nothing of the submission could be judged; then all exercises ended in the same way, without a point.
    digests: only where they were asked for, since to read everything again takes a while.
    """

    course: str
    submission: str
    seed: int | None
    units: tuple[UnitResult, ...]
    isolation: str = "split"
    unverified: bool = False
    engine: str = ""
    edges: str = OPEN
    own: bool = False
    problem: str = ""
    digests: Digests | None = None
    schema: int = 2

    @property
    def exercises(self) -> tuple[ExerciseResult, ...]:
        """All exercises of all units."""
        return tuple(exercise for unit in self.units for exercise in unit.exercises)

    @property
    def earned(self) -> Fraction:
        """Points earned, exactly."""
        return sum((exercise.earned for exercise in self.exercises), Fraction(0))

    @property
    def points(self) -> int:
        """Points there are."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of its exercises; ours where nothing was graded."""
        return worst(self.exercises)

    @property
    def exit_code(self) -> int:
        """0 all passed, 1 a check failed, 2 no submission, 3 nothing wrong but not all there, 4 the grader failed."""
        if self.problem:
            return 2
        outcomes = {exercise.outcome for exercise in self.exercises} or {Outcome.FAULT}
        if Outcome.FAULT in outcomes:
            return 4
        if outcomes == {Outcome.PASS}:
            return 0
        return 3 if outcomes <= set(UNDONE) else 1
