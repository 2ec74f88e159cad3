"""The table of commands, and how words on the command line find one.

A command's module is imported when the command is used. What is no command is a target: `grade u05` grades it.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

import grader
from grader.cli.terminal import look

# In the order in which `grade --help` shows them. name -> module.attribute
COMMANDS = {
    "hint": "hints.hint",
    "show": "show.show",
    "status": "standing.status",
    "list": "standing.list_",
    "watch": "watch.watch",
    "next": "standing.next_",
    "open": "editor.open_",
    "solution": "hints.solution",
    "reset": "reset.reset",
    "update": "update.update",
    "again": "again.again",
    "language": "speech.language",
    "run": "run.run",
    "plot": "plot.plot",
    "report": "report.report",
    "doctor": "doctor.doctor",
    "data": "data.data",
    "notebook": "notebook.notebook",
    "ci": "ci.ci",
    "batch": "batch.batch",
    "author": "author.author",
}
GRADE = "grading.run"


def _load(place: str) -> click.Command:
    module, _, name = place.partition(".")
    command: click.Command = getattr(import_module(f"grader.cli.{module}"), name)
    return command


class Front(click.Group):
    """`grade`: a group whose unnamed command grades."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the commands that are installed, in the order of the table."""
        return [name for name, place in COMMANDS.items() if find_spec(f"grader.cli.{place.partition('.')[0]}")]

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import a command; None for a name that is none."""
        return _load(COMMANDS[name]) if name in COMMANDS else None

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name; words that name none are the targets and options of grading."""
        if words[0] in COMMANDS:
            return super().resolve_command(context, words)
        return "", _load(GRADE), words

    def format_usage(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write both ways to call it."""
        formatter.write_usage("grade", "[TARGET]... [OPTIONS]")
        formatter.write_usage("grade", "COMMAND [ARGUMENTS]...", prefix="       ")

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of grading, the options of every command, and the commands."""
        grading = _load(GRADE)
        for title, command in (("Options of grading", grading), ("Options of every command", self)):
            options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
            records = [record for option in options if (record := option.get_help_record(context))]
            with formatter.section(title):
                formatter.write_dl(records)
        with formatter.section("Help"):
            formatter.write_dl([("--help", "Show this text; grade COMMAND --help shows a command's.")])
        self.format_commands(context, formatter)


@click.group(
    cls=Front,
    invoke_without_command=True,
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help", "-h"], "max_content_width": 80},
)
@look(hidden=False)
@click.version_option(grader.__version__, message="chainrule %(version)s")
@click.pass_context
def cli(context: click.Context) -> Any:
    """Check what you wrote, and say what is wrong and why.

    TARGET is an exercise (u05.softmax), a unit (u05), an answer's name (Value.exp), a file, or a line of a file
    (exercises/u05_backprop_ninja.py:38). Without a target: the exercise where you worked last, once it has passed the
    next.

    The exit code is 0 when all that was asked passed, 1 when a check failed, 2 when the command or the course is wrong
    or there is no submission, 3 when nothing is wrong but something is not written or not handed in, 4 when the grader
    failed, 130 after Ctrl-C.
    """
    if context.invoked_subcommand is None:
        return context.invoke(_load(GRADE))
    return None
