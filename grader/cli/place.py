"""Where a learner stands: the course that the current folder lies in, what was recorded, and what the files hold now.

The files are read by workers that run nothing; the host parses none of them.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from grader.cli.targets import Targets
from grader.cli.terminal import Terminal
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.judging.candidate import Learner
from grader.judging.loading import unloaded
from grader.language import ENGLISH, later, of_folder, phrase
from grader.model import CheckResult, Location, Outcome
from grader.store import Latest
from grader.submission.files import Folder, Submission, opened
from grader.submission.progress import Record, State
from grader.submission.scanned import Scanned, scan
from grader.worker.host.launchers import Launchers

if TYPE_CHECKING:
    from grader.session import Session

MISSING = "-"  # where an answer is not in a file that can be read; never equal to a digest


class Standing(StrEnum):
    """What a list says of an exercise, in one word."""

    DONE = "done"
    CHANGED = "changed"
    FAIL = "FAIL"
    WAITS = "waits"
    TODO = "todo"


@dataclass(frozen=True)
class Entry:
    """One exercise: what was recorded, and where it is in the file now. edited: since the last verdict."""

    exercise: Exercise
    record: Record
    standing: Standing
    where: Location | None
    file: str
    edited: bool

    @property
    def place(self) -> str:
        """`exercises/u05.py:38`, or the file alone where the answer is not found in it."""
        return self.where.place if self.where else self.file


@dataclass
class Place:
    """A context manager: it owns the processes that read files. submission: whose; None for the learner's own.

    ran: cells of the learner's kernel that are graded with the files; to be set before anything is read.
    trusts: whether what earlier runs kept in the folder is believed; see `Options`.
    """

    course: Course
    terminal: Terminal
    submission: str | None = None
    _scanned: dict[str, Scanned] = field(default_factory=dict)
    launchers: Launchers = field(default_factory=Launchers)
    trusts: bool = True
    ran: bytes = b""

    @classmethod
    def here(cls, terminal: Terminal, submission: str | None = None, *, trusts: bool = True) -> "Place":
        """Return the place of the current folder. Raises UsageError where there is no course."""
        course, warm = Course.find(Path.cwd()), terminal.warm
        if warm is None or warm.course.root != course.root:
            return cls(course, terminal, submission, trusts=trusts)
        return cls(warm.course, terminal, submission, launchers=warm.launchers, trusts=trusts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.launchers.close()

    @cached_property
    def work(self) -> Submission:
        """Whose files are read. Raises SubmissionError."""
        return opened(self.course, self.submission, self.launchers.reader, self.ran)

    @cached_property
    def state(self) -> State:
        """What was recorded; what is wrong with the record is said once."""
        state = State.load(self.course.state_folder)
        self.tell(state)
        return state

    @cached_property
    def targets(self) -> Targets:
        """Finds exercises by what is typed."""
        folder = self.course.learner_folder if self.submission is None else Path(self.submission)
        return Targets(self.course, folder, self.scanned)

    @property
    def language(self) -> str:
        """The language of the texts in the learner's files."""
        return of_folder(self.course.root) or ENGLISH

    @property
    def session(self) -> "Session":
        """A session that grades with the processes of this place."""
        from grader.session import Session

        warm = self.terminal.warm
        return Session(self.course, self.launchers, warm.kept if warm and warm.course is self.course else None)

    def tell(self, state: State) -> None:
        """Say what is wrong with the record, each thing once."""
        while state.notices:
            self.terminal.note(state.notices.pop(0))

    def save(self) -> None:
        """Save the record; a failure to do so is said and changes nothing else."""
        self.state.save()
        self.tell(self.state)

    @property
    def _kept(self) -> Latest:
        """What stood in the learner's own files; where somebody else grades them, they are read."""
        return Latest(self.course.scans if self.trusts and self.submission is None else None)

    def scanned(self, unit: Unit) -> Scanned:
        """Read a unit's file, once."""
        if unit.name not in self._scanned:
            self._scanned[unit.name] = scan(unit, self.work, self.launchers.reader, self._kept)
        return self._scanned[unit.name]

    def broken(self, unit: Unit) -> CheckResult | None:
        """Return what keeps a unit's file from being read, or from being run as it was found at the last verdict."""
        found = self.scanned(unit)
        if found.problem is not None or self.state.broken.get(unit.name) != found.fingerprint:
            return found.problem
        launcher = self.launchers.of(unit.libraries, scratch=unit.scratch)
        with closing(Learner(unit, found, launcher)) as candidate:
            return unloaded(unit, found, candidate)

    def scanned_in(self, unit: Unit, folder: Path) -> Scanned:
        """Read a unit's file in some folder."""
        return scan(unit, Folder(folder), self.launchers.reader)

    def forget(self) -> None:
        """Take note that a file was changed."""
        self._scanned.clear()

    def entry(self, exercise: Exercise) -> Entry:
        """Return where one exercise stands."""
        found = self.scanned(self.course.unit(exercise.unit))
        record = self.state.of(exercise.id)
        digest = self._digest(exercise)
        edited = bool(record.outcome and digest and digest != record.digest)
        return Entry(exercise, record, _standing(record, digest), found.location(exercise), found.file, edited)

    def entries(self, exercises: Iterable[Exercise] | None = None) -> list[Entry]:
        """Return where exercises stand, by default all of them."""
        return [self.entry(exercise) for exercise in (self.course.exercises if exercises is None else exercises)]

    def _digest(self, exercise: Exercise) -> str:
        """Return what the state compares: empty where the file cannot be read at all."""
        found = self.scanned(self.course.unit(exercise.unit))
        return "" if found.problem is not None else found.digest(exercise) or MISSING

    def is_done(self, exercise: Exercise) -> bool:
        """Whether it has passed and is as it was then; its file is read only where it matters."""
        record = self.state.of(exercise.id)
        if record.outcome != Outcome.PASS:
            return False
        return record.stands(self._digest(exercise))

    def was_broken(self, exercise: Exercise) -> bool:
        """Whether it has passed at least once, as something other than it is now."""
        record, digest = self.state.of(exercise.id), self._digest(exercise)
        return bool(record.passed and digest) and digest != record.passed_digest

    def current(self) -> Exercise | None:
        """Return the exercise worked on last, if it is not done, else the next one that is not; None where all are.

        After the last one of a unit come those of it that were left out, then the units that follow.
        """
        return next((exercise for exercise in self._onwards() if not self.is_done(exercise)), None)

    def _onwards(self) -> Iterator[Exercise]:
        """Yield all exercises from where the learner is: what the last one waits for, and what waited for it, first."""
        everything = self.course.exercises
        last = next((exercise for exercise in everything if exercise.id == self.state.last), everything[0])
        here = [exercise for exercise in everything if exercise.unit == last.unit]
        record = self.state.of(last.id)
        yield from (exercise for exercise in everything if exercise.id == record.waits_for)
        if record.outcome == Outcome.PASS:
            yield from (exercise for exercise in here if self.state.of(exercise.id).waits_for == last.id)
        at = 0 if record.outcome == Outcome.BLOCKED else here.index(last)
        yield from (*here[at:], *here[:at])
        after = everything.index(here[-1]) + 1
        yield from everything[after:]
        yield from everything[: everything.index(here[0])]

    def chosen(self, word: str | None) -> Exercise | None:
        """Return the exercise that a word means, without one the current exercise."""
        return self.targets.one(word) if word else self.current()


def _standing(record: Record, digest: str) -> Standing:
    if record.stands(digest):
        return Standing.DONE
    if record.changed(digest):
        return Standing.CHANGED
    words = {"": Standing.TODO, Outcome.TODO: Standing.TODO, Outcome.BLOCKED: Standing.WAITS}
    return words.get(record.outcome, Standing.FAIL)


def all_done(course: Course) -> str:
    """Return the sentence for a learner who has finished."""
    says = later("All {number} exercises have passed. Grade them again with: {command}")
    return phrase(says, number=len(course.exercises), command="grade --all")
