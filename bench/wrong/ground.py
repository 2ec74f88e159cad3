"""One unit and a folder for a learner's file: wrong answers are graded in real workers."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.diagnose.known import Bank
from grader.judging import reference
from grader.judging.candidate import Learner
from grader.judging.judge import Item, Judge
from grader.model import UNDONE
from grader.session import Session
from grader.submission.files import Folder
from grader.submission.scanned import Scanned

MARK = "from grader import misconception\n"
NO_MARK = "\n\ndef misconception(*_args, **_words):\n    return lambda wrong: wrong\n\n"
LEAST_TIMEOUT, TIMES = 0.3, 6.0


def file_of(unit: Unit, one: reference.Misconception) -> str:
    """Return a learner's file with a misconception: the solution, the misconceptions below it, and one in place."""
    files, name = unit.wrong_files(one.exercise), one.name.partition(".")[2]
    wrong = NO_MARK + "\n\n".join(file.read_text("utf-8").replace(MARK, "") for file in files if file.exists())
    last = f"{name}.__name__ = {name}.__qualname__ = {one.replaces.rpartition('.')[2]!r}\n{one.replaces} = {name}\n"
    return f"{unit.solution.read_text('utf-8')}\n{wrong}\n{last}"


class Metered(Learner):
    """A learner whose worker's processor seconds are added up."""

    seconds = 0.0

    @contextlib.contextmanager
    def budget(self, cpu: float) -> Iterator[None]:
        """Begin the budget of a check."""
        try:
            with super().budget(cpu):
                yield
        finally:
            self.seconds += self.spent()


class Ground:
    """One unit, a folder for a learner's file, and what judges it."""

    def __init__(self, session: Session, unit: Unit, folder: Path) -> None:
        self.session = session
        self.course = session.course
        self.unit = unit
        self._folder = folder
        self._limits: dict[str, float] = {}
        self._known: Bank | None = None

    def items(self, exercise: Exercise) -> list[Item]:
        """The checks of an exercise."""
        return [item for item in self.session.items(self.unit) if item.exercise.name == exercise.name]

    @contextlib.contextmanager
    def learner(self, text: str) -> Iterator[tuple[Metered, Scanned]]:
        """Yield a learner whose file has this text."""
        (self._folder / f"{self.unit.name}.py").write_text(text, encoding="utf-8")
        launcher = self.session.launcher(self.unit)
        with contextlib.closing(Metered.of(self.unit, Folder(self._folder), launcher)) as candidate:
            yield candidate, candidate.scanned

    def fails(self, one: reference.Misconception, items: list[Item]) -> set[str]:
        """Return which of some checks a misconception fails, by their ids."""
        if self._known is None:
            self._known = Bank(Judge(self.course, self.unit))
        return {item.id for item in items if self._known.known(one, item).outcome not in UNDONE}

    def limit(self, exercise: Exercise) -> float:
        """Return the processor seconds a check gets here: six times what the solution's slowest one takes."""
        if exercise.id not in self._limits:
            judge = Judge(self.course, self.unit)
            with self.learner(self.unit.solution.read_text("utf-8")) as (candidate, found):
                taken = [judge.check(item, candidate, found).result.seconds for item in self.items(exercise)]
            self._limits[exercise.id] = max(LEAST_TIMEOUT, TIMES * max(taken))
        return self._limits[exercise.id]
