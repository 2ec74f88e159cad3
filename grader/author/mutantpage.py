"""The page that says how many mutants of the solutions are caught: `docs/mutants.md`, made by a full pass."""

import re
from collections.abc import Iterable, Iterator, Sequence

from grader.author import equivalents
from grader.author.equivalents import normal
from grader.author.findings import Finding
from grader.author.mutants import Mutant
from grader.author.slips import KINDS
from grader.author.survivors import CAUGHT, EQUAL, SURVIVED, Tally
from grader.course import Course, Unit

ROW = re.compile(r"\| (?P<exercise>[\w.]+) \| (?P<mutants>\d+) \| (?P<equal>\d+) \|.*")
INTRODUCTION = """\
# Mutants

Made by `grade author mutants --write`, which takes minutes. `grade author audit` compares the first two columns with
the solutions and the lists as they are, since that costs nothing; whether the checks still catch as many, only a new
run says.

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


def page(tallies: Sequence[Tally]) -> str:
    """Return the page for the tallies of a whole course."""
    head = (
        "| {} | mutants | as good as the solution | caught | survived | share caught |\n|---|---:|---:|---:|---:|---:|"
    )
    exercises = [
        head.format("exercise"),
        *(_row(tally.exercise, [tally]) for tally in tallies),
        _row("**all**", tallies),
    ]
    kinds = [head.format("kind of slip"), *(_row(kind, tallies, kind) for kind in KINDS)]
    return "\n".join([INTRODUCTION, "## Exercises", "", *exercises, "", "## Kinds", "", *kinds, ""])


def _row(name: str, tallies: Iterable[Tally], kind: str = "") -> str:
    tallies = list(tallies)
    equal, caught, survived = (sum(one.count(fate, kind=kind) for one in tallies) for fate in (EQUAL, CAUGHT, SURVIVED))
    share = f"{share_of(caught, survived)} %" if caught + survived else ""
    return f"| {name} | {equal + caught + survived} | {equal} | {caught} | {survived} | {share} |"


def share_of(caught: int, survived: int) -> str:
    """Return a share in per cent, cut off after one decimal: 100.0 is all."""
    tenths = 1000 * caught // (caught + survived)
    return f"{tenths // 10}.{tenths % 10}"


def stale(course: Course, unit: Unit, made: Iterable[Mutant]) -> Iterator[Finding]:
    """Find rows of a unit that are no longer right. made: its mutants. No page is no mistake. Raises CourseError."""
    if not course.mutants_page.exists():
        return
    matches = map(ROW.fullmatch, course.mutants_page.read_text(encoding="utf-8").splitlines())
    rows = {row["exercise"]: (int(row["mutants"]), int(row["equal"])) for row in matches if row}
    reasons = {entry.mutant for entry in equivalents.listed(unit)}
    counts = {exercise.id: [0, 0] for exercise in unit.exercises}
    for mutant in made:
        counts[mutant.exercise.id][0] += 1
        counts[mutant.exercise.id][1] += normal(mutant.name) in reasons
    wrong = [name for name, pair in counts.items() if rows.get(name) != tuple(pair)]
    if wrong:
        message = f"the rows of {', '.join(wrong)} are not up to date: run `grade author mutants --write`."
        yield Finding(unit.name, "", course.mutants_page, 1, message)
