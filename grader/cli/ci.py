"""`grade ci`: grade a folder and write the report in a format that a machine reads."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import grader
from grader.cli.formats import MADE_OF, Format
from grader.cli.grading import chosen, graded, shut_in, with_edges, with_jobs
from grader.cli.secret import given, with_seed
from grader.cli.terminal import Positive, look, terminal
from grader.cli.wish import Wish
from grader.language import later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.model import Report

TOTAL = 300.0
TAKES = "Seconds the whole submission may compute."


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--format", "form", type=Format(), default="text", show_default=True, help="How the report is written.")
@click.option(
    "--submission", metavar="PATH", help="A folder, zip or tar to grade; by default the course's own exercises."
)
@click.option("--out", metavar="FILE", help="Where to write the report; by default to standard output.")
@with_seed
@click.option("--timeout", type=Positive(float), metavar="S", help="Seconds a check may compute.")
@click.option("--total", type=Positive(float), metavar="S", default=TOTAL, show_default=True, help=TAKES)
@with_jobs
@with_edges
@shut_in("syscalls")
@click.option("--show-hidden", is_flag=True, help="Show what hidden checks ask; for instructors only.")
@look()
def ci(form: str, out: str | None, *, show_hidden: bool, **options: Any) -> int:
    """Grade for a machine: JSON, JUnit, Markdown.

    Everything, or the targets. Nothing is recorded.

    The exit code is that of `grade`. A submission that cannot be graded at all, such as a damaged archive, is 2; a
    report says so, too.
    """
    from grader.cli.place import Place
    from grader.report import render
    from grader.report.portable import portable

    if out is not None:
        _require_folder(Path(out))
    wish = Wish(save=False, digested=form in MADE_OF, everything=not options["targets"], **given(options))
    with Place.here(terminal(), wish.submission, trusts=False) as place:
        is_page = form == "text" and out is None
        report = _report(place, wish, refuse=is_page)
        report = portable(report, secret=not show_hidden and report.seed != place.course.seed)
        style = {"style": place.terminal.style} if is_page else {}
        written = render(form, report, hidden=show_hidden, **style)
        if out is None:
            place.terminal.say(written)
        else:
            _write(Path(out), written)
            place.terminal.note(f"Wrote {out} ({form}).")  # standard output is for reports
        return report.exit_code


def _report(place: "Place", wish: Wish, *, refuse: bool) -> "Report":
    """Grade; where there is nothing that can be graded, report that. Raises what `Session.grade` raises otherwise.

    refuse: raise SubmissionError, too: whoever reads the error needs no report.
    """
    from grader.errors import SubmissionError
    from grader.submission import unjudged
    from grader.submission.files import shown

    exercises = list(place.course.exercises)
    try:
        exercises = chosen(place, wish)
        return graded(place, wish, exercises)
    except SubmissionError as error:
        if refuse:
            raise
        place.terminal.note(str(error))
        facts = {
            "submission": shown(Path(wish.submission)) if wish.submission is not None else "",
            "seed": place.course.seed if wish.seed is None else wish.seed,
        }
        return unjudged.report(place.course, exercises, error, engine=grader.__version__, **facts)


def _require_folder(path: Path) -> None:
    """Say before anything is graded that the report cannot be written there. Raises UsageError."""
    from grader.errors import UsageError

    if not path.parent.is_dir():
        says = later("There is no folder {folder}, so {file} cannot be written. Make it first.")
        raise UsageError(phrase(says, folder=path.parent, file=path.name))
    if path.is_dir():
        raise UsageError(phrase("{file} is a folder. --out names the file to write.", file=path))


def _write(path: Path, text: str) -> None:
    from grader.errors import UsageError
    from grader.submission.whole import write_whole

    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
