"""Files as a merge sees them: lines, where definitions stand among them, and what one side changed."""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # as Python counts lines: a form feed ends none
END = re.compile(rb"(?:\r\n|\r|\n)\Z")
MARK = b"\xef\xbb\xbf"
CELL = b"# %%"
JUNK = (b"", b"#", CELL, b'"""', b"# %% [markdown]")  # they stand everywhere, so that they say nothing of a place
Rows = tuple[int, int]  # lines counted from 0, the second one not included


@dataclass(frozen=True)
class Source:
    """One file. spans: first and last line of each function, class and method by its qualified name, counted from 1."""

    data: bytes
    spans: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Change:
    """rows: lines of the base that one side replaced. by: that side's lines in their place."""

    rows: Rows
    by: Rows

    def meets(self, other: "Change") -> bool:
        """Whether both change the same line, or one puts something in between lines that the other one changes."""
        (first, last), (begin, end) = self.rows, other.rows
        if first == last or begin == end:
            return begin < first < end or first < begin < last
        return first < end and begin < last

    def touches(self, other: "Change") -> bool:
        """Whether nothing is left between the two."""
        return self.rows[0] <= other.rows[1] and other.rows[0] <= self.rows[1]


@dataclass
class File:
    """A source in lines. plain: as they are compared. bound: so that what is in `whole` is equal whole or not."""

    source: Source
    lines: list[bytes] = field(init=False)
    plain: list[Hashable] = field(init=False)
    bound: list[Hashable] = field(init=False)
    whole: dict[Rows, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = lines_of(self.source.data.removeprefix(MARK))
        self.plain = [line.rstrip() for line in self.lines]
        self.bound = list(self.plain)

    @property
    def names(self) -> list[str]:
        """The definitions in the order of the file; a class before its methods."""
        return sorted(self.source.spans, key=lambda name: (self.rows(name)[0], -self.rows(name)[1]))

    def rows(self, name: str) -> Rows:
        """Return where a definition stands."""
        first, last = self.source.spans[name]
        return first - 1, last

    def text(self, name: str) -> list[Hashable]:
        """Return the lines of a definition as they are compared."""
        return self.plain[slice(*self.rows(name))]

    def holds(self, name: str, other: str) -> bool:
        """Whether one definition is inside another one, which has its name in front."""
        return other.startswith(f"{name}.") and within(self.rows(other), self.rows(name))

    def outermost(self, names: Sequence[str]) -> list[str]:
        """Return the definitions that are inside no other one of these."""
        return [name for name in names if not any(self.holds(one, name) for one in names)]

    def bind(self, shared: Sequence[str]) -> None:
        """Let definitions that are not merged by line come and go as wholes."""
        others = [
            name for name in self.names if name not in shared and not any(self.holds(name, one) for one in shared)
        ]
        for name in self.outermost(others):
            first, last = self.rows(name)
            self.bound[first:last] = [(row, name, *self.text(name)) for row in range(last - first)]
            self.whole[first, last] = name


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines with their ends; put together again they are the data."""
    return LINE.findall(data)


def shared_names(files: Sequence[File]) -> list[str]:
    """Return the functions that all files have in one order: methods too, a class only where it has no methods."""
    orders = [[name for name in file.names if not any(file.holds(name, one) for one in file.names)] for file in files]
    shared = orders[0]
    for order in orders[1:]:
        blocks = SequenceMatcher(None, shared, order, autojunk=False).get_matching_blocks()
        shared = [shared[block.a + step] for block in blocks for step in range(block.size)]
    return _apart(shared, files)


def moved(files: Sequence[File], shared: Sequence[str]) -> list[str]:
    """Return the functions that all files have, but not in one order: each is merged where the learner has it."""
    leaves = [{name for name in file.names if not any(file.holds(name, one) for one in file.names)} for file in files]
    return [name for name in files[0].names if name not in shared and all(name in some for some in leaves)]


def _apart(names: Sequence[str], files: Sequence[File]) -> list[str]:
    """Return the names whose lines follow each other in each file: two definitions may stand in one line."""
    kept: list[str] = []
    for name in names:
        if not kept or all(file.rows(kept[-1])[1] <= file.rows(name)[0] for file in files):
            kept.append(name)
    return kept


def within(rows: Rows, around: Rows) -> bool:
    """Whether some lines are among others."""
    return around[0] <= rows[0] and rows[1] <= around[1]


def changes(base: Sequence[Hashable], at: Rows, side: Sequence[Hashable], there: Rows) -> Iterator[Change]:
    """Yield what one side made of some lines of the base."""
    matcher = SequenceMatcher(_is_junk, base[slice(*at)], side[slice(*there)], autojunk=False)
    for kind, first, last, begin, end in matcher.get_opcodes():
        if kind != "equal":
            yield Change((at[0] + first, at[0] + last), (there[0] + begin, there[0] + end))


def _is_junk(key: Hashable) -> bool:
    return isinstance(key, bytes) and key.strip() in JUNK


def place(change: Change, ours: Sequence[Change], at: Rows, there: Rows) -> Rows:
    """Return the learner's lines that a change of the new stub replaces; ours are changes that it does not meet.

    What it puts in comes before what the learner put in at the same place.
    """
    first, last = change.rows

    def moved(row: int, *, after: bool) -> int:
        passed = [one for one in ours if one.rows[1] < row or (one.rows[1] == row and (after or one.rows[0] < row))]
        return row - at[0] + there[0] + sum(_size(one.by) - _size(one.rows) for one in passed)

    return moved(first, after=first < last), moved(last, after=False)


def _size(rows: Rows) -> int:
    return rows[1] - rows[0]


def holds(lines: Sequence[bytes], some: Sequence[bytes]) -> bool:
    """Say whether some lines stand among others, one after the other; so it is where there are none."""
    wanted, plain = [line.rstrip() for line in some], [line.rstrip() for line in lines]
    return any(plain[row : row + len(wanted)] == wanted for row in range(len(plain) - len(wanted) + 1))


def usual_end(lines: Sequence[bytes]) -> bytes:
    """Return how lines end, by the first one."""
    found = END.search(lines[0]) if lines else None
    return found.group() if found else b"\n"
