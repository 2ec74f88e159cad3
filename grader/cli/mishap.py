"""What a run says when it gives no verdict: stopped, called wrongly, refused, or broken by a fault of ours.

A fault's details go to a file, never to the terminal.
"""

import json
import platform
import traceback
from contextlib import suppress
from pathlib import Path

import click

import grader
from grader.cli.terminal import Terminal
from grader.errors import GraderError, GraderFault
from grader.language import heard, phrase

USAGE, FAULT, INTERRUPTED = 2, 4, 130
SCHEMA = 1


def stopped(terminal: Terminal) -> int:
    """Say that nothing was recorded, in one line."""
    says = phrase("Stopped. Nothing was recorded.")
    if terminal.doing:
        says = phrase("Stopped {exercise}. Nothing was recorded.", exercise=terminal.doing)
    terminal.note(says)
    return INTERRUPTED


def cut_off(terminal: Terminal) -> int:
    """Say that the process that was to do it has ended in the middle of what it said."""
    terminal.note(phrase("The process that did this was ended by something else. Run the command again."))
    return FAULT


def misused(terminal: Terminal, words: list[str], error: click.ClickException) -> int:
    """Say what is wrong with the command line, and where its help is."""
    context = getattr(error, "ctx", None)
    command = context.command_path.strip() if context is not None else "grade"
    help_ = phrase("Help: {command}", command=f"{command} --help")
    return refused(terminal, words, f"{_what(error)}\n{help_}")


def _what(error: click.ClickException) -> str:
    """Return what is wrong with the command line; click speaks English only."""
    name = getattr(error, "option_name", "")
    if isinstance(error, click.NoSuchOption):
        near = phrase(" Did you mean {name}?", name=min(error.possibilities)) if error.possibilities else ""
        return phrase("There is no option {name}.", name=name) + near
    if isinstance(error, click.BadOptionUsage) and "requires an argument" in error.message:
        return phrase("{name} needs a value.", name=name)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return phrase(
            "{name} is missing.", name=error.param.make_metavar(error.ctx or click.Context(click.Command("")))
        )
    if isinstance(error, click.BadParameter) and error.param is not None:
        return phrase("{name}: {reason}", name=error.param.opts[0], reason=heard(error.message))
    return heard(error.format_message())


def refused(terminal: Terminal, words: list[str], message: str) -> int:
    """Say what somebody has to put right before there can be a verdict."""
    _document(terminal, words, USAGE, message)
    terminal.note(message)
    return USAGE


def fault(terminal: Terminal, words: list[str], error: Exception) -> int:
    """Say that it is our bug, and keep the details for whoever mends it."""
    said = str(error) if isinstance(error, GraderFault) else f"{type(error).__name__}: {error}"
    first = said.strip().split("\n")[0][:300]
    details = save_details(words, "".join(traceback.format_exception(error)))
    _document(terminal, words, FAULT, first)
    terminal.note(phrase("GRADER ERROR  This is our bug, not yours. Nothing was recorded."))
    terminal.note(f"  {first}")
    terminal.note(f"  {details}")
    return FAULT


def save_details(words: list[str], details: str) -> str:
    """Write details of a fault to `.grade/last/internal.txt`; return the sentence that says where they are."""
    python = f"Python {platform.python_version()} on {platform.platform()}"
    text = f"chainrule {grader.__version__}, {python}\ngrade {' '.join(words)}\n\n{details}\n"
    try:
        path = _folder() / "last" / "internal.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except (OSError, GraderError):
        return phrase("Details could not be saved here. grade doctor says what this machine is like.")
    shown = path
    with suppress(ValueError):
        shown = path.relative_to(Path.cwd())
    return phrase("Details: {file}   Please attach it to an issue.", file=shown)


def _folder() -> Path:
    from grader.course.course import Course

    return Course.find(Path.cwd()).state_folder


def _document(terminal: Terminal, words: list[str], code: int, message: str) -> None:
    """With --json there is one document on standard output, whatever happens."""
    if "--json" in words:
        with suppress(GraderError):
            terminal.say(json.dumps({"schema": SCHEMA, "exit": code, "message": message}, indent=2))
