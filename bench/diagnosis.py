"""How often a wrong answer gets its cause, and whether the cause is true: `python -m bench.diagnosis [UNIT...]`.

Two banks of wrong answers, each as a learner's file in real workers:

misconceptions   every misconception of every unit: the solution's text, the misconceptions' file below it, and a last
                 line that puts one of them in its place. It must be named, by its own name.
mutants          small slips, one at a time, made by machine in the answers of every solution (grader.author.mutants).
                 A cause that is named is asked again: other seeds, other numbers. If it does not hold there, it was
                 wrong. Relations of plain numbers are computed once more by other code than found them.

`--sample N` takes every Nth mutant, `--misconceptions` or `--mutants` one bank only, `--list` prints every case.
"""

import argparse
import contextlib
import math
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader import survey as surveys
from grader.author.mutants import Mutant, mutants
from grader.course import Course, Exercise, Unit
from grader.diagnose import forensics, listing, misconception
from grader.diagnose.case import Case
from grader.diagnose.forensics import Explained
from grader.diagnose.probe import Probe
from grader.diagnose.watch import Watcher
from grader.errors import GraderError
from grader.judge import Item, Judge, Verdict
from grader.model import UNDONE, Outcome
from grader.party import Learner
from grader.session import Session
from grader.survey import Survey

ROOT = Path(__file__).resolve().parent.parent
MARK = "from grader import misconception\n"
NO_MARK = "\n\ndef misconception(*_args, **_words):\n    return lambda wrong: wrong\n\n"
HELD_OUT = (9001, 9002, 9003)  # seeds that no diagnosis sees
OTHER_NUMBERS = ((11, 12, 13), (21, 22, 23))
LEAST_TIMEOUT, TIMES = 0.3, 6.0
PLENTY = 30.0


@dataclass
class Score:
    """What came of the wrong answers of one unit."""

    total: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def row(self, unit: str) -> str:
        """Return the line of the table."""
        count = self.outcomes
        graded = count["named"] + count["silent"] + count["wrongly named"]
        share = f"{100 * count['named'] / graded:.0f} %" if graded else ""
        cells = [unit, self.total, count["survived"], count["raises"], count["late"], graded]
        cells += [count["named"], share, count["silent"], count["wrongly named"]]
        return f"| {' | '.join(str(cell) for cell in cells)} |"


HEAD = (
    "| unit | mutants | pass all checks | raise | out of time | wrong answers | cause named | of these | silent "
    "| wrongly named |\n|---|---|---|---|---|---|---|---|---|---|"
)


class Ground:
    """One unit, a folder for a learner's file, and what judges it."""

    def __init__(self, session: Session, unit: Unit, folder: Path) -> None:
        self.session = session
        self.course = session.course
        self.unit = unit
        self._folder = folder
        self._limits: dict[str, float] = {}

    def items(self, exercise: Exercise) -> list[Item]:
        """The checks of an exercise."""
        return [item for item in self.session.items(self.unit) if item.exercise.name == exercise.name]

    @contextlib.contextmanager
    def learner(self, text: str) -> Iterator[tuple[Learner, Survey]]:
        """Yield a learner whose file has this text."""
        (self._folder / f"{self.unit.name}.py").write_text(text, encoding="utf-8")
        launcher = self.session.launcher(self.unit)
        found = surveys.survey(self.unit, self._folder, launcher)
        with contextlib.closing(Learner(self.unit, found, launcher)) as party:
            yield party, found

    def limit(self, exercise: Exercise) -> float:
        """Return the processor seconds a check gets here: six times what the solution's slowest one takes."""
        if exercise.id not in self._limits:
            judge = Judge(self.course, self.unit)
            with self.learner(self.unit.solution.read_text("utf-8")) as (party, found):
                taken = [judge.check(item, party, found).result.seconds for item in self.items(exercise)]
            self._limits[exercise.id] = max(LEAST_TIMEOUT, TIMES * max(taken))
        return self._limits[exercise.id]


def misconceptions_of(ground: Ground, *, every: bool) -> Score:
    """Put every misconception to its exercise as a learner's file."""
    score, unit = Score(), ground.unit
    judge = Judge(ground.course, unit)
    for one in listing.misconceptions(unit):
        exercise = next(exercise for exercise in unit.exercises if exercise.id == one.exercise)
        own = one.name.partition(".")[2]
        wrong = unit.misconceptions.read_text("utf-8").replace(MARK, NO_MARK)
        text = f"{unit.solution.read_text('utf-8')}\n{wrong}\n{one.replaces} = {own}\n"
        with ground.learner(text) as (party, found):
            items = ground.items(exercise)
            verdicts = [judge.check(item, party, found) for item in items]
            start = time.process_time()
            named = misconception.name(misconception.Bank(judge), items, verdicts)
            score.seconds.append(time.process_time() - start)
        score.total += 1
        said = named[1].misconception if named else ""
        outcome = "named" if said == one.name else "wrongly named" if said else "silent"
        score.outcomes[outcome] += 1
        if outcome != "named" or every:
            print(f"    {one.name}: {outcome} {said}", flush=True)
    return score


def mutants_of(ground: Ground, step: int, *, every: bool) -> Score:
    """Grade every `step`th mutant of a unit."""
    score = Score()
    for mutant in list(mutants(ground.unit))[::step]:
        score.total += 1
        outcome, said = _graded(ground, mutant, score)
        score.outcomes[outcome] += 1
        if outcome == "wrongly named":
            score.wrong.append(f"{mutant.name} (line {mutant.line}): {said}")
        if every or outcome == "wrongly named":
            print(f"    {outcome:14s} {mutant.name}: {said}", flush=True)
    return score


def _graded(ground: Ground, mutant: Mutant, score: Score) -> tuple[str, str]:
    """Return how a mutant ended, and what was said."""
    items = ground.items(mutant.exercise)
    judge = Judge(ground.course, ground.unit, timeout=ground.limit(mutant.exercise))
    with ground.learner(mutant.text) as (party, found):
        try:
            verdicts = _verdicts(judge, items, party, found)
        except GraderError as error:
            return "raises", str(error)
        index = forensics.first_failure(verdicts)
        if index < 0:
            return "survived", ""
        outcome = verdicts[index].result.outcome
        if outcome is not Outcome.FAIL:
            return ("late" if outcome is Outcome.TIMEOUT else "raises"), verdicts[index].result.message[:80]
        return _diagnosed(ground, items, verdicts, party, found, score)


def _verdicts(judge: Judge, items: Sequence[Item], party: Learner, found: Survey) -> list[Verdict]:
    verdicts: list[Verdict] = []
    for item in items:
        late = sum(verdict.result.outcome is Outcome.TIMEOUT for verdict in verdicts)
        if late > 1:
            break
        verdicts.append(judge.check(item, party, found))
    return verdicts


def _diagnosed(
    ground: Ground, items: Sequence[Item], verdicts: list[Verdict], party: Learner, found: Survey, score: Score
) -> tuple[str, str]:
    """Return what the diagnosis says of a wrong answer, and whether it holds with inputs that it has not seen."""
    judge, items = Judge(ground.course, ground.unit), items[: len(verdicts)]
    named = misconception.name(misconception.Bank(judge), items, verdicts)
    if named is not None:
        score.families["misconception"] += 1
        true = all(_still(ground, named[1].misconception, items, party, found, seed) for seed in HELD_OUT[:1])
        return ("named" if true else "wrongly named"), named[1].misconception
    start = time.process_time()
    explained = forensics.explain(judge, items, verdicts, party)
    score.seconds.append(time.process_time() - start)
    if explained is None:
        first = verdicts[forensics.first_failure(verdicts)].result
        wrong = first.mismatch
        said = f"{wrong.label}: {wrong.yours}, {wrong.expected}" if wrong else first.message
        return "silent", f"{first.id} {said}"
    others = [item for item, verdict in zip(items, verdicts, strict=True) if verdict.result.outcome is Outcome.FAIL]
    if explained.finding.key == ("again",):  # it was asked twice, and there is no more to it
        return "named", explained.finding.says
    trouble = _trouble(ground, explained, items[explained.index], others, party)
    score.families[str(explained.finding.key[0])] += 1
    return ("wrongly named" if trouble else "named"), f"{explained.finding.says} {trouble}"


def _still(ground: Ground, name: str, items: Sequence[Item], party: Learner, found: Survey, seed: int) -> bool:
    """Say whether a misconception explains the failures under another seed, too; where nothing fails, it cannot."""
    judge = Judge(ground.course, ground.unit, seed=seed)
    verdicts = [judge.check(item, party, found) for item in items]
    named = misconception.name(misconception.Bank(judge), items, verdicts)
    passed = all(verdict.result.outcome in UNDONE for verdict in verdicts)
    return passed or (named is not None and named[1].misconception == name)


def _trouble(ground: Ground, explained: Explained, item: Item, others: Sequence[Item], party: Learner) -> str:
    """Ask for the same relation with other seeds and other numbers; return where it does not hold."""
    rest = [other for other in others if other.id != item.id]
    for seed in (ground.course.seed, *HELD_OUT):
        for jitters in OTHER_NUMBERS:
            watcher = Watcher(ground.course, ground.unit, seed, party, PLENTY, heavy=True)
            case = Case(watcher, item, rest, jitters=jitters)
            if not case.comparable:
                continue  # with these inputs the mutant is right, or fails in another way
            again = explained.family(case)
            if again is None or _plain(again.key) != _plain(explained.finding.key):
                return f"[seed {seed}, numbers {jitters[0]}: {again.key if again else 'nothing'}]"
            bad = next((probe for probe in case.probes if not _holds(explained.finding.key, probe)), None)
            if bad is not None:
                return f"[seed {seed}: computed once more it does not hold: {bad.yours.values[:4]}]"
    return ""


def _plain(key: tuple[object, ...]) -> str:
    """Return a key without the numbers of single inputs: `Value(2.5)` is another one under another seed."""
    return re.sub(r"\((-?[\d.e+-]+)\)", "(*)", str(key))


def _holds(key: tuple[object, ...], probe: Probe) -> bool:
    """Compute the plain relations once more, with numpy and nothing of the diagnosis."""
    import numpy as np

    mine, theirs = np.asarray(probe.yours.values, float), np.asarray(probe.expected.values, float)
    if key[0] == "zero":
        return bool((mine == 0).all() and (theirs != 0).any())
    if key[0] == "factor" and len(key) == 2 and isinstance(key[1], float):
        return bool(np.allclose(mine, key[1] * theirs, rtol=1e-4, atol=1e-7 * abs(theirs).max()))
    if key[0] == "offset" and isinstance(key[1], float):
        return bool(np.allclose(mine - theirs, key[1], rtol=1e-3, atol=1e-6 * max(abs(theirs).max(), 1e-300)))
    if key[0] == "near":
        return bool(abs(mine - theirs).max() <= 3e-3 * abs(theirs).max())
    if key[0] == "constant":
        return bool(np.allclose(mine, float(str(key[1])), rtol=1e-4))
    return math.isfinite(probe.expected.size)


def main() -> None:
    """Grade both banks; a line is printed as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("units", nargs="*")
    parser.add_argument("--sample", type=int, default=1)
    parser.add_argument("--misconceptions", action="store_true")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--exercise", default="")
    given = parser.parse_args()
    both = given.misconceptions == given.mutants
    course = Course.find(ROOT)
    with Session(course) as session, tempfile.TemporaryDirectory() as folder:
        for unit in course.units:
            if given.units and unit.key not in given.units:
                continue
            ground = Ground(session, unit, Path(folder))
            if both or given.misconceptions:
                score = misconceptions_of(ground, every=given.list)
                print(f"{unit.key}: {score.outcomes['named']} of {score.total} misconceptions named; {_times(score)}")
            if both or given.mutants:
                score = mutants_of(ground, given.sample, every=given.list)
                print(f"{HEAD}\n{score.row(unit.key)}\n{dict(score.families.most_common())}; {_times(score)}")
    sys.stdout.flush()


def _times(score: Score) -> str:
    """Return what a diagnosis took, host only."""
    if not score.seconds:
        return ""
    ordered = sorted(score.seconds)
    return f"median {1000 * ordered[len(ordered) // 2]:.0f} ms, longest {1000 * ordered[-1]:.0f} ms of the host"


if __name__ == "__main__":
    main()
