"""`grade data`: the files of a course, made again or fetched."""

from pathlib import Path

import click

from grader.cli.terminal import look, terminal
from grader.language import later, phrase

STATES = {"present": later("present"), "missing": later("missing"), "changed": later("changed")}


@click.group()
def data() -> None:
    """List, make or fetch the course's data."""


@data.command("list")
@look()
def list_() -> int:
    """Say which files there are, and how to get the others."""
    from grader.course import data as sets
    from grader.report.style import padded

    say = terminal().say
    for one in sets.catalogue(_folder()):
        size = phrase("{number} bytes", number=f"{one.bytes:>9,}")
        say(f"{padded(phrase(STATES[one.state]), 8)} {_name(one.path):32} {size}   {one.about}\n")
        if one.state != "present" and (one.fetch or one.made):
            say(f"         grade data {'fetch ' + one.fetch if one.fetch else 'make ' + one.name}\n")
    return 0


@data.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@look()
def make(names: tuple[str, ...]) -> int:
    """Make the generated files again, byte for byte."""
    from grader.course import data as sets

    code = 0
    for one, right in sets.make(_folder(), list(names)):
        said = later("Made  {file}   as it should be")
        if not right:
            said = later("Made  {file}   NOT what the catalogue says: is make.py changed?")
        terminal().say(phrase(said, file=_name(one.path)))
        code = code if right else 1
    return code


@data.command()
@click.argument("name")
@look()
def fetch(name: str) -> int:
    """Download a file of the lectures: names or shakespeare."""
    from grader.course import data as sets
    from grader.errors import UsageError

    there = [one for one in sets.catalogue(_folder()) if one.fetch]
    wanted = next((one for one in there if name in (one.fetch, one.name)), None)
    if wanted is None:
        names = ", ".join(one.fetch for one in there) or phrase("none")
        raise UsageError(phrase("There is no {name} to fetch. There are: {names}.", name=repr(name), names=names))
    if wanted.state == "present":
        terminal().say(phrase("{file} is here already, and it is the right one.", file=_name(wanted.path)))
        return 0
    sets.fetch(wanted)
    says = later("Fetched  {file}   {number} bytes, SHA-256 as pinned")
    terminal().say(phrase(says, file=_name(wanted.path), number=f"{wanted.bytes:,}"))
    return 0


def _folder() -> Path:
    from grader.course.course import Course

    return Course.find(Path.cwd()).data


def _name(path: Path) -> str:
    from grader.submission.files import shown

    return shown(path)
