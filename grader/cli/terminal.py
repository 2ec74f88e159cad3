"""What a command knows of the terminal: how text looks there, and how to write so that no terminal can break it.

Verdicts go to standard output, everything about the run itself to standard error.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from grader import language
from grader.errors import UsageError
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.report.style import Style
    from grader.session import Session

WIPE = "\r\x1b[K"  # back to the first column, and nothing right of it
F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N", bound=float)


class Positive(click.ParamType[N]):
    """A number above 0. click's own ranges put `[x>0]` into every help text."""

    name = "number"

    def __init__(self, kind: Callable[[Any], N]) -> None:
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> N:
        """Return the number."""
        try:
            number = self._kind(value)
        except ValueError:
            self.fail(phrase("{value} is no number.", value=repr(value)), param, ctx)
        if not 0 < number < float("inf"):
            self.fail(phrase("{value} is not above 0.", value=value), param, ctx)
        return number


class Language(click.ParamType[str]):
    """A language that there is. It is spoken since before the command line was parsed, see `Terminal.speak`."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the code of a language that there is."""
        if value not in language.languages():
            there = ", ".join(language.languages())
            self.fail(
                phrase("{value} is not a language that grade speaks: {all}.", value=repr(value), all=there), param, ctx
            )
        return str(value)


@dataclass
class Terminal:
    """One run of `grade`. doing: what a Ctrl-C stops, `u05.softmax`. flags: what was given for the look of the text.

    warm: a session that was prepared before, if this process is a fork of one that has it.
    """

    flags: dict[str, Any] = field(default_factory=dict)
    warm: "Session | None" = None
    doing: str = ""
    interrupted: bool = False
    _wiped: bool = True

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Let nothing that is printed fail for its encoding, and remember an interruption that somebody swallows."""
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # it was closed when we were started
                setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, ValueError):
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        ours = threading.current_thread() is threading.main_thread()
        before = signal.getsignal(signal.SIGINT)
        if ours and before is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._interrupt)
        try:
            yield
        finally:
            if ours:
                signal.signal(signal.SIGINT, before)

    def speak(self, words: Sequence[str]) -> None:
        """Choose the language: of `--lang`, else of the folder, else of the environment.

        It is English where the output cannot show it.
        """
        there = language.languages()
        given = [after for word, after in pairwise(words) if word == "--lang"]
        given += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
        code = (
            next((code for code in given if code in there), "")
            or language.of_place(_here())
            or language.of_environment(os.environ)
        )
        language.choose(code)
        try:
            phrase("English").encode(getattr(sys.stdout, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            language.choose(language.ENGLISH)

    @property
    def style(self) -> "Style":
        """The style of standard output."""
        from grader.report.style import style_for  # it loads the report's records, which `--help` has no use for

        return style_for(sys.stdout, os.environ, **self.flags)

    @property
    def asks(self) -> bool:
        """Whether somebody is there to answer a question."""
        return sys.stdin is not None and sys.stdin.isatty()

    def say(self, text: str) -> None:
        """Write to standard output, of nothing nothing. A reader that goes away (`| head -1`) changes nothing."""
        try:
            sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            silence(sys.stdout)
        except OSError as error:
            silence(sys.stdout)
            says = later("What was found cannot be written to standard output: {reason}.")
            raise UsageError(phrase(says, reason=heard(error.strerror or ""))) from error

    def note(self, text: str) -> None:
        """Write sentences to standard error, if there is one."""
        from grader.report.style import wrap

        width = self.style.width
        # A path or a command of one word stays whole, so that it can be copied.
        rows = []
        for line in filter(None, text.split("\n")):
            indent = line[: len(line) - len(line.lstrip())]
            rows += [indent + row for row in wrap(line.strip(), width - len(indent), whole=True)]
        text = "\n".join(rows)
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"{text.rstrip()}\n")
            sys.stderr.flush()

    def flash(self, text: str) -> None:
        """Write a row to standard error that goes away again: by the next one, or by `wipe`. On a terminal only."""
        from grader.report.style import elide

        if self.style.plain or os.environ.get("TERM", "dumb") == "dumb":
            self.note(text)
            return
        self._wiped = False
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(f"{WIPE}{elide(text, self.style.width - 1)}")
            sys.stderr.flush()

    def wipe(self) -> None:
        """Take away the row that `flash` has written."""
        if self._wiped:
            return
        self._wiped = True
        with suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(WIPE)
            sys.stderr.flush()

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self.interrupted = True
        raise KeyboardInterrupt


def silence(stream: TextIO) -> None:
    """Send what a stream still holds nowhere, so that Python does not complain about it at its end."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _here() -> Path:
    """Return the working folder; one that is gone is none."""
    with suppress(OSError):
        return Path.cwd()
    return Path(os.sep)


def look(*, hidden: bool = True) -> Callable[[F], F]:
    """Give a command the options for how text looks; they may stand before or after the command's name."""
    options = (
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            expose_value=False,
            hidden=hidden,
            callback=_keep,
            help="When to use colour; auto also obeys NO_COLOR and FORCE_COLOR.",
        ),
        click.option(
            "--plain",
            is_flag=True,
            default=None,
            expose_value=False,
            hidden=hidden,
            callback=_keep,
            help="One fact a line, nothing aligned; also by ACCESSIBLE=1.",
        ),
        click.option(
            "--width",
            type=Positive(int),
            metavar="N",
            expose_value=False,
            hidden=hidden,
            callback=_keep,
            help="Columns to fill, 60 to 100; by default those of the terminal.",
        ),
        click.option(
            "--lang",
            type=Language(),
            metavar="CODE",
            expose_value=False,
            hidden=hidden,
            help="The language of the text, such as zh; by default that of LC_ALL, LC_MESSAGES or LANG.",
        ),
    )

    def add(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None and parameter.name:
        context.ensure_object(Terminal).flags[parameter.name] = value


def terminal() -> Terminal:
    """Return the terminal of the command that runs."""
    return click.get_current_context().ensure_object(Terminal)
