"""`grade author`: what an instructor works with. new starts a unit, build makes stubs, audit proves all is in order.

Exit codes: 0 done and nothing found, 1 the audit found something, 2 the command or the course is wrong.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader import language
from grader.cli.grading import with_jobs
from grader.cli.terminal import look, terminal
from grader.cli.wish import processors

if TYPE_CHECKING:
    from grader.author.findings import Finding
    from grader.author.survivors import Fates
    from grader.author.trial import Audited
    from grader.course.course import Course
    from grader.course.unit import Unit
    from grader.report.page import Page


@click.group()
def author() -> None:
    """Write a course: start a unit, make its stub, audit it."""


@author.command()
@click.argument("name")
@click.argument("title")
@look()
def new(name: str, title: str) -> int:
    """Start a unit with NAME, like u09_dropout, and TITLE.

    Writes a solution, its misconceptions, its checks and the stub: small ones that pass the audit as they are. No
    existing file is touched; a course that has no .gitignore or .vscode gets them.
    """
    from grader.author import scaffold

    written = scaffold.new(scaffold.course_at(Path.cwd()), name, title)
    key = name.partition("_")[0]
    page = _page()
    _written(page, written)
    page.gap()
    page.labelled("Next", "Write your own in these files. Then make the stub again, and audit the unit:")
    page.parts(6, f"grade author build {key}")
    page.parts(6, f"grade author audit {key}")
    terminal().say(page.text())
    return 0


@author.command()
@click.argument("units", nargs=-1, metavar="[UNIT]...")
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Write them there, in the language spoken."
)
@look()
def build(units: tuple[str, ...], to: Path | None) -> int:
    """Make the stubs of all units, or of UNIT.

    They are made from the solutions. Only files that change are written. The course's own are English; with --to they
    are in the language of --lang, where the unit has a translation.
    """
    from grader.author import stubs
    from grader.course.course import Course

    course = Course.find(Path.cwd())
    chosen = [course.read(name) for name in _names(course, units) or course.names]
    written = stubs.build(course, chosen, language.chosen(), to) if to else stubs.build(course, chosen)
    page = _page()
    _written(page, written)
    if not written:
        page.parts(0, f"{_count(len(chosen), 'stub')} up to date")
    terminal().say(page.text())
    return 0


@author.command()
@click.argument("code", metavar="CODE")
@click.argument("units", nargs=-1, metavar="[UNIT]...")
@look()
def translate(code: str, units: tuple[str, ...]) -> int:
    """Bring translations up to date, to be filled in.

    Those of all units, or of UNIT. They stand in solutions/CODE/UNIT.toml: each English text, and what it is in that
    language. A text that is new gets an empty entry in its place. What nothing says any more goes to the end of the
    file; delete it once it was used.
    """
    from grader.author import written as texts
    from grader.course.course import Course
    from grader.submission.files import shown

    course = Course.find(Path.cwd())
    page = _page()
    for name in _names(course, units) or course.names:
        path, left, lost = texts.renew(course.read(name), code)
        rest = f", {_count(lost, 'text')} left over" if lost else ""
        page.parts(0, f"{shown(path)}: {_count(left, 'text')} to translate{rest}")
    terminal().say(page.text())
    return 0


@author.command()
@look()
def manifest() -> int:
    """Write what a release needs that leaves solutions out.

    Answers that were computed once are found by the contents of solutions, misconceptions and hidden checks. Where
    these files are missing, their digests in manifest.json, beside the checks, stand for them. Nothing else needs it.
    """
    from grader.author import manifests
    from grader.course.course import Course
    from grader.course.manifest import NAME
    from grader.submission.files import shown

    course = Course.find(Path.cwd())
    changed = manifests.write(course)
    page = _page()
    page.parts(0, f"{'Wrote' if changed else 'Up to date:'} {shown(course.checks / NAME)}")
    terminal().say(page.text())
    return 0


@author.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--fresh", is_flag=True, help="Try all anew: believe nothing that was kept.")
@with_jobs
@look()
def audit(targets: tuple[str, ...], fresh: bool, jobs: int | None) -> int:
    """Prove that the course keeps the rules, or each TARGET.

    A TARGET is a unit like u05, or an exercise like u05.softmax. The solution passes, the untouched stub is all TODO,
    every misconception runs, fails a check and is told from the others, stubs are fresh, every answer has a region and
    hints, every check says what it claims. The exit code is 1 if anything is found. Exercises that were clean are not
    tried again before something changes that they depend on.
    """
    from grader.author import audit as audits
    from grader.course.course import Course

    course = Course.find(Path.cwd())
    meant = _targets(course, targets)
    readable, findings = audits.read_units(course, list(meant))
    some = _require_known(readable, meant)
    findings += audits.audit(
        course, readable, exercises=some, jobs=jobs or processors(), fresh=fresh, progress=_audited
    )
    return _found(findings)


@author.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--write", is_flag=True, help="Write what was counted to docs/mutants.md, a row an exercise.")
@with_jobs
@look()
def mutants(targets: tuple[str, ...], write: bool, jobs: int | None) -> int:
    """List the small slips in the answers that no check notices.

    In all answers, or those of each TARGET, like u05 or u05.softmax: operators, constants, axes, off by one, terms left
    out. One slip at a time, each graded like a learner's file, on all processors; that takes minutes. What is as good
    as the solution stands in solutions/mutants, with a reason. The exit code is 1 if any other survives.
    """
    from grader.author import equivalents, mutantpage, survivors
    from grader.author import mutants as slips
    from grader.course.course import Course
    from grader.pool import Pool
    from grader.submission.files import shown

    course = Course.find(Path.cwd())
    meant = _targets(course, targets)
    units = [course.read(name) for name in meant or course.names]
    some = _require_known(units, meant)
    findings: list[Finding] = []
    tallies: list[Fates] = []
    with Pool(course, [unit.name for unit in units], jobs or processors()) as pool:
        for unit in units:
            names = [one.name for one in unit.exercises if not meant.get(unit.name) or one.id in some]
            for tally, found in survivors.judge(pool, unit, names):
                tallies.append(tally)
                findings += found
                _tallied(tally)
            findings += equivalents.unfit(unit, slips.mutants(unit))
    if write:
        mutantpage.write(course, tallies)
        terminal().say(f"Wrote {shown(course.mutants_page)}")
    return _found(findings)


def _found(findings: "Sequence[Finding]") -> int:
    """Show findings and return the exit code."""
    terminal().say("\n")
    page = _page()
    for found in findings:
        _finding(page, found)
    page.parts(0, _count(len(findings), "finding") if findings else "No findings")
    terminal().say(page.text())
    return 1 if findings else 0


def _names(course: "Course", given: Sequence[str]) -> list[str]:
    """Return the names of units given by name or key. Raises UsageError."""
    from grader.errors import UsageError

    names = {key: name for name in course.names for key in (name, name.partition("_")[0])}
    for word in given:
        if word not in names:
            raise UsageError(f"No unit is called {word!r}. There is: {', '.join(course.names)}.")
    return list(dict.fromkeys(names[word] for word in given))


def _targets(course: "Course", given: Sequence[str]) -> dict[str, set[str]]:
    """Return the units that are meant, in their order, each with the exercises that are; none for all of it."""
    found: dict[str, set[str] | None] = {}
    for word in given:
        unit, _, exercise = word.partition(".")
        (name,) = _names(course, [unit])
        there = found.setdefault(name, set())
        found[name] = None if not exercise or there is None else there | {exercise}
    return {name: found[name] or set() for name in course.names if name in found}


def _require_known(units: Iterable["Unit"], meant: dict[str, set[str]]) -> set[str]:
    """Return the ids of the exercises that are meant. Raises UsageError for a name that no exercise has."""
    from grader.errors import UsageError

    ids = set()
    for unit in units:
        for name in sorted(meant.get(unit.name, ())):
            if name not in {one.name for one in unit.exercises}:
                raise UsageError(
                    f"No exercise of {unit.name} is called {name!r}. "
                    f"There is: {', '.join(one.name for one in unit.exercises)}."
                )
            ids.add(f"{unit.key}.{name}")
    return ids


def _page() -> "Page":
    from grader.report.page import Page

    return Page(terminal().style)


def _written(page: "Page", paths: Iterable[Path]) -> None:
    from grader.submission.files import shown

    for path in paths:
        page.parts(0, f"Wrote {shown(path)}")


def _audited(done: "Audited") -> None:
    """Say in one line what was counted for an exercise."""
    page = _page()
    columns = (0, 0) if page.style.plain else (28, 9)
    caught = f"{done.caught} of {_count(done.misconceptions, 'misconception')} caught" if done.misconceptions else ""
    page.parts(0, done.exercise.ljust(columns[0]), _count(done.checks, "check").ljust(columns[1]), caught)
    terminal().say(page.text())


def _tallied(done: "Fates") -> None:
    """Say in one line what became of the mutants of an exercise."""
    from grader.author.survivors import CAUGHT, EQUAL, SURVIVED

    page = _page()
    columns = (0, 0) if page.style.plain else (28, 12)
    caught = f"{done.count(CAUGHT)} of {done.count(CAUGHT, SURVIVED)} caught"
    equal = f"{done.count(EQUAL)} as good" if done.count(EQUAL) else ""
    total = _count(done.count(), "mutant")
    page.parts(0, done.exercise.ljust(columns[0]), total.ljust(columns[1]), caught, equal)
    terminal().say(page.text())


def _finding(page: "Page", found: "Finding") -> None:
    from grader.submission.files import shown

    page.parts(0, f"{shown(found.file)}:{found.line}")
    page.say(f"{found.exercise or found.unit}: {found.message}" if found.unit else found.message)
    page.gap()


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
