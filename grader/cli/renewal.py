"""What an update makes of each unit's file, worked out before anything is written."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.author.source import PercentFile, parse
from grader.cli import origins
from grader.cli.place import Place
from grader.cli.transaction import Write
from grader.course.course import Course
from grader.course.unit import Unit
from grader.language import later, phrase
from grader.submission.merging import UNWRITTEN, Merged, merge
from grader.submission.pieces import Source
from grader.submission.scanned import Scanned

ALIKE = 0.6  # how much of a contract an exercise has in common with the one that was renamed


@dataclass(frozen=True)
class News:
    """What a new stub has that the old one had not: names, and whether the text between them changed.

    renamed: old and new name.
    """

    text: bool = False
    contracts: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Renewed:
    """One unit's file. write: None where nothing changes. left: why it was left as it is; empty where it was not.

    fresh: nothing of the learner's was in it, or it was not there. kept: removed ones that are answers, and stay.
    """

    unit: Unit
    write: Write | None = None
    left: str = ""
    fresh: bool = False
    news: News = field(default_factory=News)
    conflicts: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    base: bytes = b""
    scanned: Scanned | None = None


def renewed(place: Place, course: Course, old: Course | None, *, in_place: bool) -> Iterator[Renewed]:
    """Yield what becomes of each unit's file. course: what comes in. old: what files were made from.

    in_place: whether the version that comes in lies here already, so that what it was before is not known from it.
    """
    for unit in course.units:
        yield of_unit(place, unit, origins.stub_of(unit, place.language), old, in_place=in_place)


def of_unit(place: Place, unit: Unit, new: bytes, old: Course | None, *, in_place: bool) -> Renewed:
    """Return what becomes of one unit's file. new: the stub that comes in; the others as for `renewed`."""
    here = place.course
    file = here.learner_folder / unit.stub.name
    blank = Renewed(unit, base=new)
    mine = next((one for one in here.units if one.name == unit.name), unit)
    if not place.work.holds(mine):
        return replace(blank, write=Write(file, None, new), fresh=True)
    found = place.scanned(mine)
    if found.source is not None and found.source.is_notebook:
        return replace(blank, left=phrase("{file} is a notebook; change it by hand.", file=found.file))
    if found.problem is not None or found.source is None:
        where = found.problem.where.place if found.problem and found.problem.where else found.file
        says = later("{place} keeps the file from being read. Mend it, then run grade update again.")
        return replace(blank, left=phrase(says, place=where))
    yours = found.source.data
    try:
        yours.decode("utf-8-sig")
    except UnicodeDecodeError:
        return replace(blank, left=phrase("{file} is no text in UTF-8.", file=found.file))
    base = origins.base_of(here, mine, yours, old, in_place=in_place)
    if base is None:
        says = later("Nobody knows which stub it was made from. Say where that version is: {command}")
        return replace(blank, left="" if yours == new else phrase(says, command="grade update --base FOLDER"))
    return _merged(place, replace(blank, fresh=yours == base), found, base)


def _merged(place: Place, blank: Renewed, found: Scanned, base: bytes) -> Renewed:
    unit, yours = blank.unit, found.source.data if found.source else b""
    spans = {name: (span.first, span.last) for name, span in found.spans.items()}
    ours = [origins.source(data, unit.solution) for data in (base, blank.base)]
    done = merge(ours[0], Source(yours, spans), ours[1])
    news = news_of(parse(base.decode(), unit.solution), parse(blank.base.decode(), unit.solution))
    if done.data == yours:
        return replace(blank, news=news if base != blank.base else News())
    after = _scanned(place, unit, done)
    if after.problem is not None or _lost(found, after):
        says = later("The new version does not fit into it by itself. It stays as it is; the new stub: {command}")
        return replace(blank, left=phrase(says, command=f"grade reset {unit.key}"))
    file = place.course.learner_folder / unit.stub.name
    kept = tuple(name for name in news.removed if name in after.spans)
    write = Write(file, yours, done.data)
    return replace(blank, write=write, news=news, conflicts=done.conflicts, kept=kept, scanned=after)


def _scanned(place: Place, unit: Unit, done: Merged) -> Scanned:
    """Read what came out, before it goes where the learner's file is."""
    with TemporaryDirectory() as name:
        (Path(name) / unit.stub.name).write_bytes(done.data)
        return place.scanned_in(unit, Path(name))


def _lost(before: Scanned, after: Scanned) -> bool:
    """Whether an answer is a stub again; it never should be."""
    answers = [name for name, span in before.spans.items() if not span.unwritten]
    return any((span := after.spans.get(name)) is not None and span.unwritten for name in answers)


def news_of(base: PercentFile, new: PercentFile) -> News:
    """Return what a new stub has that an old one had not."""
    (old_ones, new_ones), both = (base.definitions, new.definitions), base.definitions.keys() & new.definitions.keys()
    shared = [name for name in new_ones if name in both and not new_ones[name].is_class]
    contracts = [
        n for n in shared if (old_ones[n].signature, old_ones[n].doc) != (new_ones[n].signature, new_ones[n].doc)
    ]
    given = [name for name in shared if name not in contracts and _text(base, name) != _text(new, name)]
    removed = [name for name in old_ones if name not in new_ones]
    added = [name for name in new_ones if name not in old_ones]
    renamed = list(_renamed(base, new, removed, added))
    return News(
        text=_between(base) != _between(new),
        contracts=tuple(contracts),
        given=tuple(given),
        added=tuple(name for name in added if name not in [to for _, to in renamed]),
        removed=tuple(name for name in removed if name not in [one for one, _ in renamed]),
        renamed=tuple(renamed),
    )


def _renamed(base: PercentFile, new: PercentFile, removed: list[str], added: list[str]) -> Iterator[tuple[str, str]]:
    for one in removed:
        near = {name: _alike(_text(base, one), _text(new, name)) for name in added if _owner(name) == _owner(one)}
        best = max(near, key=lambda name: near[name], default="")
        if best and near[best] >= ALIKE:
            yield one, best


def _alike(some: list[str], others: list[str]) -> float:
    return difflib.SequenceMatcher(None, "\n".join(some).split(), "\n".join(others).split(), autojunk=False).ratio()


def _owner(name: str) -> str:
    return name.rpartition(".")[0]


def _text(file: PercentFile, name: str) -> list[str]:
    one = file.definitions[name]
    return [line.rstrip() for line in file.lines[one.first - 1 : one.last]]


def _between(file: PercentFile) -> list[str]:
    """Return the lines outside of functions, without blank ones."""
    inside = {row for one in file.definitions.values() if not one.is_class for row in range(one.first, one.last + 1)}
    rows = [line.rstrip() for row, line in enumerate(file.lines, 1) if row not in inside]
    return [row for row in rows if row and not UNWRITTEN.match(row.encode())]
