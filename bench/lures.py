"""Programs that lure a false name, made by machine for every misconception: is what is said of them true?

    python -m bench.lures [UNIT...] [--sample N] [--part K/N] [--slips N] [--pairs N] [--list]

For each misconception, in real workers: its mistake in other completions, which must be named by it or by nothing; and
programs that are like it and are not, which it must not explain (`bench.wrong.lures` says how they are made). Idle
programs of each exercise are graded as well. Siblings and the solution's mutants are in `bench.diagnosis`. With
`--pairs N` there is nothing but every Nth pair of misconceptions in two answers of an exercise, made at once: one of
the two is named, or nothing.

A name is true where the program behaves like the misconception: under two seeds that no diagnosis sees, under every
check that the misconception fails, past the first wrong number, on the solution or on a base. A program with one slip
more may have both mistakes; then the name is of one of the two where it comes again under another seed.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.wrong.ground import Ground
from bench.wrong.lures import Lure, Maker, pairs
from bench.wrong.retest import behaves_like, still_named
from grader.author.idle import Changed, IdleBench
from grader.author.nothings import KINDS
from grader.author.source import read
from grader.course.course import Course
from grader.course.declarations import Exercise
from grader.diagnose import cause, listing
from grader.errors import GraderError
from grader.judging.judge import Judge, Verdict
from grader.model import UNDONE
from grader.session import Session

ROOT = Path(__file__).resolve().parent.parent
HEAD = (
    "| unit | misconceptions | right: programs | named by it | no name | another, and true | falsely named "
    "| wrong: programs | no name | true | one of two mistakes | falsely named | without a near one |\n"
    + "|---" * 13
    + "|"
)
TWO = "one slip more"  # the kind of lure that may well have two mistakes


@dataclass
class Score:
    """What came of the lures of one unit."""

    misconceptions: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    alone: list[str] = field(default_factory=list)

    def row(self, unit: str) -> str:
        """Return a unit's line."""
        right, wrong = self.right, self.wrong
        cells = (
            unit, self.misconceptions,
            right.total(), right["named"], right["silent"], right["true"], right["false"],
            wrong.total(), wrong["silent"], wrong["true"], wrong["both"], wrong["false"], len(self.alone),
        )  # fmt: skip
        return f"| {' | '.join(map(str, cells))} |"


def graded(ground: Ground, lure: Lure) -> tuple[str, str, bool]:
    """Return what came of a lure, what was said, and whether it fails a check together with the misconception.

    The outcomes are pass, silent (also where a relation was found), named (by its own), true, both (of two mistakes one
    is named, and explains the same checks under another seed) and false.
    """
    unit = ground.unit
    exercise = next(one for one in unit.exercises if one.id == lure.of.exercise)
    items, judge = ground.items(exercise), Judge(ground.course, unit, timeout=ground.limit(exercise))
    with ground.learner(lure.text) as (candidate, found):
        try:
            verdicts: list[Verdict] = [judge.check(item, candidate, found) for item in items]
        except GraderError as error:
            return "silent", str(error)[:100], False
        failed = {
            item.id for item, verdict in zip(items, verdicts, strict=True) if verdict.result.outcome not in UNDONE
        }
        if not failed:
            return "pass", "", False
        normal = Judge(ground.course, unit)
        near = bool(failed & ground.fails(lure.of, items))
        said = cause.causes(normal, items, verdicts, candidate)
        names = [one.misconception for one in said.values() if one.misconception]
        if not names:
            return "silent", " ".join(one.says for one in said.values())[:100], near
        if lure.right and names[0] == lure.of.name:
            return "named", names[0], near
        if lure.other and names[0] in (lure.of.name, lure.other.name):
            return "both", names[0], near
        if behaves_like(ground, names[0], items, candidate):
            return "true", names[0], near
        both = lure.kind == TWO and still_named(ground, names[0], items, candidate, found)
        return ("both" if both else "false"), names[0], near


def idle_programs(ground: Ground, exercise: Exercise, score: Score, *, every: bool) -> None:
    """Grade the programs that do nothing."""
    unit, items = ground.unit, ground.items(exercise)
    judge, source = Judge(ground.course, unit), read(unit.solution)
    names = [region.name for answer in exercise.answers for region in source.regions_of(answer)]
    bench = IdleBench(judge, source, [])
    for kind, make in KINDS.items():
        with closing(Changed(bench, dict.fromkeys(names, make))) as candidate:
            try:
                verdicts = [judge.check(item, candidate) for item in items]
                said = cause.causes(judge, items, verdicts, candidate)
            except GraderError:
                continue
            named = [one.misconception for one in said.values() if one.misconception]
            true = bool(named) and behaves_like(ground, named[0], items, candidate)
        outcome = "true" if true else "false" if named else "silent"
        score.wrong[outcome] += 1
        if every or outcome != "silent":
            print(f"    {outcome:7s} idle: {kind:14s} {exercise.id} {' '.join(named)}", flush=True)


def pairs_of(ground: Ground, given: argparse.Namespace, score: Score, maker: Maker) -> Score:
    """Grade programs with two mistakes that have names."""
    for one, other in pairs(listing.misconceptions(ground.unit), given.pairs):
        outcome, said, _ = graded(ground, maker.both(one, other))
        if outcome != "pass":
            score.wrong[outcome] += 1
        if given.list or outcome in ("false", "true"):
            print(f"    {outcome:7s} {one.name} and {other.name}: {said}", flush=True)
    return score


def unit_lures(ground: Ground, given: argparse.Namespace) -> Score:
    """Grade the lures of one unit, or of a part of its misconceptions."""
    score, maker = Score(), Maker(ground.unit)
    if given.pairs:
        return pairs_of(ground, given, score, maker)
    part, parts = map(int, given.part.split("/"))
    ones = listing.misconceptions(ground.unit)[:: given.sample][part - 1 :: parts]
    near: defaultdict[str, int] = defaultdict(int)
    for one in ones:
        score.misconceptions += 1
        near[one.name] += 0
        for lure in (*maker.right(one), *maker.wrong(one, given.slips)):
            outcome, said, close = graded(ground, lure)
            if outcome == "pass":
                continue
            (score.right if lure.right else score.wrong)[outcome] += 1
            near[one.name] += close and not lure.right and outcome != "true"
            if (
                given.list
                or outcome in ("false", "true")
                or (lure.right and lure.kind == "rewritten" != outcome == "silent")
            ):
                print(f"    {outcome:7s} {lure.kind:20s} {one.name}: {said}", flush=True)
    score.alone = [name for name, count in near.items() if not count]
    if part == 1:
        for exercise in ground.unit.exercises:
            idle_programs(ground, exercise, score, every=given.list)
    return score


def main() -> None:
    """Grade them all; a line is printed as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("units", nargs="*")
    parser.add_argument("--sample", type=int, default=1, help="every Nth misconception")
    parser.add_argument("--part", default="1/1", help="the Kth of N parts, so that a unit can be done in pieces")
    parser.add_argument("--slips", type=int, default=2, help="how many programs with one slip more")
    parser.add_argument("--pairs", type=int, default=0, help="programs with two mistakes: every Nth pair")
    parser.add_argument("--list", action="store_true", help="print every program")
    given = parser.parse_args()
    course = Course.find(ROOT)
    scores: dict[str, Score] = {}
    with Session(course) as session, tempfile.TemporaryDirectory() as folder:
        for unit in course.units:
            if not given.units or unit.key in given.units:
                scores[unit.key] = unit_lures(Ground(session, unit, Path(folder)), given)
                print(scores[unit.key].row(unit.key), flush=True)
                print("without a near one:", *scores[unit.key].alone, flush=True)
    print("\n".join([HEAD, *(score.row(key) for key, score in scores.items())]))
    sys.exit(any(score.right["false"] + score.wrong["false"] for score in scores.values()))


if __name__ == "__main__":
    main()
