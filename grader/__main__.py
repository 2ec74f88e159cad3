"""`grade`, and `python -m grader`: a resident session does it, if there is one; else it is done here.

Nothing heavy is loaded before it is known that it must be.
"""

import gc
import os
import sys

from grader.resident import whether

GARBAGE = 50_000  # objects made before Python looks for cycles; most of what a run imports stays to its end


def main() -> int:
    """Run `grade` with the words of the command line, and return its exit code."""
    words = sys.argv[1:]
    course = whether.course(words)
    return _cold(words) if course is None else _warm(words, course)


def _warm(words: list[str], course: str) -> int:
    """Have the course's host do it; where there is none, do it here and leave one behind."""
    from grader.resident import client

    environment = dict(os.environ)
    try:
        code = client.asked(words, course)
    except KeyboardInterrupt:
        return _said("stopped")
    except client.Broken:
        return _said("cut_off")
    if code is not None:
        os._exit(code)  # what was written is out, and nothing is left to be put away
    code = _cold(words)
    from grader.resident import hosts

    hosts.leave_behind(course, environment)
    return code


def _cold(words: list[str]) -> int:
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])
    from grader.cli import main as cold

    try:
        return cold(words)
    finally:
        gc.freeze()  # else Python looks through everything twice more while it ends


def _said(how: str) -> int:
    """Say in one line why there is no verdict."""
    from grader.cli import mishap
    from grader.cli.terminal import Terminal

    terminal = Terminal()
    with terminal.prepared():
        terminal.speak(sys.argv[1:])
        code: int = getattr(mishap, how)(terminal)
    return code


if __name__ == "__main__":
    sys.exit(main())
