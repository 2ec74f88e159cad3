"""`grade`: a command parses, calls one function, prints, exits.

Exit codes: 0 all that was asked passed, 1 a check failed, 2 the command or the course is wrong, 3 nothing is wrong but
something is not written yet, 4 the grader failed, 130 interrupted. A learner never sees a traceback of ours.
"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from grader.cli import mishap
from grader.cli.front import cli
from grader.cli.terminal import Terminal
from grader.errors import GraderError, GraderFault

if TYPE_CHECKING:
    from grader.session import Session


def main(words: Sequence[str] | None = None, warm: "Session | None" = None) -> int:
    """Run `grade` with these words, by default those of the command line, and return its exit code.

    warm: a session of some course that was prepared before, in a process of which this is a fork.
    """
    words = sys.argv[1:] if words is None else list(words)
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    terminal = Terminal(warm=warm)
    with terminal.prepared():
        terminal.speak(words)
        try:
            return _run(words, terminal)
        except KeyboardInterrupt:
            return mishap.stopped(terminal)


def _run(words: list[str], terminal: Terminal) -> int:
    try:
        code = cli.main(words, prog_name="grade", obj=terminal, standalone_mode=False)
        return int(code or 0)
    except (KeyboardInterrupt, click.Abort):
        return mishap.stopped(terminal)
    except click.ClickException as error:
        return mishap.misused(terminal, words, error)
    except GraderFault as error:
        return mishap.stopped(terminal) if terminal.interrupted else mishap.fault(terminal, words, error)
    except GraderError as error:
        return mishap.refused(terminal, words, str(error))
    except Exception as error:  # noqa: BLE001 (whatever it is, it is ours)
        return mishap.stopped(terminal) if terminal.interrupted else mishap.fault(terminal, words, error)
