"""`grade notebook`: a unit as a notebook, to answer in or to explore in. Nothing that a learner wrote is replaced."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.terminal import look, terminal
from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.course.unit import Unit

FOLDER = "notebooks"  # beside the exercises; what is in it is never graded


@click.command()
@click.argument("unit")
@click.option("--explore", is_flag=True, help="Leave the answers in the .py; make a notebook that imports them.")
@look()
def notebook(unit: str, *, explore: bool) -> int:
    """Make a notebook of UNIT, to answer or to explore in.

    It has the unit's text and code, and a %grade below each exercise. Your answers move into it from the .py, which is
    saved and taken away; the notebook is graded from then on. With --explore they stay in the .py, and the notebook is
    a place to try them.
    """
    from grader.cli.place import Place

    with Place.here(terminal()) as place:
        found = place.targets.unit(unit)
        if explore:
            _explore(place, found)
        else:
            _answer(place, found)
        if find_spec("IPython") is None:
            says = later("To open it you need Jupyter, which is not in this environment: {command}")
            place.terminal.note(phrase(says, command="python -m pip install jupyterlab"))
    return 0


def _answer(place: "Place", unit: "Unit") -> None:
    """Write the learner's file as a notebook and take the file away, saved: two of one unit would not be graded."""
    from grader.cli.backup import Backups
    from grader.notebook import make
    from grader.submission.files import NOTEBOOK, shown

    target = unit.stub.with_suffix(NOTEBOOK)
    _require_free(target)
    lines, spots = _read(place, unit)
    about = later(
        "Answer in this notebook: `grade {unit}` grades it as it is saved. `%grade` in a cell grades what you have "
        "run, saved or not; `%%grade EXERCISE` as a cell's first line grades that cell; `%hint` and `%status` do as "
        "their commands do. Grading keeps imports, definitions and constants; what else you try in cells is left out."
    )
    data = make.to_answer(lines, spots, phrase(about, unit=unit.key))
    old = unit.stub.read_bytes()
    backup = Backups(place.course.state_folder / "backup").save(unit.key, unit.stub, old)
    _write(target, data)
    try:
        unit.stub.unlink()
    except OSError as error:
        target.unlink()
        says = later("{file} cannot be moved: {reason}. Nothing was changed.")
        raise _error(phrase(says, file=shown(unit.stub), reason=heard(error.strerror or ""))) from error
    place.forget()
    place.terminal.say(phrase("Wrote {file}.", file=shown(target)))
    says = later("What you had in {file} is in it. From now on the notebook is graded: answer there.")
    place.terminal.say(phrase(says, file=shown(unit.stub)))
    place.terminal.say(phrase("Saved your version: {file}", file=shown(backup.file)))
    says = later("Undo:  move the notebook away, then {command}")
    place.terminal.say(phrase(says, command=f"grade reset --restore {backup.name}"))


def _explore(place: "Place", unit: "Unit") -> None:
    """Write a notebook that imports the learner's file."""
    from grader.notebook import make
    from grader.submission.files import NOTEBOOK, shown

    answers = unit.stub.with_suffix(NOTEBOOK)
    if answers.exists() and not unit.stub.exists():
        says = later("{file} holds your answers, and it is a notebook: explore them there.")
        raise _error(phrase(says, file=shown(answers)))
    target = place.course.root / FOLDER / answers.name
    _require_free(target)
    lines, spots = _read(place, unit)
    about = later(
        "Explore here; your answers are in `{file}`, and that is what is graded. Save it, and the next cell that you "
        "run sees it. `%%grade EXERCISE` as a cell's first line grades that cell instead, and records nothing."
    )
    folder = os.path.relpath(unit.stub.parent, target.parent).removeprefix("../")
    says = phrase(about, file=f"{unit.stub.parent.name}/{unit.stub.name}")
    data = make.to_explore(lines, spots, says, Path(folder).as_posix(), unit.name)
    try:
        target.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritable(target, error) from error
    _write(target, data)
    place.terminal.say(phrase("Wrote {file}.", file=shown(target)))
    says = later("Your answers stay in {file}, and that is what is graded. The notebook imports it.")
    place.terminal.say(phrase(says, file=shown(unit.stub)))


def _require_free(target: Path) -> None:
    """Raise UsageError where something is there: it may hold answers."""
    from grader.submission.files import shown

    if os.path.lexists(target):
        says = later(
            "{file} is there already, and it may hold work of yours: nothing was written. Open it; to have it made "
            "anew, move it away first."
        )
        raise _error(phrase(says, file=shown(target)))


def _read(place: "Place", unit: "Unit") -> tuple[tuple[str, ...], dict[str, int]]:
    """Return the lines of the learner's file, and where each exercise begins. Raises UsageError."""
    found = place.scanned(unit)
    if found.problem is not None:
        where = found.problem.where
        says = later("{place} keeps the file from being read.\ngrade {unit} says more. Mend it first.")
        if found.source is None or where is None:
            raise _error(found.problem.message)
        raise _error(phrase(says, place=where.place, unit=unit.key))
    spots = {exercise.id: where.line for exercise in unit.exercises if (where := found.location(exercise))}
    return found.text.lines, spots


def _write(target: Path, data: bytes) -> None:
    """Write a file that is not there yet. Raises UsageError."""
    try:
        with target.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise _unwritable(target, error) from error


def _unwritable(target: Path, error: OSError) -> Exception:
    from grader.submission.files import shown

    says = later("{file} cannot be written: {reason}. Nothing was changed.")
    return _error(phrase(says, file=shown(target), reason=heard(error.strerror or "")))


def _error(says: str) -> Exception:
    from grader.errors import UsageError

    return UsageError(says)
