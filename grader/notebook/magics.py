"""`%grade`, `%hint`, `%status` and `%%grade`: each runs `grade` in a process of its own, which a resident host serves.

So whatever a learner's code does when it is graded, the kernel does not notice, and it never holds an expected value.
"""

import ast
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from IPython.core.display_functions import display
from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class

from grader import language
from grader.language import later, phrase
from grader.notebook.page import Page

LOOKS = ("--color", "always", "--width", "80")
GRACE = 10.0  # seconds for a `grade` that was interrupted
OURS = ("%grade", "%hint", "%status", "%load_ext", "%reload_ext")


@magics_class
class GradeMagics(Magics):
    """What a learner types."""

    @line_cell_magic
    def grade(self, line: str, cell: str | None = None) -> None:
        """Grade: `%grade`, `%grade u05.softmax`, `%grade u05 -v`; `%%grade u05.softmax` grades the cell itself.

        `%%grade` does not run the cell here: it is graded below what you have run.
        """
        cells = self._ran(self.shell.execution_count + (cell is None))
        words = _words(line)
        if cell is not None:
            if not words:
                says = later("Name the exercise that the cell answers: {command}")
                raise UsageError(phrase(says, command="%%grade u05.softmax"))
            cells.append((self.shell.execution_count, cell))
        with tempfile.TemporaryDirectory(prefix="grade-") as folder:
            file = Path(folder) / "ran.ipynb"
            file.write_bytes(_notebook(cells))
            display(_page([*words, "--ran", str(file), *(["--cell"] if cell is not None else [])]))

    @line_magic
    def hint(self, line: str) -> None:
        """Show the next hint: `%hint`, `%hint u05.softmax`."""
        display(_page(["hint", *_words(line)]))

    @line_magic
    def status(self, line: str) -> None:
        """Show where you stand: `%status`."""
        display(_page(["status", *_words(line)]))

    def _ran(self, end: int) -> list[tuple[int, str]]:
        """Return the cells that were run, up to a number, with their numbers; those left out that are no Python."""
        history = self.shell.history_manager
        raw, parsed = history.input_hist_raw, history.input_hist_parsed
        return [
            (number, raw[number])
            for number in range(1, min(len(raw), len(parsed), end))
            if self._counts(raw[number], parsed[number])
        ]

    def _counts(self, raw: str, parsed: str) -> bool:
        if raw.lstrip().startswith("%%grade"):  # graded, and never run
            parsed = self.shell.transform_cell(raw.lstrip().partition("\n")[2])
        return not raw.lstrip().startswith(OURS) and bool(raw.strip()) and _is_python(parsed)


def _is_python(text: str) -> bool:
    try:
        compile(text, "<cell>", "exec", flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _notebook(cells: Sequence[tuple[int, str]]) -> bytes:
    """Return cells as the least that is a notebook."""
    made = [{"cell_type": "code", "execution_count": number, "source": text} for number, text in cells]
    return json.dumps({"nbformat": 4, "cells": made}).encode()


def _page(words: Sequence[str]) -> Page:
    """Run `grade` and return what it has said. An interruption of the kernel interrupts it, and nothing else."""
    command = [sys.executable, "-P", "-m", "grader", *LOOKS, *words]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(  # noqa: S603 (our own command)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    try:
        said, told = process.communicate()
    except KeyboardInterrupt:
        said, told = _stopped(process)
    text = "\n".join(part.decode("utf-8", "replace").rstrip("\n") for part in (said, told) if part.strip())
    return Page(text or _silent(process.returncode))


def _stopped(process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
    with suppress(OSError):
        process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=GRACE)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.kill()
        return process.communicate()


def _silent(code: int) -> str:
    language.choose(language.of_environment(os.environ))
    return phrase("grade was ended by something else ({code}). Nothing was recorded; run the cell again.", code=code)
