"""Make what a learner starts from: a solution without its answers and hints.

A region becomes one line that says which answer is missing; everything else stays byte for byte. The file ends with a
place to try things, unless the solution has one of its own.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.author.source import PercentFile, bare, parse, read_text
from grader.author.texts import translated
from grader.course.course import Course
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.language import ENGLISH, catalogue, later, table
from grader.submission.whole import write_whole

TRY = later("Try things here: `{command}` runs what stands below, and grading leaves it out.")
GUARD = 'if __name__ == "__main__":'


def stub(text: str, path: Path) -> str:
    """Return the learner's file made from a solution's text; a stub stays as it is.

    path: named in errors only. Raises CourseError, naming file and line.
    """
    return "".join(_lines(parse(text, path)))


def answer_stub(text: str, path: Path, name: str) -> list[str]:
    """Return the lines, with their endings, that the stub has for one function or class: `Value.__add__`.

    text: a solution or a stub. Raises CourseError where nothing of that name is defined.
    """
    made = parse(stub(text, path), path)
    definition = made.definitions.get(name)
    if definition is None:
        raise CourseError(f"{path}: nothing here is called {name}.")
    return list(made.lines[definition.first - 1 : definition.last])


def _lines(source: PercentFile) -> Iterator[str]:
    regions = {region.begin: region for region in source.regions}
    row = 1
    while row <= len(source.lines):
        region = regions.get(row)
        if region is None:
            yield source.lines[row - 1]
            row += 1
            continue
        begin, end = source.lines[region.begin - 1], source.lines[region.end - 1]
        yield f'{region.indent}raise NotImplementedError("TODO: {region.name}")'
        yield end[len(bare(end)) :] and begin[len(bare(begin)) :]
        row = region.end + 1


def made(unit: Unit, language: str = ENGLISH) -> bytes:
    """Return the stub that a unit's solution makes, as it stands on disk. Raises CourseError.

    language: of its texts. What has no translation stays English.
    """
    text = read_text(unit.solution)
    if language in unit.written:
        text = translated(parse(text, unit.solution), table(unit.written[language]).get)
    return completed(unit, stub(text, unit.solution), language)


def completed(unit: Unit, text: str, language: str = ENGLISH) -> bytes:
    """Return a stub with the place to try things at its end, if it has none of its own."""
    has_one = any(line.startswith(GUARD) for line in text.splitlines())
    return (text if has_one else text + _place_to_try(unit, text, language)).encode()


def _place_to_try(unit: Unit, text: str, language: str) -> str:
    """Return the cell at the end of a stub that runs for the learner alone."""
    end = "\r\n" if "\r\n" in text else "\n"
    command = f"python {unit.stub.parent.name}/{unit.stub.name}"
    rows = (
        "# %%",
        f"# {_in(language, TRY).format(command=command)}",
        GUARD,
        '    print("Nothing is tried here yet.")',
    )
    before = "" if text.endswith(("\n", "\r")) else end
    return before + end * 2 + "".join(row + end for row in rows)


def _in(language: str, template: str) -> str:
    return template if language == ENGLISH else catalogue(language)["phrases"].get(template, template)


def is_stale(unit: Unit) -> bool:
    """Say whether a unit's stub is missing or is not what its solution makes. Raises CourseError."""
    return _on_disk(unit.stub) != made(unit)


def stale(course: Course) -> list[Path]:
    """Return the stubs of a course that are missing or are not what their solutions make. Raises CourseError."""
    return [unit.stub for unit in course.units if is_stale(unit)]


def build(course: Course, units: Iterable[Unit], language: str = ENGLISH, folder: Path | None = None) -> list[Path]:
    """Write the stubs of some units, whole or not at all, where they change. Returns what was written.

    folder: instead of the learner's. All of them are made before the first is written. Raises CourseError, naming file
    and line.
    """
    folder = folder or course.learner_folder
    new = [(folder / unit.stub.name, made(unit, language)) for unit in units]
    folder.mkdir(exist_ok=True, parents=True)
    changed = [(path, data) for path, data in new if _on_disk(path) != data]
    for path, data in changed:
        write_whole(path, data)
    return [path for path, _ in changed]


def _on_disk(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
