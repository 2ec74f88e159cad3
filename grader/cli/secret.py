"""A seed of an instructor's own, as options of a command: a number, a file that holds one, or the environment."""

import os
from pathlib import Path
from typing import Any

import click

from grader.cli.terminal import F
from grader.language import heard, later, phrase

VARIABLE = "GRADE_SEED"
SAYS = "A secret seed, so that answers cannot be learned by heart; else what GRADE_SEED says."
FILE = "Read the seed from FILE, so that no list of processes shows it."


def with_seed(command: F) -> F:
    """Give a command the options for a secret seed; `given` makes one of them."""
    command = click.option("--seed-file", metavar="FILE", help=FILE)(command)
    return click.option("--seed", type=int, metavar="N", help=SAYS)(command)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Return options with the one seed that was meant. Raises UsageError."""
    from grader.errors import UsageError

    path = options.pop("seed_file")
    if path is not None and options["seed"] is not None:
        raise UsageError(phrase("--seed and --seed-file are both given. Leave one out."))
    if path is not None:
        try:
            text = Path(path).read_text("utf-8", "replace")
        except OSError as error:
            says = later("{file} cannot be read: {reason}.")
            raise UsageError(phrase(says, file=path, reason=heard(error.strerror or ""))) from error
        options["seed"] = _number(text, path)
    elif options["seed"] is None and os.environ.get(VARIABLE, "").strip():
        options["seed"] = _number(os.environ[VARIABLE], VARIABLE)
    return options


def _number(text: str, where: str) -> int:
    from grader.errors import UsageError

    try:
        return int(text.strip())
    except ValueError as error:
        raise UsageError(phrase("{file} holds no whole number, so there is no seed in it.", file=where)) from error
