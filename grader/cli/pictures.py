"""Pictures in files: what name one may have, what must be installed, and where it was written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from grader import language
from grader.cli.terminal import Terminal
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.plotting.figure import Figure

ENDS = (".png", ".svg")


def target(name: str) -> Path:
    """Return where a picture goes. Raises UsageError for a name of another kind, or where nothing can draw one."""
    from grader.errors import UsageError
    from grader.plotting.look import INSTALL, LACKING, is_installed

    path = Path(name)
    if path.suffix.lower() not in ENDS:
        says = later("{file} is no name of a picture: it ends in .png or .svg.")
        raise UsageError(phrase(says, file=name))
    if not is_installed():
        raise UsageError(phrase(LACKING, command=INSTALL))
    return path


def write(
    terminal: Terminal, path: Path, make: "Callable[[], Figure]", *, dark: bool = False, told: bool = True
) -> None:
    """Write a picture; told: and say so. make: puts its words into the language that is spoken when it is called."""
    from grader.errors import UsageError
    from grader.plotting import picture

    with _written(terminal):
        figure = make()
        try:
            picture.write(figure, path, dark=dark)
        except OSError as error:
            says = later("The picture cannot be written to {file}: {reason}.")
            raise UsageError(phrase(says, file=path, reason=heard(error.strerror or str(error)))) from error
    if told:
        terminal.say(phrase("Written: {file}", file=path))


@contextmanager
def _written(terminal: Terminal) -> Iterator[None]:
    """Speak English where no font of this machine has the letters of the language."""
    from grader.plotting.look import speaks_here

    code = language.chosen()
    if not speaks_here():
        terminal.note(phrase("No font here has Chinese letters, so the picture is in English."))
        language.choose(language.ENGLISH)
    try:
        yield
    finally:
        language.choose(code)
