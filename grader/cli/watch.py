"""`grade watch`: the verdict on every save, in the terminal that stands beside the editor."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import Positive, Terminal, look, terminal
from grader.language import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from grader.cli.place import Place
    from grader.course.declarations import Exercise
    from grader.course.unit import Unit
    from grader.watch.files import Lines, Save
    from grader.watch.loop import Orders

EVERY = 50  # milliseconds
CLEAR = "\x1b[H\x1b[2J"  # the screen; what was scrolled off it stays
CLOCK = "%H:%M:%S"


@dataclass(frozen=True)
class Watched:
    """What is watched. units: whose files. targets: what to grade at a save, by unit; none where the edit says it."""

    units: "Sequence[Unit]"
    targets: dict[str, tuple[str, ...]]

    @property
    def files(self) -> "dict[Path, Unit]":
        """The files that can hold an answer."""
        return {path: unit for unit in self.units for path in (unit.stub, unit.stub.with_suffix(".ipynb"))}


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--every", type=Positive(int), metavar="MS", default=EVERY, show_default=True, help="Look so often.")
@click.option("--keys/--no-keys", default=True, help="Listen to keys; only a terminal has any.")
@click.option("--redraw", is_flag=True, help="Clear the screen before each verdict; the scroll-back stays.")
@click.option("-q", "quiet", is_flag=True, help="One line a verdict.")
@click.option("--problems", is_flag=True, help="Also write file:line:column: message, for editors.")
@look()
def watch(targets: tuple[str, ...], *, every: int, keys: bool, redraw: bool, quiet: bool, problems: bool) -> int:
    """Grade what you edit each time you save it.

    TARGET: as for grade; by default the exercise that the edit is in. It ends with q or Ctrl-C.
    """
    from grader.cli.grading import AGAIN
    from grader.cli.place import Place
    from grader.submission.files import shown
    from grader.watch import keys as keyboard
    from grader.watch.files import WatchedFiles
    from grader.watch.loop import Loop

    ours = terminal()
    with Place.here(ours) as place:
        watched = _watched(place, targets)
        files = WatchedFiles(watched.files)
        first = _first(place, targets)
        now = f"{first.id}   {place.entry(first).place}" if first else ""
        folder = shown(place.course.learner_folder)
    with suppress(KeyboardInterrupt), keyboard.listening(wanted=keys) as pressed:
        ours.say(_head(ours, folder, now, keys=not isinstance(pressed, keyboard.NoKeys)))
        orders = _orders(ours, watched, targets, quiet=quiet, problems=problems)
        marks = _Marks(ours, watched, quiet=quiet, redraw=redraw, problems=problems)
        marks.end()
        loop = Loop(files, pressed, orders, marks.begin, marks.end, every / 1000, AGAIN)
        loop.run()
    ours.note(phrase("Stopped watching."))
    return 0


def _watched(place: "Place", words: Sequence[str]) -> Watched:
    """Return what to watch for these targets. Raises UsageError."""
    if not words:
        return Watched(place.course.units, {})
    found = place.targets.find(words)
    units = [unit for unit in place.course.units if any(exercise.unit == unit.name for exercise in found)]
    asked = {unit.name: tuple(one.id for one in found if one.unit == unit.name) for unit in units}
    whole = {unit.name: tuple(one.id for one in unit.exercises) for unit in units}
    return Watched(units, {name: ids for name, ids in asked.items() if ids != whole[name]})


def _first(place: "Place", words: Sequence[str]) -> "Exercise | None":
    """Return where to begin: the target, or where the learner is."""
    found = place.targets.find(words) if words else []
    return next((one for one in found if not place.is_done(one)), found[0] if found else place.current())


def _head(ours: Terminal, folder: str, now: str, *, keys: bool) -> str:
    from grader.report.page import Page

    page = Page(ours.style)
    page.labelled(phrase("Watching"), folder)
    if now:
        page.labelled(phrase("Now"), now)
    if keys:
        page.labelled(phrase("Press"), phrase("g grade   n next   h hint   s show   a all   q quit"))
    page.say(phrase("Save the file, and the verdict comes here."), 0)
    return page.text()


def _orders(ours: Terminal, watched: Watched, targets: tuple[str, ...], *, quiet: bool, problems: bool) -> "Orders":
    """Return what saves and keys have done, all in the look of this terminal."""
    from grader.submission.files import shown
    from grader.watch.loop import Orders

    looks = _looks(ours)
    manner = [*looks, *(["-q"] if quiet else []), *(["--problems"] if problems else [])]
    files = watched.files

    def saved(save: "Save", lines: "Lines") -> list[str] | None:
        if save.data is None and any(path.exists() for path, unit in files.items() if unit is files[save.path]):
            return None  # a module whose notebook is there, or the other way round
        ids = watched.targets.get(files[save.path].name)
        if not save.fingerprint:
            return [*(ids or [shown(save.path.with_suffix(".py"))]), *manner]
        where = [] if ids else ["--lines", ",".join(f"{first}-{last}" for first, last in lines) or "0-0"]
        return [*(ids or [shown(save.path)]), "--saved", save.fingerprint, *where, *manner]

    one = targets if len(targets) == 1 and "." in targets[0] else ()
    again = [*targets, *manner]
    return Orders(
        saved,
        {
            "g": again,
            "\n": again,
            "\r": again,
            "n": ["next", *looks],
            "h": ["hint", *one, *looks],
            "s": ["show", *one, *looks],
            "a": ["--all", *looks],
        },
    )


def _looks(ours: Terminal) -> list[str]:
    """Return the options by which text looks there as it does here."""
    from grader import language

    given = ours.flags
    words = ["--lang", language.chosen()]
    words += ["--color", str(given["color"])] if given.get("color") else []
    words += ["--plain"] if given.get("plain") else []
    words += ["--width", str(given["width"])] if given.get("width") else []
    return words


@dataclass(frozen=True)
class _Marks:
    """Says that a save was seen, and when, before its verdict is there; and for editors, that it is there."""

    terminal: Terminal
    watched: Watched
    quiet: bool
    redraw: bool
    problems: bool

    def end(self) -> None:
        """Say that the verdict is there."""
        if self.problems:
            self.terminal.say(time.strftime(CLOCK))

    def begin(self, save: "Save") -> None:
        """Say what was saved."""
        from grader.submission.files import shown

        if self.redraw and not self.terminal.style.plain:
            self.terminal.say(CLEAR)
        what = shown(save.path)
        says = phrase("saved {file}", file=what) if save.data is not None else phrase("{file} is away", file=what)
        self.terminal.say(f"{'' if self.quiet else chr(10)}{time.strftime(CLOCK)}  {says}")
