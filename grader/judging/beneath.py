"""What a failing exercise stands on: answers of other exercises that ran under its check, and do not pass their own.

Whoever writes division as a product with a power has no bug in division where the power is wrong. Which of a learner's
functions ran is noted by their worker while the check is put once more, so no need has to be declared for it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from msgspec.structs import replace

from grader.course.declarations import Exercise
from grader.failures import LearnerError
from grader.judging.candidate import Candidate, LoadFailed
from grader.judging.judge import Item, Judge
from grader.judging.limits import OutOfTime
from grader.model import UNDONE, CheckResult, ExerciseResult, Outcome
from grader.qualnames import is_in, outermost
from grader.submission.scanned import Scanned
from grader.worker.host.process import WorkerLost
from grader.worker.host.subject import RefusedAnswer
from grader.worker.wire.codec import Garbage

CUT_SHORT = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASH)  # where it was says enough; it is not put once more
FINE = (Outcome.PASS, Outcome.TODO)


def nobody(_: Exercise) -> bool:
    """Trust no exercise: nothing is known of any."""
    return False


class Ground:
    """One unit of a learner's, as far as it was judged in a run."""

    def __init__(
        self,
        judge: Judge,
        items: Sequence[Item],
        candidate: Candidate,
        scanned: Scanned,
        stands: Callable[[Exercise], bool] = nobody,
    ) -> None:
        """items: of the whole unit. stands: says of an exercise that it has passed as it is now."""
        self._judge = judge
        self._items = items
        self._candidate = candidate
        self._scanned = scanned
        self._stands = stands
        self._ran: dict[str, frozenset[str]] = {}
        self._probed: dict[str, ExerciseResult | None] = {}

    def broken(
        self, exercise: Exercise, result: ExerciseResult, results: dict[str, ExerciseResult]
    ) -> ExerciseResult | None:
        """Return the first other exercise whose answer ran under the failed check and that fails itself; None for none.

        results: of the exercises that were judged before. Where each of two uses the other, neither comes first.
        """
        if result.outcome in UNDONE or result.outcome is Outcome.FAULT:
            return None
        ran = self._ran_under(exercise, result)
        for other in self._judge.unit.exercises:
            mine = ran & self._names[other.name]
            if other.name == exercise.name or not mine:
                continue
            found = results[other.name] if other.name in results else self._probe(other)
            if found is not None and found.outcome not in FINE and self._is_below(found, other, mine, exercise):
                return found
        return None

    def used(self, exercise: Exercise, result: ExerciseResult, needed: list[ExerciseResult]) -> list[ExerciseResult]:
        """Return those of the needed exercises whose answers ran under the failed check; all where nothing is known."""
        first = result.first_failure
        if first is None or first.outcome in CUT_SHORT or result.outcome is Outcome.FAULT:
            return needed
        ran = self._ran_under(exercise, result)
        return [one for one in needed if ran & self._names[one.id.rpartition(".")[2]]] if ran else needed

    def placed(self, exercise: Exercise, result: ExerciseResult) -> ExerciseResult:
        """Return a result whose first failure has the place that all checks together tell.

        `MLP.parameters` hands on what `Layer.parameters` gives, and that what `Neuron.parameters` gives. Where methods
        of one name ran in several classes of the exercise, nobody can say which of them is wrong. And where several
        had a part, and just one of them ran, or fails a check that asks it alone, it is that one. Helper code of the
        check that was given an object may have asked any method of it: then `__init__` is the place only if nothing
        else ran.
        """
        first = result.first_failure
        if first is None or first.where is None or first.frames or first.outcome not in (Outcome.FAIL, Outcome.ERROR):
            return result
        ran = self._ran_under(exercise, result) & self._names[exercise.name]
        is_open = bool(first.where.end)
        alone = (ran if len(ran) == 1 else _alone(result) & ran) if is_open else {first.where.function}
        fits = len(alone) == 1 and not any(_same_name(name, *alone) for name in ran)
        made = next(iter(alone)).removesuffix(".__init__") if fits else ""
        if made and made not in alone and self._judge.unit.asks_helper("".join(first.asked[-1:])):
            fits = not any(is_in(name, made) for name in ran - alone)
        if fits != is_open:  # nothing else is known than what is said
            return result
        placed = replace(first, where=self._scanned.blamed(exercise, alone if fits else ()))
        return replace(result, checks=tuple(placed if check is first else check for check in result.checks))

    def _is_below(self, found: ExerciseResult, other: Exercise, ran: frozenset[str], exercise: Exercise) -> bool:
        """Say whether what fails there is what ran here, as far as it is known, and does not use this one in turn."""
        if found.outcome is Outcome.BLOCKED:
            return True
        first = found.first_failure
        named = first.where.function if first is not None and first.where is not None else ""
        elsewhere = named in self._names[other.name] and named not in ran
        return not elsewhere and self._ran_under(other, found).isdisjoint(self._names[exercise.name])

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        """The functions of the file that belong to each exercise."""
        return {
            exercise.name: frozenset(
                name for name in self._scanned.spans for answer in self._answers(exercise) if is_in(name, answer)
            )
            for exercise in self._judge.unit.exercises
        }

    def _answers(self, exercise: Exercise) -> list[str]:
        return [self._scanned.defined(answer) or answer for answer in exercise.answers]

    def _probe(self, exercise: Exercise) -> ExerciseResult | None:
        """Judge the core of an exercise that nobody asked for, up to its first failure; None where there is none."""
        if exercise.name not in self._probed:
            self._probed[exercise.name] = None if self._stands(exercise) else self._judged(exercise)
        return self._probed[exercise.name]

    def _judged(self, exercise: Exercise) -> ExerciseResult | None:
        for item in self._core(exercise):
            check = self._judge.check(item, self._candidate, self._scanned).result
            if check.outcome not in UNDONE:
                return ExerciseResult(id=exercise.id, points=exercise.points, checks=(check,))
        return None

    def _core(self, exercise: Exercise) -> Iterator[Item]:
        for item in self._items:
            if item.exercise.name == exercise.name and not item.check.hidden and not item.check.edge:
                yield item

    def _ran_under(self, exercise: Exercise, result: ExerciseResult) -> frozenset[str]:
        """Return the learner's functions that ran under the check that failed first."""
        if exercise.name not in self._ran:
            check = result.first_failure
            self._ran[exercise.name] = frozenset(self._noted(exercise, check)) if check is not None else frozenset()
        return self._ran[exercise.name]

    def _noted(self, exercise: Exercise, check: CheckResult) -> Iterator[str]:
        yield from (outermost(frame.function) for frame in check.frames)
        if check.outcome in CUT_SHORT:
            yield outermost(check.where.function) if check.where else ""
            return
        item = next(one for one in self._items if one.exercise.name == exercise.name and one.id == check.id)
        yield from map(outermost, self._watched(item))

    def _watched(self, item: Item) -> list[str]:
        """Put a check once more, and return the learner's functions that ran."""
        try:
            subject = self._candidate.subject(item.exercise)
            with self._candidate.budget(self._judge.timeout or item.exercise.cpu):
                self._judge.begin(item, subject)
                subject.ask("watch")
                try:
                    self._judge.put(item, subject)
                except (WorkerLost, Garbage, KeyboardInterrupt):
                    raise
                except BaseException:  # noqa: BLE001, S110 (however it fails: what ran by then is noted)
                    pass
                names = subject.ask("ran")
        except (WorkerLost, Garbage, LoadFailed, LearnerError, RefusedAnswer, OutOfTime):
            self._candidate.lost()
            return []
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _alone(result: ExerciseResult) -> set[str]:
    """Return the functions that fail a core check by themselves: an edge may be open in any program."""
    failed = [
        one for one in result.checks if one.outcome is Outcome.FAIL and not (one.hidden or one.frames or one.edge)
    ]
    return {one.where.function for one in failed if one.where is not None and not one.where.end}


def _same_name(name: str, other: str) -> bool:
    """Say whether it is a method of the same name in another class."""
    return name != other and "." in other and name.rpartition(".")[2] == other.rpartition(".")[2]
