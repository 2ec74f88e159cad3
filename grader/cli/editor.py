"""`grade open`: put the cursor where the answer goes."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import PurePath

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

# How editors are told a line. Any other is given the file alone; {file} and {line} in the command are filled in.
STYLES = {
    "-g {file}:{line}": ("code", "codium", "code-insiders", "cursor", "windsurf"),
    "+{line} {file}": (
        "vi",
        "vim",
        "nvim",
        "gvim",
        "nano",
        "emacs",
        "emacsclient",
        "micro",
        "kak",
        "joe",
        "ne",
        "gedit",
    ),
    "{file}:{line}": ("subl", "zed", "hx", "helix", "atom"),
    "--line {line} {file}": ("pycharm", "pycharm64", "charm", "idea", "kate", "mate"),
}


@click.command("open")
@click.argument("exercise", metavar="[EX]", required=False)
@click.option("--editor", metavar="CMD", help="The editor to start, instead of $VISUAL or $EDITOR.")
@click.option("--print", "only_print", is_flag=True, help="Only say where it is.")
@look()
def open_(exercise: str | None, editor: str | None, *, only_print: bool) -> int:
    """Open your file at EX.

    Without EX: at the current exercise, where you worked last. Where no editor is configured, the place is printed.
    """
    from grader.cli.place import Place, all_done
    from grader.errors import UsageError

    with Place.here(terminal()) as place:
        found = place.chosen(exercise)
        if found is None:
            place.terminal.say(all_done(place.course))
            return 0
        entry = place.entry(found)
        if exercise and not only_print:
            place.state.last = found.id
            place.save()
    command = editor or (configured(os.environ) if sys.stdout.isatty() else "")
    if only_print or not command:
        terminal().say(entry.place)
        if not (only_print or configured(os.environ)):
            says = later(
                "No editor is configured. Say which:  {command}\nOr set it for good, in your shell:  {setting}"
            )
            setting = "setx EDITOR code" if os.name == "nt" else "export EDITOR=code"
            terminal().note(phrase(says, command="grade open --editor code", setting=setting))
        return 0
    words = arguments(command, entry.file, entry.where.line if entry.where else 1)
    if shutil.which(words[0]) is None:
        says = later("There is no editor {name} here. The place is {place}.")
        raise UsageError(phrase(says, name=words[0], place=entry.place))
    return min(subprocess.run(words, check=False).returncode, 1)  # noqa: S603 (the learner's own editor)


def configured(environ: Mapping[str, str]) -> str:
    """Return the editor that the environment names, or nothing."""
    return environ.get("VISUAL") or environ.get("EDITOR") or ""


def arguments(command: str, file: str, line: int) -> list[str]:
    """Return the words that start an editor at a line. Raises UsageError for a command that is none."""
    from grader.errors import UsageError

    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as error:
        raise UsageError(phrase("This is no command: {command} ({reason}).", command=command, reason=error)) from error
    if not words:
        raise UsageError(phrase("--editor needs a command."))
    if not any("{file}" in word for word in words):
        name = PurePath(words[0]).stem.lower()
        style = next((style for style, names in STYLES.items() if name in names), "{file}")
        words += style.split(" ")
    return [word.replace("{file}", file).replace("{line}", str(line)) for word in words]
