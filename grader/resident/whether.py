"""Whether a resident session may be asked: by the machine, the environment and the command line."""

import os
import sys

from grader.resident import address, likeness

# What asks questions, opens an editor, examines the machine, takes minutes or must not depend on what ran before.
COLD = ("watch", "open", "solution", "reset", "run", "plot", "doctor", "data", "ci", "batch", "author", "help")
HELP = {"--help", "-h", "--version"}


def course(words: list[str]) -> str | None:
    """Return the course folder whose host is to do what a command line says; None where it is done here."""
    if (words[:1] and words[0] in COLD) or HELP & set(words) or not possible():
        return None
    try:
        return address.course(os.getcwd())
    except OSError:
        return None


def possible() -> bool:
    """Say whether there can be a resident session here at all."""
    environ = os.environ
    return (
        sys.platform == "linux"
        and environ.get("GRADE_RESIDENT", "") != "off"
        and environ.get("CI", "") in ("", "0", "false")
        and environ.get("GRADE_START", "fork") == "fork"
        and os.getuid() == os.geteuid()
        and os.getgid() == os.getegid()
        and not likeness.barred(os.getpid())
    )
