"""Write docs/cli.md, the page of all commands, from their help: `python -m grader.cli.page docs/cli.md`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from grader.cli.front import cli

COLUMNS = 80


def markdown() -> str:
    """Return the page."""
    blocks = "\n".join(f"## {name}\n\n```text\n{text}\n```\n" for name, text in _commands(cli, "grade", None))
    note = "Made from the commands' own help by `python -m grader.cli.page docs/cli.md`; a test compares."
    return f"# Commands\n\n{note}\n\n{blocks}"


def _commands(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=COLUMNS,
        **command.context_settings if parent is None else {},
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _commands(found, inner, context)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(), encoding="utf-8")
