"""The table of commands: what a start loads, and that the page of the commands is what they say themselves."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from grader.cli import page
from grader.cli.front import COMMANDS, cli

ROOT = Path(__file__).parents[2]
HEAVY = {"numpy", "torch", "pytest", "msgspec", "nbformat", "regex"}


def loaded_by(*words):
    code = f"import sys; from grader.cli import main; main({list(words)!r}); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    return {name.partition(".")[0] for name in ran.stderr.split()}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["hint", "--help"], ["doctor", "--help"]])
def test_help_loads_nothing_heavy(words):
    assert loaded_by(*words) & HEAVY == set()


def test_the_page_of_the_commands_is_fresh():
    written = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == page.markdown(), "python -m grader.cli.page docs/cli.md"


def every_command(group=cli, path="grade"):
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from every_command(command, f"{path} {name}")


@pytest.mark.parametrize(("path", "command"), [pytest.param(*pair, id=pair[0]) for pair in every_command()])
def test_every_command_has_help_that_fits_a_line(path, command):
    assert command.help, path
    assert not command.get_short_help_str(64).endswith("..."), path
    for option in command.params:
        assert isinstance(option, click.Argument) or option.hidden or option.help, f"{path} {option.name}"


def test_the_table_has_every_command_that_is_installed():
    assert list(COMMANDS) == cli.list_commands(click.Context(cli))


def test_a_name_of_a_command_is_the_command(grade):
    assert grade("list").stdout.startswith("todo")


def test_version(grade):
    assert grade("--version").stdout.startswith("chainrule 0.")
