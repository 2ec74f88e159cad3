"""What counts of a kernel's cells: where the answers are in a notebook, they come on top of what was saved."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError
from grader.language import later, phrase
from grader.submission.files import NOTEBOOK, shown

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.cli.wish import Wish
    from grader.course.declarations import Exercise


def counted(place: "Place", wish: "Wish", exercises: "Sequence[Exercise]") -> "tuple[Wish, str]":
    """Give the place the cells that count; return what is graded, and the sentence that says so. Raises UsageError."""
    units = [place.course.unit(name) for name in dict.fromkeys(exercise.unit for exercise in exercises)]
    unit = units[0]
    if wish.submission is not None or wish.ours or len(units) > 1:
        return replace(wish, ran=""), phrase(
            "Graded: the files as they are saved. Cells that you ran do not count here."
        )
    module, notebook = unit.stub, unit.stub.with_suffix(NOTEBOOK)
    if notebook.exists() and not module.exists():
        says = later("Graded: {file} as it is saved, and on top of it the cells that you ran. Save it, too.")
        if wish.cell:
            says = later("Graded: this cell, on top of what you ran and of {file}. The cell itself was not run.")
        _give(place, wish.ran)
        return wish, phrase(says, file=shown(notebook))
    if not wish.cell:
        says = later(
            "Graded: {file} as it is saved. Cells of a notebook do not count while it is there; to answer in a "
            "notebook: {command}"
        )
        return replace(wish, ran=""), phrase(says, file=shown(module), command=f"grade notebook {unit.key}")
    says = later(
        "Graded: this cell, on top of what you ran and of {file}. Nothing was recorded: {file} is what counts, so put "
        "the answer there."
    )
    _give(place, wish.ran)
    return replace(wish, tries=True), phrase(says, file=shown(module))


def below(place: "Place", says: str) -> str:
    """Return the sentence as it stands below the page."""
    from grader.report.style import wrap

    return "\n".join(["", *wrap(says, place.terminal.style.width, whole=True)])


def _give(place: "Place", file: str) -> None:
    try:
        place.ran = Path(file).read_bytes()
    except OSError as error:
        raise UsageError(phrase("{file} is not there.", file=file)) from error
    place.forget()
    vars(place).pop("work", None)  # it was opened without them
