"""The page that says how many mutants of the solutions are caught: `docs/mutants.md`, made by a full pass."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from grader.author import equivalents
from grader.author.equivalents import normal
from grader.author.findings import Finding
from grader.author.mutants import Mutant
from grader.author.slips import KINDS
from grader.author.survivors import CAUGHT, EQUAL, SURVIVED, Fates
from grader.course.course import Course
from grader.course.unit import Unit

ROW = re.compile(
    r"\| (?P<exercise>\w+\.\w+) \| (?P<mutants>\d+) \| (?P<equal>\d+) \| (?P<caught>\d+) \| (?P<survived>\d+) \|.*"
)
HEAD = "| {} | mutants | as good as the solution | caught | survived | share caught |\n|---|---:|---:|---:|---:|---:|"
KINDS_HEADING = "## Kinds"
KINDS_SAY = "Counted in the last pass over the whole course."
INTRODUCTION = """\
# Mutants

Made by `grade author mutants --write`, which takes minutes; `grade author mutants u14 --write` renews the rows of one
unit. `grade author audit` compares the first two columns with the solutions and the lists as they are, since that costs
nothing; whether the checks still catch as many, only a new run says. A unit without any row here was never tried.

A mutant is a solution with one small slip in one answer: another operator, a constant one too large, a term left out,
the wrong axis. Each is judged like a learner's file, in confined workers, by the checks of the exercise that the answer
belongs to, and if those pass, by the rest of the unit's. A mutant that they all pass is a hole in the checks, unless it
is as good as the solution. Those that are stand in `solutions/mutants/`, each with the reason; they must pass the
checks of their exercise, and are not counted in the share.

A survivor is shown with its file, line and name, like `softmax: p = scores.max(axis={1 -> 0})`: the answer, and what
was changed in which statement. Can a learner's code be wrong in this way? Then add a check whose inputs make it loud.
If it keeps the contract on all inputs, list it:

```toml
[[equivalent]]
why = "a square has no sign."
mutants = ["mse_loss: gap = {p - y -> y - p}"]
```

The name is the whole name, as `grade author mutants --plain` prints it on one line; line breaks in it do not matter. It
changes when the statement changes, and then the audit asks for the new one; edits elsewhere do not touch it.
"""


class Counts(NamedTuple):
    """How many mutants are as good as the solution, how many a check caught, and how many survived."""

    equal: int
    caught: int
    survived: int

    @classmethod
    def of(cls, tallies: Iterable[Fates], kind: str = "") -> Self:
        """Return those of some exercises, of one kind of slip or of all."""
        tallies = list(tallies)
        return cls(*(sum(one.count(fate, kind=kind) for one in tallies) for fate in (EQUAL, CAUGHT, SURVIVED)))


def write(course: Course, tallies: Sequence[Fates]) -> None:
    """Write the page; rows of exercises that were not tried now stay as they are, if they are of the course.

    The table of kinds counts whole courses only, so it is made again where all exercises were tried, or it is new.
    """
    path, kinds = course.mutants_page, _kinds(tallies)
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    known = _rows(old) | {one.exercise: Counts.of([one]) for one in tallies}
    rows = {exercise.id: known[exercise.id] for exercise in course.exercises if exercise.id in known}
    if old and len(tallies) < len(course.exercises):
        kinds = old[old.find(KINDS_HEADING) :]
    table = [HEAD.format("exercise"), *(_row(name, counts) for name, counts in rows.items())]
    total = _row("**all**", Counts(*map(sum, zip(*rows.values(), strict=True))))
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([INTRODUCTION, "## Exercises", "", *table, total, "", kinds]), encoding="utf-8")


def _kinds(tallies: Sequence[Fates]) -> str:
    rows = [_row(kind, Counts.of(tallies, kind)) for kind in KINDS]
    return "\n".join([KINDS_HEADING, "", KINDS_SAY, "", HEAD.format("kind of slip"), *rows, ""])


def _rows(text: str) -> dict[str, Counts]:
    """Return what a page says of exercises; a row that does not add up says nothing."""
    rows = [row for row in map(ROW.fullmatch, text.splitlines()) if row]
    counts = {row["exercise"]: Counts(*(int(row[name]) for name in Counts._fields)) for row in rows}
    return {row["exercise"]: one for row in rows if sum(one := counts[row["exercise"]]) == int(row["mutants"])}


def _row(name: str, counts: Counts) -> str:
    share = f"{share_of(counts.caught, counts.survived)} %" if counts.caught + counts.survived else ""
    return f"| {name} | {sum(counts)} | {counts.equal} | {counts.caught} | {counts.survived} | {share} |"


def share_of(caught: int, survived: int) -> str:
    """Return a share in per cent, cut off after one decimal: 100.0 is all."""
    tenths = 1000 * caught // (caught + survived)
    return f"{tenths // 10}.{tenths % 10}"


def stale(course: Course, unit: Unit, made: Iterable[Mutant]) -> Iterator[Finding]:
    """Find rows of a unit that are no longer right. made: its mutants. Raises CourseError.

    No page is no mistake, and neither is a unit that was never tried, as long as it is new.
    """
    if not course.mutants_page.exists():
        return
    rows = _rows(course.mutants_page.read_text(encoding="utf-8"))
    reasons = {entry.mutant for entry in equivalents.listed(unit)}
    counts = {exercise.id: [0, 0] for exercise in unit.exercises}
    for mutant in made:
        counts[mutant.exercise.id][0] += 1
        counts[mutant.exercise.id][1] += normal(mutant.name) in reasons
    there = {name: [sum(rows[name]), rows[name].equal] for name in counts if name in rows}
    wrong = [name for name, pair in counts.items() if there and there.get(name) != pair]
    if wrong:
        command = f"grade author mutants {unit.key} --write"
        message = f"the rows of {', '.join(wrong)} are not up to date: run `{command}`."
        yield Finding(unit.name, "", course.mutants_page, 1, message)
