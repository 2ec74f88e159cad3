"""How often a wrong answer gets its cause, whether the cause is true, and what that costs.

    python -m bench.diagnosis [UNIT...] [--sample N] [--misconceptions | --mutants | --first] [--list] [--write]

Two banks of wrong answers, each as a learner's file in real workers:

misconceptions   every misconception of every unit: the solution's text, the misconception's file below it, and a last
                 line that puts one of them in its place. It must be named, by its own name.
mutants          small slips, one at a time, made by machine in the answers of every solution (grader.author.mutants).
                 A cause that is named is asked again: other seeds, other numbers. If it does not hold there, it was
                 wrong. Relations of plain numbers are computed once more by other code than found them.

first            every misconception is graded three times by a copy of the course that was never used before. Of its
                 first and third report nothing may differ but seconds. Done only where it is asked for.

A wrong answer whose check fails with a sentence of the check's author is counted apart: that sentence is the cause.
`--write` puts the tables into docs/diagnosis.md.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.wrong import first
from bench.wrong.ground import Ground, Metered, file_of
from bench.wrong.retest import still_named, trouble
from grader.author.mutants import Mutant, mutants
from grader.course.course import Course
from grader.diagnose import cause, forensics, listing, misconception
from grader.diagnose.known import Bank
from grader.errors import GraderError
from grader.judging.answers import says_nothing_came
from grader.judging.judge import Item, Judge, Verdict
from grader.model import CheckResult, Outcome
from grader.session import Session
from grader.submission.scanned import Scanned

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "diagnosis.md"
START, END = "<!-- bench.diagnosis writes from here -->", "<!-- to here -->"
BANK_HEAD = (
    "| unit | misconceptions | named | silent | wrongly named | cost, median | worst |\n|---|---|---|---|---|---|---|"
)
HEAD = (
    "| unit | mutants | pass | raise | out of time | wrong answers | misconception | relation | the check's sentence "
    "| with a cause | numbers only | wrongly named | cost, median | worst |\n" + "|---" * 14 + "|"
)
CAUSED = ("misconception", "relation", "sentence")
WRONG = (*CAUSED, "silent", "wrongly named")


@dataclass
class Score:
    """What came of the wrong answers of one unit. seconds: what the diagnosis took, each time."""

    total: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    families: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.total + other.total,
            self.outcomes + other.outcomes,
            self.families + other.families,
            self.seconds + other.seconds,
        )

    def bank_row(self, unit: str) -> str:
        """Return a unit's line of the table of misconceptions."""
        count = self.outcomes
        return _row(unit, self.total, count["named"], count["silent"], count["wrongly named"], *self._times())

    def row(self, unit: str) -> str:
        """Return a unit's line of the table of mutants."""
        count = self.outcomes
        wrong, caused = sum(count[name] for name in WRONG), sum(count[name] for name in CAUSED)
        share = f"{caused} ({100 * caused / wrong:.0f} %)" if wrong else ""
        ended = [count[name] for name in ("pass", "raise", "late")]
        kinds = [count[name] for name in CAUSED]
        last = (share, count["silent"], count["wrongly named"], *self._times())
        return _row(unit, self.total, *ended, wrong, *kinds, *last)

    def _times(self) -> tuple[str, str]:
        ordered = sorted(self.seconds) or [0.0]
        return f"{1000 * ordered[len(ordered) // 2]:.0f} ms", f"{1000 * ordered[-1]:.0f} ms"


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def misconceptions_of(ground: Ground, step: int, *, every: bool) -> Score:
    """Put every `step`th misconception to its exercise as a learner's file."""
    score, unit = Score(), ground.unit
    judge = Judge(ground.course, unit)
    for one in listing.misconceptions(unit)[::step]:
        exercise = next(exercise for exercise in unit.exercises if exercise.id == one.exercise)
        with ground.learner(file_of(unit, one)) as (candidate, found):
            items = ground.items(exercise)
            verdicts = [judge.check(item, candidate, found) for item in items]
            cause.causes(judge, items, verdicts, candidate)  # from here on it is known what ours do
            score.seconds.append(_cost(judge, items, verdicts, candidate))
            found_out = cause.causes(judge, items, verdicts, candidate).values()
        score.total += 1
        said = next((one.misconception for one in found_out if one.misconception), "")
        outcome = "named" if said == one.name else "wrongly named" if said else "silent"
        score.outcomes[outcome] += 1
        if outcome != "named" or every:
            print(f"    {one.name}: {outcome} {said}", flush=True)
    return score


def _cost(judge: Judge, items: Sequence[Item], verdicts: Sequence[Verdict], candidate: Metered) -> float:
    """Return the processor seconds of all of the diagnosis, the host's and the worker's, when what ours do is known.

    The better of two, since other programs make a processor slower. Seconds on the clock are a little more: the two
    wait for each other.
    """
    taken = []
    for _ in range(2):
        start = time.process_time() + candidate.seconds
        cause.causes(judge, items, verdicts, candidate)
        taken.append(time.process_time() + candidate.seconds - start)
    return min(taken)


def mutants_of(ground: Ground, step: int, *, every: bool) -> Score:
    """Grade every `step`th mutant of a unit."""
    score = Score()
    for mutant in list(mutants(ground.unit))[::step]:
        score.total += 1
        before = len(score.seconds)
        outcome, said = _graded(ground, mutant, score)
        score.outcomes[outcome] += 1
        if every or outcome == "wrongly named":
            taken = f"{1000 * score.seconds[-1]:.0f} ms" if len(score.seconds) > before else ""
            print(f"    {outcome:14s} {taken:7s} {mutant.name}: {said}", flush=True)
    return score


def _graded(ground: Ground, mutant: Mutant, score: Score) -> tuple[str, str]:
    """Return how a mutant ended, and what was said."""
    items = ground.items(mutant.exercise)
    judge = Judge(ground.course, ground.unit, timeout=ground.limit(mutant.exercise))
    with ground.learner(mutant.text) as (candidate, found):
        try:
            verdicts = _verdicts(judge, items, candidate, found)
        except GraderError as error:
            return "raise", str(error)
        index = misconception.first_failure(verdicts)
        if index < 0:
            return "pass", ""
        outcome = verdicts[index].result.outcome
        if outcome is not Outcome.FAIL:
            return ("late" if outcome is Outcome.TIMEOUT else "raise"), verdicts[index].result.message[:80]
        return _diagnosed(ground, items, verdicts, candidate, found, score)


def _verdicts(judge: Judge, items: Sequence[Item], candidate: Metered, found: Scanned) -> list[Verdict]:
    verdicts: list[Verdict] = []
    for item in items:
        late = sum(verdict.result.outcome is Outcome.TIMEOUT for verdict in verdicts)
        if late > 1:
            break
        verdicts.append(judge.check(item, candidate, found))
    return verdicts


def _diagnosed(
    ground: Ground, items: Sequence[Item], verdicts: list[Verdict], candidate: Metered, found: Scanned, score: Score
) -> tuple[str, str]:
    """Return what the diagnosis says of a wrong answer, and whether it holds with inputs that it has not seen."""
    judge, items = Judge(ground.course, ground.unit), items[: len(verdicts)]
    shown = misconception.first_failure(verdicts)
    if says_nothing_came(verdicts[shown].result.message):
        return "sentence", f"{items[shown].id}: nothing was returned"
    with closing(forensics.watcher(judge, candidate, items, verdicts)) as watcher:
        named = misconception.name(Bank(judge), items, verdicts, watcher)
        explained = None if named else forensics.explain(watcher, items, verdicts)
    score.seconds.append(_cost(judge, items, verdicts, candidate))
    if named is not None:
        true = still_named(ground, named[1].misconception, items, candidate, found)
        return ("misconception" if true else "wrongly named"), named[1].misconception
    if explained is None:
        return _unexplained(verdicts[shown].result)
    score.families[str(explained.finding.key[0])] += 1
    if explained.finding.key == ("again",):  # it was asked twice, and there is no more to it
        return "relation", explained.finding.says
    others = [item for item, verdict in zip(items, verdicts, strict=True) if verdict.result.outcome is Outcome.FAIL]
    wrong = trouble(ground, explained, items[explained.index], others, candidate)
    return ("wrongly named" if wrong else "relation"), f"{explained.finding.says} {wrong}"


def _unexplained(result: CheckResult) -> tuple[str, str]:
    """Tell a sentence that the check's author wrote, or a missing exception, from numbers that differ."""
    wrong = result.mismatch
    if wrong is None or wrong.problem == "exception":
        said = f"{wrong.label}: {wrong.yours}, and {wrong.expected} is expected" if wrong else result.message
        return "sentence", f"{result.id} {said}"
    return "silent", f"{result.id} {wrong.label}: {wrong.yours}, {wrong.expected}"


def main() -> None:
    """Grade both banks; a line is printed as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("units", nargs="*")
    parser.add_argument("--sample", type=int, default=1, help="every Nth of them")
    parser.add_argument("--misconceptions", action="store_true", help="this bank only")
    parser.add_argument("--mutants", action="store_true", help="this bank only")
    parser.add_argument("--first", action="store_true", help="the first report beside the third, and nothing else")
    parser.add_argument("--list", action="store_true", help="print every case")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    given = parser.parse_args()
    both = given.misconceptions == given.mutants
    course = Course.find(ROOT)
    units = [unit for unit in course.units if not given.units or unit.key in given.units]
    if given.first:
        sys.exit(sum(first.run(course, unit, given.sample) for unit in units) > 0)
    known: dict[str, Score] = {}
    slips: dict[str, Score] = {}
    with Session(course) as session, tempfile.TemporaryDirectory() as folder:
        for unit in units:
            ground = Ground(session, unit, Path(folder))
            if both or given.misconceptions:
                known[unit.key] = misconceptions_of(ground, given.sample, every=given.list)
                print(known[unit.key].bank_row(unit.key), flush=True)
            if both or given.mutants:
                slips[unit.key] = mutants_of(ground, given.sample, every=given.list)
                print(f"{slips[unit.key].row(unit.key)} {dict(slips[unit.key].families.most_common())}", flush=True)
    text = _tables(known, slips)
    print(text)
    if given.write:
        _write(text)
    sys.exit(any(score.outcomes["wrongly named"] for score in (*known.values(), *slips.values())))


def _tables(known: dict[str, Score], slips: dict[str, Score]) -> str:
    """Return both tables, with a line for all units, and how often each family of relations was the one."""
    parts = []
    if known:
        rows = [score.bank_row(unit) for unit, score in known.items()]
        parts.append("\n".join([BANK_HEAD, *rows, sum(known.values(), Score()).bank_row("all")]))
    if slips:
        whole = sum(slips.values(), Score())
        parts.append("\n".join([HEAD, *(score.row(unit) for unit, score in slips.items()), whole.row("all")]))
        parts.append("Relations by family: " + ", ".join(f"{k} {n}" for k, n in whole.families.most_common()) + ".")
    return "\n\n".join(parts)


def _write(text: str) -> None:
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
