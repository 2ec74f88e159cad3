"""`grade`: a command parses, calls one function, prints, exits.

Exit codes: 0 all that was asked passed, 1 a check failed, 2 the command or the course is wrong, 3 nothing is wrong but
something is not written yet, 4 the grader failed, 130 interrupted. A learner never sees a traceback of ours.
"""

import gc
import sys
from collections.abc import Sequence

import click

from grader.cli import mishap
from grader.cli.front import cli
from grader.cli.terminal import Terminal
from grader.errors import GraderError, GraderFault


GARBAGE = 50_000  # objects made before Python looks for cycles; most of what a run imports stays to its end


def main(words: Sequence[str] | None = None) -> int:
    """Run `grade` with these words, by default those of the command line, and return its exit code."""
    if words is not None:
        return _main(list(words))
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])
    try:
        return _main(sys.argv[1:])
    finally:
        gc.freeze()  # else Python looks through everything twice more while it ends


def _main(words: list[str]) -> int:
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    terminal = Terminal()
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
