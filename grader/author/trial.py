"""Put a unit to the test: its solution must pass, its stub must be all TODO, each of its misconceptions must fail.

The solution is judged in this process, then in a worker like a learner's file, where rules and time limits hold and
the same must be asked, then with another seed. The stub is judged in a worker, misconceptions in this process.
"""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.author import crashes, rules_needs, stubs
from grader.author.checkfile import CheckClass
from grader.author.findings import Finding, line_in, of_error
from grader.author.idle import IdleBench, idle
from grader.author.quiet import quiet
from grader.author.source import PercentFile
from grader.author.weight import light
from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.diagnose.alike import alike
from grader.diagnose.known import Bank, Known
from grader.diagnose.misconception import UNWRITTEN
from grader.errors import GraderError
from grader.judging import reference
from grader.judging.candidate import Learner, Ours
from grader.judging.judge import Item, Judge, Verdict
from grader.model import UNDONE, CheckResult, Outcome
from grader.session import Session
from grader.submission.files import Folder


@dataclass(frozen=True)
class Audited:
    """What was counted for one exercise. fewest: how many checks catch the misconception that passes most of them."""

    exercise: str
    checks: int
    misconceptions: int
    caught: int
    fewest: int


class Unsound(Exception):
    """The solution of an exercise fails. findings: where."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} checks")
        self.findings = findings


@dataclass
class Trial:
    """One unit on trial: its checks as they run, as they are written, and the solution's text."""

    session: Session
    unit: Unit
    items: list[Item]
    classes: list[CheckClass]
    source: PercentFile

    @property
    def seed_free(self) -> frozenset[str]:
        """Exercises that need no random inputs."""
        return frozenset(one.exercise for one in self.classes if one.seed_free)

    @property
    def defined(self) -> frozenset[str]:
        """Every name of the solution."""
        return self.source.names | self.source.definitions.keys()

    def run(self, exercise: Exercise) -> tuple[Audited, list[Finding]]:
        """Return what was counted for one exercise, and everything that is wrong with it or with the whole unit."""
        known, everything = self._bank()
        with tempfile.TemporaryDirectory() as folder:
            stub = Path(folder) / self.unit.stub.name
            stub.write_bytes(stubs.made(self.unit))
            broken = self._not_imported(stub)
            findings, catches = self._exercise(exercise, None if broken else stub, known)
        return _counted(exercise, catches), [*everything, *findings, *broken, *self._needs(exercise)]

    def _needs(self, exercise: Exercise) -> list[Finding]:
        """Find needs that nobody declared. A unit that cannot be run has findings already."""
        try:
            bench = IdleBench(Judge(self.session.course, self.unit), self.source, self.classes)
            return list(rules_needs.needs(bench, exercise, self.items))
        except GraderError:
            return []

    def _exercise(
        self, exercise: Exercise, stub: Path | None, known: Bank | None
    ) -> tuple[list[Finding], dict[reference.Misconception, int]]:
        """Try one exercise. Where the solution fails there is no use in trying the wrong ones."""
        items = [item for item in self.items if item.exercise.name == exercise.name]
        findings: list[Finding] = []
        try:
            findings += self._reference(exercise, items)
            unwritten = list(self._untouched(exercise, stub)) if stub else []
            findings += unwritten or self._idle(exercise, items)
            wrong, catches = self._misconceptions(exercise, items, known) if known else ([], {})
            return findings + wrong, catches
        except Unsound as found:
            return [*findings, *found.findings], {}
        except GraderError as error:
            return [*findings, of_error(error, self.unit.name, exercise.id, self.unit.checks)], {}

    # The solution.

    def _reference(self, exercise: Exercise, items: list[Item]) -> list[Finding]:
        """Judge the solution here, as a learner's file, and with another seed. Raises Unsound where it fails."""
        first = self._verdicts(items, self.session.course.seed)
        self._require_pass(exercise, (one.result for one in first), "the solution does not pass this check")
        second = self._as_learner(exercise, items)
        message = "the solution does not pass as a learner's file"
        self._require_pass(exercise, (one.result for one in second), message)
        message = "two runs with one seed differ: take every random number from `rng`, and no clock."
        differ = [
            self._at(exercise, one.result, message)
            for one, two in zip(first, second, strict=True)
            if not _same_questions(one, two)
        ]
        return differ or self._other_seed(exercise, items, first)

    def _as_learner(self, exercise: Exercise, items: list[Item]) -> list[Verdict]:
        """Judge the solution in a worker. Raises Unsound where its text breaks a rule."""
        solution, launcher = Folder(self.unit.solution.parent), self.session.launcher(self.unit)
        with contextlib.closing(Learner.of(self.unit, solution, launcher)) as candidate:
            found = candidate.scanned
            problem = found.problem or found.broken_rule(self.unit, exercise)
            if problem is not None:
                message = f"the solution breaks a rule that learners keep: {_told(problem)}"
                raise Unsound([Finding(self.unit.name, exercise.id, self.unit.solution, _line(problem), message)])
            judge = Judge(self.session.course, self.unit)
            return [judge.check(item, candidate, found) for item in items]

    def _other_seed(self, exercise: Exercise, items: list[Item], first: list[Verdict]) -> list[Finding]:
        """With another seed the solution passes, too, and is asked something else."""
        seed = self.session.course.seed + 1
        other = self._verdicts(items, seed)
        self._require_pass(exercise, (one.result for one in other), f"the solution does not pass with seed {seed}")
        if not items or exercise.name in self.seed_free or not all(map(_same_questions, first, other)):
            return []
        message = "every check asks the same with another seed, so an answer learned by heart passes: use `rng`."
        return [self._at(exercise, first[0].result, message)]

    def _verdicts(self, items: list[Item], seed: int) -> list[Verdict]:
        judge, candidate = Judge(self.session.course, self.unit, seed=seed), Ours(self.unit)
        with quiet():
            return [judge.check(item, candidate) for item in items]

    def _require_pass(self, exercise: Exercise, results: Iterable[CheckResult], message: str) -> None:
        """Raise Unsound where a check does not pass; checks that say the same are one finding."""
        failed: dict[str, list[CheckResult]] = {}
        for result in results:
            if result.outcome is not Outcome.PASS:
                failed.setdefault(_told(result), []).append(result)
        if failed:
            more = {told: f" (and {len(alike) - 1} more checks alike)" for told, alike in failed.items() if alike[1:]}
            raise Unsound(
                [
                    self._at(exercise, alike[0], f"{message}: {told}{more.get(told, '')}")
                    for told, alike in failed.items()
                ]
            )

    # The stub.

    def _not_imported(self, stub: Path) -> list[Finding]:
        """A stub that raises when it is imported would block every exercise until one of them is written."""
        try:
            reference.solution(replace(self.unit, solution=stub))
        except GraderError as error:
            cause = error.__cause__ or error
            message = (
                f"the stub fails where it is imported: {type(cause).__name__}: {cause}. "
                "Outside functions use nothing that a learner writes."
            )
            return [Finding(self.unit.name, "", self.unit.stub, line_in(cause, stub), message)]
        return []

    def _untouched(self, exercise: Exercise, stub: Path) -> Iterator[Finding]:
        """Find checks under which the untouched stub is anything but TODO."""
        report = self.session.grade([exercise], submission=stub.parent)
        for result in report.exercises[0].checks:
            if result.outcome is Outcome.PASS:
                message = "the untouched stub passes this check: ask for something that must be written."
                yield self._at(exercise, result, message)
            elif result.outcome not in UNWRITTEN:
                yield self._at(exercise, result, f"the untouched stub is not TODO under this check: {_told(result)}")

    def _idle(self, exercise: Exercise, items: list[Item]) -> Iterator[Finding]:
        """Find checks that a program passes which does nothing."""
        if all(self.source.regions_of(answer) for answer in exercise.answers):  # else that is found in the text
            yield from idle(
                IdleBench(Judge(self.session.course, self.unit), self.source, self.classes), exercise, items
            )

    # The misconceptions.

    def _bank(self) -> tuple[Bank | None, list[Finding]]:
        try:
            return Bank(Judge(self.session.course, self.unit)), []
        except GraderError as error:
            return None, [of_error(error, self.unit.name, "", self.unit.misconceptions)]

    def _misconceptions(
        self, exercise: Exercise, items: list[Item], known: Bank
    ) -> tuple[list[Finding], dict[reference.Misconception, int]]:
        """Return what is wrong, and how many checks catch each."""
        with quiet():
            shown = {
                one: [known.known(one, item) for item in items]
                for one in known.of(exercise)
                if one.replaces in self.defined  # else it is found in the text of the file
            }
        catches = {one: sum(seen.outcome not in UNDONE for seen in known) for one, known in shown.items()}
        findings = [
            self._wrong(exercise, one, "no check fails on it: add one that does, or take it out.")
            for one, count in catches.items()
            if not count
        ]
        findings += self._crashes(exercise, shown)
        findings += self._alike(exercise, {one: known for one, known in shown.items() if catches[one]})
        judge = Judge(self.session.course, self.unit)
        findings += [self._wrong(exercise, *told) for told in light(judge, known, items, shown)]
        return findings, catches

    def _crashes(self, exercise: Exercise, shown: dict[reference.Misconception, list[Known]]) -> Iterator[Finding]:
        """Find misconceptions that do not run: each once, where it stops."""
        for one, known in shown.items():
            plain = "" if "." in one.replaces else _own(one)
            crash = crashes.first((exchange for each in known for exchange in each.transcript.exchanges), plain)
            if crash is not None:
                says = f"{_own(one)} does not run, {crash.said}: let it go wrong only in what its sentence says."
                yield Finding(self.unit.name, exercise.id, self._file(one), crash.line or one.line, says)

    def _alike(self, exercise: Exercise, shown: dict[reference.Misconception, list[Known]]) -> Iterator[Finding]:
        """Find misconceptions that a learner's answers could not be told apart by."""
        seen: list[reference.Misconception] = []
        for one, known in shown.items():
            twin = next((other for other in seen if all(map(_same, shown[other], known))), None)
            if twin is not None:
                message = (
                    f"no check tells it from {_own(twin)} of line {twin.line}: add one that does, or take one out."
                )
                yield self._wrong(exercise, one, message)
            seen.append(one)

    def _wrong(self, exercise: Exercise, one: reference.Misconception, message: str) -> Finding:
        return Finding(self.unit.name, exercise.id, self._file(one), one.line, f"{_own(one)}: {message}")

    def _file(self, one: reference.Misconception) -> Path:
        return self.unit.wrong_file(one.exercise)

    def _at(self, exercise: Exercise, result: CheckResult, message: str) -> Finding:
        """Return a finding at the check of a result."""
        name = result.id.partition("[")[0]
        check = next(check for check in exercise.checks if (check.name, check.hidden) == (name, result.hidden))
        file = self.unit.hidden if check.hidden else self.unit.checks
        return Finding(self.unit.name, exercise.id, file, check.line, f"{result.id}: {message}")


def _counted(exercise: Exercise, catches: dict[reference.Misconception, int]) -> Audited:
    counts = catches.values()
    return Audited(
        exercise=exercise.id,
        checks=len(exercise.checks),
        misconceptions=len(catches),
        caught=sum(count > 0 for count in counts),
        fewest=min(counts, default=0),
    )


def _same(left: Known, right: Known) -> bool:
    return left.outcome == right.outcome and alike(left.transcript, right.transcript)


def _questions(verdict: Verdict) -> list[bytes]:
    return [exchange.question for exchange in verdict.transcript.exchanges]


def _same_questions(left: Verdict, right: Verdict) -> bool:
    return _questions(left) == _questions(right)


def _own(one: reference.Misconception) -> str:
    return one.name.partition(".")[2]


def _told(result: CheckResult) -> str:
    """Return outcome and reason of a result in one sentence."""
    wrong = result.mismatch
    reason = result.message or (f"{wrong.label}{wrong.at} is {wrong.yours}, not {wrong.expected}" if wrong else "")
    return f"{result.outcome}: {' '.join(reason.split())}".rstrip(": ")


def _line(result: CheckResult) -> int:
    return result.where.line if result.where and result.where.line else 1
