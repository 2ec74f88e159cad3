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

USAGE, FAULT, INTERRUPTED = 2, 4, 130
SCHEMA = 1


def stopped(terminal: Terminal) -> int:
    """Say that nothing was recorded, in one line."""
    what = f" {terminal.doing}" if terminal.doing else ""
    terminal.note(f"Stopped{what}. Nothing was recorded.")
    return INTERRUPTED


def misused(terminal: Terminal, words: list[str], error: click.ClickException) -> int:
    """Say what is wrong with the command line, and where its help is."""
    context = getattr(error, "ctx", None)
    command = context.command_path.strip() if context is not None else "grade"
    return refused(terminal, words, f"{error.format_message()}\nHelp: {command} --help")


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
    terminal.note("GRADER ERROR  This is our bug, not yours. Nothing was recorded.")
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
        return "Details could not be saved here. grade doctor says what this machine is like."
    shown = path
    with suppress(ValueError):
        shown = path.relative_to(Path.cwd())
    return f"Details: {shown}   Please attach it to an issue."


def _folder() -> Path:
    from grader.course import Course

    return Course.find(Path.cwd()).state_folder


def _document(terminal: Terminal, words: list[str], code: int, message: str) -> None:
    """With --json there is one document on standard output, whatever happens."""
    if "--json" in words:
        with suppress(GraderError):
            terminal.say(json.dumps({"schema": SCHEMA, "exit": code, "message": message}, indent=2))
