"""The text that a run trains on: the course's own, the lecture's once it was fetched, or a file of the learner's."""

from pathlib import Path
from typing import TYPE_CHECKING

from grader.language import heard, later, phrase

if TYPE_CHECKING:
    from grader.cli.place import Place
    from grader.course.plots import Plot
    from grader.course.training import Training
    from grader.course.unit import Unit
    from grader.training.asker import Text

MAX_TEXT = 32 << 20


def chosen(
    place: "Place", unit: "Unit", plan: "Training | Plot", *, data: str | None, file: str | None, command: str = ""
) -> "Text":
    """Return what is trained on, or drawn of. data, file: what was asked for. command: `grade run u01` by default.

    Raises UsageError for a text that cannot be had.
    """
    from grader.course.data import catalogue
    from grader.errors import CourseError, UsageError
    from grader.submission.files import shown
    from grader.training.asker import Text

    if not plan.data:
        if file or data:
            raise UsageError(phrase("{command} reads no text.", command=command or f"grade run {unit.key}"))
        return Text()
    if file and data:
        raise UsageError(phrase("--text and --data are two texts: leave one out."))
    if file:
        return Text("", file, _read(Path(file)))
    sets = {one.name: one for one in catalogue(place.course.data)}
    if data and data not in sets:
        says = phrase("There is no data set {name}. There are: {names}.", name=data, names=", ".join(sets))
        raise UsageError(says)
    wanted = [sets[name] for name in ((data,) if data else plan.data) if name in sets]
    if not wanted:
        raise CourseError(f"{plan.file}: data names {plan.data[-1]!r}, which the catalogue of data has not.")
    there = next((one for one in wanted if one.state == "present"), None)
    if there is None:
        one = wanted[-1]
        how = f"fetch {one.fetch}" if one.fetch else f"make {one.name}"
        says = later("{file} is missing or changed. Get it:  {command}")
        raise UsageError(phrase(says, file=shown(one.path), command=f"grade data {how}"))
    return Text(there.name, shown(there.path), _read(there.path))


def _read(path: Path) -> str:
    from grader.errors import UsageError

    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_TEXT + 1)
        if len(data) > MAX_TEXT:
            raise UsageError(phrase("{file} is larger than {limit} MB.", file=path, limit=MAX_TEXT >> 20))
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(phrase("{file} is no text in UTF-8.", file=path)) from error
    except OSError as error:
        says = phrase("{file} cannot be read: {reason}.", file=path, reason=heard(error.strerror or str(error)))
        raise UsageError(says) from error
