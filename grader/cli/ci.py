"""`grade ci`: grade a folder and write the report in a format that a machine reads."""

from pathlib import Path
from typing import Any

import click

from grader.cli.grading import Wish, chosen, graded, shut_in, with_edges
from grader.cli.terminal import Positive, look, terminal
from grader.language import phrase

TOTAL = 300.0
TAKES = "Seconds the whole submission may compute."


class Format(click.ParamType[str]):
    """One of the report formats; they are looked up when asked for, not when the command is made."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 (click's)
        """Name them all."""
        from grader.report import FORMATS

        return f"[{'|'.join(sorted(FORMATS))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name of a format that there is."""
        from grader.report import FORMATS

        if value not in FORMATS:
            self.fail(
                phrase("{value} is not one of {all}.", value=repr(value), all=", ".join(sorted(FORMATS))), param, ctx
            )
        return str(value)


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--format", "form", type=Format(), default="text", show_default=True, help="How the report is written.")
@click.option(
    "--submission", metavar="PATH", help="A folder, zip or tar to grade; by default the course's own exercises."
)
@click.option("--out", metavar="FILE", help="Where to write the report; by default to standard output.")
@click.option("--seed", type=int, metavar="N", help="A secret seed, so that answers cannot be learned by heart.")
@click.option("--timeout", type=Positive(float), metavar="S", help="Seconds a check may compute.")
@click.option("--total", type=Positive(float), metavar="S", default=TOTAL, show_default=True, help=TAKES)
@with_edges
@shut_in("syscalls")
@click.option("--show-hidden", is_flag=True, help="Show what hidden checks ask; for instructors only.")
@look()
def ci(form: str, out: str | None, *, show_hidden: bool, **options: Any) -> int:
    """Grade for a machine: JSON, JUnit, Markdown.

    Everything, or the targets. Nothing is recorded.

    The exit code is that of `grade`.
    """
    from grader.cli.place import Place
    from grader.report import render

    wish = Wish(save=False, everything=not options["targets"], **options)
    with Place.here(terminal(), wish.submission) as place:
        report = graded(place, wish, chosen(place, wish))
        style = {"style": place.terminal.style} if form == "text" and out is None else {}
        written = render(form, report, hidden=show_hidden, **style)
        if out is None:
            place.terminal.say(written)
        else:
            _write(Path(out), written)
            place.terminal.say(f"Wrote {out} ({form}).")
        return report.exit_code


def _write(path: Path, text: str) -> None:
    from grader.errors import UsageError
    from grader.state import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
