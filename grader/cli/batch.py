"""`grade batch SUBMISSIONS`: grade a class, a report a learner and a page for all."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli import mishap
from grader.cli.ci import TAKES, TOTAL
from grader.cli.grading import chosen, shut_in, with_edges, with_jobs
from grader.cli.secret import given, with_seed
from grader.cli.terminal import Positive, Terminal, look, terminal
from grader.cli.wish import Wish
from grader.language import chosen as spoken
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.batch.run import Class, Tally
    from grader.batch.summary import Summary
    from grader.batch.task import Plan

BAR, TENTHS, REDRAW_SECONDS = 20, 10, 0.2
MOST_NAMED = 10
EXPORT = "Also write what was graded in folders for JPlag or Dolos."


@click.command()
@click.argument("submissions", metavar="SUBMISSIONS")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--out", metavar="DIR", required=True, help="The folder for reports and summary; it is made if need be.")
@click.option("--roster", metavar="CSV", help="Who is in the class: tells who handed in nothing, and who is unknown.")
@with_seed
@click.option("--timeout", type=Positive(float), metavar="S", help="Seconds a check may compute.")
@click.option("--total", type=Positive(float), metavar="S", default=TOTAL, show_default=True, help=TAKES)
@with_jobs
@with_edges
@shut_in("confined")
@click.option("--show-hidden", is_flag=True, help="Show what hidden checks ask; for instructors only.")
@click.option("--export-sources", metavar="DIR", help=EXPORT)
@look()
def batch(submissions: str, out: str, roster: str | None, export_sources: str | None, **options: Any) -> int:
    """Grade a class: a submission a learner.

    In SUBMISSIONS lies a folder, zip or tar for each learner, or what a platform exported. All exercises, or the
    targets. Writes DIR/reports/LEARNER.json, as `grade ci` would, DIR/summary.csv and DIR/summary.json. Started again
    it goes on where it was stopped, and grades only what has changed.

    The exit code is 0 when every submission was graded, whatever its marks, 1 when one of them could not be, 3 when
    somebody of the roster handed in nothing, 2 and 4 as for `grade`, 130 after Ctrl-C.
    """
    from grader.batch.ledger import Ledger
    from grader.cli.place import Place

    folder, target = Path(submissions), Path(out)
    sources = Path(export_sources) if export_sources else None
    _require_apart(folder, [path for path in (target, sources) if path])
    hidden = options.pop("show_hidden")
    wish = Wish(save=False, digested=True, everything=not options["targets"], **given(options))
    with Place.here(terminal(), trusts=False) as place:
        here = _class(place.course, folder, roster)
        plan = _plan(wish, [exercise.id for exercise in chosen(place, wish)], hidden, sources)
    if wish.seed is None or wish.seed == here.course.seed:
        terminal().note(phrase("The seed is the public one. --seed N of your own fails answers learned by heart."))
    with Ledger(target) as ledger:
        if ledger.damaged:
            terminal().note(
                phrase("The journal of {folder} was cut off. What it lacks is graded again.", folder=target)
            )
        return _graded(here, plan, ledger, wish.jobs or wish.options.jobs)


def _class(course: Any, folder: Path, roster: str | None) -> "Class":
    """Return who handed in what. Raises UsageError where there is nothing, or no roster."""
    from grader.batch import names
    from grader.batch import roster as rosters
    from grader.batch.run import Class
    from grader.errors import UsageError

    people = rosters.read(Path(roster)) if roster is not None else None
    try:
        found = names.entries(folder)
    except OSError as error:
        says = later(
            "{folder} is not a folder that can be read: {reason}. SUBMISSIONS is a folder with a folder or an archive "
            "for each learner. Unpack what a platform exported."
        )
        raise UsageError(phrase(says, folder=folder, reason=heard(error.strerror or ""))) from error
    if not found.entries and people is None:
        raise UsageError(phrase("There is no submission in {folder}.", folder=folder))
    return Class(course, found, rosters.matched(people, found.entries) if people is not None else None)


def _plan(wish: Wish, exercises: list[str], hidden: bool, sources: Path | None) -> "Plan":
    import msgspec

    from grader.batch.task import Plan

    options = msgspec.structs.replace(wish.options, jobs=1)
    return Plan(exercises=tuple(exercises), options=options, language=spoken(), hidden=hidden, sources=sources)


def _require_apart(folder: Path, outs: list[Path]) -> None:
    """Say before anything is done that what is written would be taken for a submission. Raises UsageError."""
    from grader.errors import UsageError

    for out in outs:
        if out.resolve().is_relative_to(folder.resolve()):
            says = later("{out} lies in {folder}, where submissions are. Write to another place.")
            raise UsageError(phrase(says, out=out, folder=folder))
        if not out.parent.is_dir():
            says = later("There is no folder {folder}, so {file} cannot be written. Make it first.")
            raise UsageError(phrase(says, folder=out.parent, file=out.name))


def _graded(here: "Class", plan: "Plan", ledger: Any, jobs: int) -> int:
    """Grade, write, say what was found; return the exit code."""
    from grader.batch import export, run

    tally = run.Tally()
    stopped = False
    shown = Progress(terminal(), len(here.found.entries))
    if plan.sources is not None:
        export.base(here.course, plan.sources)
    try:
        for now in run.graded(here, plan, ledger, jobs):
            tally = now
            shown.step(tally.graded)
    except KeyboardInterrupt:
        stopped = True
    finally:
        shown.close()
    page = run.summed(here, plan, ledger, tally)
    run.write(ledger.folder, page)
    return _said(here, page, tally, ledger.folder, stopped=stopped)


def _said(here: "Class", page: "Summary", tally: "Tally", folder: Path, *, stopped: bool) -> int:
    """Say what was done, and return the exit code."""
    on = terminal()
    says = later("{total} submissions: {graded} graded now, {kept} graded before and unchanged, {failed} not graded.")
    facts = {"total": len(here.found.entries), "graded": tally.graded, "kept": tally.kept}
    open_ = len(here.found.entries) - tally.graded - tally.kept
    on.say(phrase(says, **facts, failed=open_))
    refused = [row.learner for row in page.learners if row.exit == mishap.USAGE]
    missing = [row.person for row in page.learners if not row.learner]
    faults = sorted({row.learner for row in page.learners if row.exit == mishap.FAULT} | tally.faulty)
    lists = (
        (later("Could not be graded as it is, 0 points: {names}."), refused),
        (later("The grader itself failed, there are no marks: {names}."), faults),
        (later("Handed in nothing: {names}."), missing),
        (later("In no row of the roster: {names}."), list(page.unknown)),
        (later("More than one submission for a row of the roster: {names}."), list(page.twice)),
        (later("Belongs to no learner, and was not looked at: {names}."), list(page.strays)),
        (later("Reports of earlier runs for nobody who is there now: {names}."), list(page.left)),
    )
    for text, names in lists:
        if names:
            on.say(phrase(text, names=_named(names)))
    for learner, reason in sorted(tally.failed.items()):
        on.say(phrase("{name}: {reason}", name=_harmless(learner), reason=reason))
    if tally.details:
        on.note(mishap.save_details(["batch"], "\n\n".join(tally.details)))
    on.say(phrase("Wrote {file}", file=folder / "summary.csv"))
    if stopped:
        on.note(phrase("Stopped. The same command goes on from here."))
        return mishap.INTERRUPTED
    if faults:
        return mishap.FAULT
    return 1 if refused or tally.failed else 3 if missing else 0


def _named(names: list[str]) -> str:
    """Return some names, and how many there are more."""
    shown = phrase(", ").join(map(_harmless, names[:MOST_NAMED]))
    more = len(names) - MOST_NAMED
    return phrase("{names} and {more} more", names=shown, more=more) if more > 0 else shown


def _harmless(name: str) -> str:
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in name)


class Progress:
    """Shows how far a class is: on a terminal a bar with rate and time left, elsewhere a line at each tenth."""

    def __init__(self, on: Terminal, total: int, now: Callable[[], float] = time.monotonic) -> None:
        live = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._terminal, self._total, self._now = on, total, now
        self._live = live and not on.style.plain
        self._began, self._shown, self._done = now(), -1.0, 0

    def step(self, graded: int) -> None:
        """Take note that one more is done. graded: how many were not done before, so that they took time."""
        before, self._done = self._done, self._done + 1
        passed = max(self._now() - self._began, 1e-9)
        text = phrase("{done} of {total}", done=self._done, total=self._total)
        if graded:
            left = (self._total - self._done) * passed / graded
            facts = {"rate": f"{60 * graded / passed:.0f}", "left": _clock(left)}
            text += phrase(", {rate} a minute, {left} left", **facts)
        if not self._live:
            if TENTHS * self._done // self._total > TENTHS * before // self._total:
                self._terminal.note(text)
        elif self._now() - self._shown >= REDRAW_SECONDS or self._done == self._total:
            self._shown = self._now()
            full = BAR * self._done // self._total
            self._terminal.flash(f"[{'#' * full}{'.' * (BAR - full)}] {text}")

    def close(self) -> None:
        """Take away the row."""
        self._terminal.wipe()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
