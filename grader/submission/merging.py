"""Merge a new version of a unit's stub around what a learner wrote: three ways, by definition and by line.

    base   the stub that the learner's file was made from
    yours  the learner's file
    new    the stub as it is now, or in another language

The files are cut at the functions that all three have, and each piece is merged on its own. Lines that only the new
stub changed are taken from it: an untouched stub is replaced, and an answer gets its new docstring. What the learner
wrote stays, byte for byte. Where both changed the same lines, the learner's stay and the new ones stand above them,
as comments. Nothing here parses a file: where definitions stand is told by whoever read it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.submission.pieces import (
    CELL,
    END,
    JUNK,
    MARK,
    Change,
    File,
    Rows,
    Source,
    changes,
    holds,
    moved,
    place,
    shared_names,
    usual_end,
    within,
)

UNWRITTEN = re.compile(rb"\s*raise NotImplementedError\(\"TODO: [\w.]+\"\)")
TOLD = b"# NEW  "


@dataclass(frozen=True)
class Merged:
    """What comes out. conflicts: what both sides changed: names of functions, "" for what stands between them."""

    data: bytes
    conflicts: tuple[str, ...] = ()


def merge(base: Source, yours: Source, new: Source) -> Merged:
    """Return the learner's file with what changed from base to new in it.

    Every line of yours that is not the base's stays, in its order, whatever base and new are. Where base and new are
    equal, yours comes out. Where yours and base are equal, new does. Merging once more changes nothing. Lines are
    compared without their ends and the blanks before; byte order mark and line ends are those of yours.
    """
    return _Merge(File(base), File(yours), File(new)).done()


class _Merge:
    def __init__(self, base: File, yours: File, new: File) -> None:
        self.base, self.yours, self.new = base, yours, new
        self.end = usual_end(yours.lines or new.lines)
        self.edits: list[tuple[Rows, list[bytes]]] = []
        self.conflicts: list[str] = []

    def done(self) -> Merged:
        if self.yours.plain in (self.base.plain, self.new.plain):
            if self.yours.plain != self.new.plain:
                self._put((0, len(self.yours.lines)), self.new.lines)
            return Merged(self._edited())
        files = (self.base, self.yours, self.new)
        shared = shared_names(files)
        self.base.bind(shared)
        self.new.bind(shared)
        at, above = [0, 0, 0], ""
        for name in shared:
            rows = [file.rows(name) for file in files]
            self._piece("", (above, name), [(start, first) for start, (first, _) in zip(at, rows, strict=True)])
            self._piece(name, (above, name), rows)
            at, above = [last for _, last in rows], name
        for name in moved(files, shared):
            self._piece(name, ("", name), [file.rows(name) for file in files])
        self._piece("", (above, ""), [(start, len(file.lines)) for start, file in zip(at, files, strict=True)])
        return Merged(self._edited(), tuple(dict.fromkeys(self.conflicts)))

    def _piece(self, name: str, around: tuple[str, str], rows: Sequence[Rows]) -> None:
        """Merge a shared function, or what stands between two of them. around: those. rows: of all three files."""
        at, there, theirs_at = rows
        ours = list(changes(self.base.plain, at, self.yours.plain, there))
        told: list[bytes] = []
        for change in self._theirs(name, at, theirs_at):
            met = [one for one in ours if one.meets(change)]
            lines = self.new.lines[slice(*change.by)] if name else self._wanted(change.by)
            beside = [one for one in ours if one.touches(change) and change.rows[0] == change.rows[1]]
            if any(holds(self.yours.lines[slice(*one.by)], lines) for one in [*met, *beside]):
                continue
            if met:
                told += self._both(name, around, there, change)
            else:
                self._put(place(change, ours, at, there), lines)
        self._tell(self._below(name, around[1], there), told)

    def _theirs(self, name: str, at: Rows, there: Rows) -> Iterator[Change]:
        """Yield what the new stub changed in a piece; definitions that the learner keeps are left out."""
        if name:
            yield from changes(self.base.plain, at, self.new.plain, there)
            return
        for change in changes(self.base.bound, at, self.new.bound, there):
            for part in self._parts(change):
                gone = self.base.whole.get(part.rows, "")
                if not (gone and self._stays(gone)):
                    yield part

    def _parts(self, change: Change) -> Iterator[Change]:
        """Yield a change of the new stub in parts: each definition that goes is one, and goes or stays by itself."""
        (first, last), by = change.rows, change.by
        for begin, end in self.base.whole:
            if first <= begin and end <= last:
                yield Change((first, begin), by)
                by = (by[1], by[1])
                yield Change((begin, end), by)
                first = end
        if (first, last) == change.rows or first < last:
            yield Change((first, last), by)

    def _wanted(self, rows: Rows) -> list[bytes]:
        """Return lines of the new stub without definitions that the learner has, wherever they stand."""
        left = set(range(*rows))
        for name in self._new_ones(rows):
            if name in self.yours.source.spans:
                left -= set(range(*self.new.rows(name)))
        return [self.new.lines[row] for row in sorted(left)]

    def _stays(self, name: str) -> bool:
        """Whether a definition that is gone from its place stays: it was changed, or is elsewhere in the new stub."""
        if name in self.new.source.spans or name not in self.yours.source.spans:
            return name in self.yours.source.spans
        return self.yours.text(name) != self.base.text(name)

    def _new_ones(self, rows: Rows) -> list[str]:
        return self.new.outermost([name for name in self.new.names if within(self.new.rows(name), rows)])

    def _both(self, name: str, around: tuple[str, str], there: Rows, change: Change) -> list[bytes]:
        """Return what to tell of lines that both changed; a definition that the learner has not comes in as it is."""
        left = set(range(*change.by))
        for one in [] if name else self._new_ones(change.by):
            owner, rows = one.rpartition(".")[0], self.new.rows(one)
            lines = self.new.lines[slice(*rows)]
            if one in self.yours.source.spans:
                left -= set(range(*rows)) if self.yours.text(one) == self.new.text(one) else set()
            elif not owner:
                below = self._below("", around[1], there)
                self._put((below, below), [*lines, b"", b"", CELL])
                left -= set(range(*rows))
            elif owner == around[0].rpartition(".")[0]:
                self._put((there[0], there[0]), [b"", *lines])
                left -= set(range(*rows))
        told = [self.new.lines[row] for row in sorted(left)]
        told = [line for line in told if line.strip() not in JUNK and not UNWRITTEN.match(line)]
        if told:
            self.conflicts.append(name)
        return told

    def _below(self, name: str, following: str, there: Rows) -> int:
        """Return the line above which something may be put in: that of the function, or of the class that it begins."""
        owners = [one for one in self.yours.names if self.yours.holds(one, following)]
        starts = [self.yours.rows(one)[0] for one in owners]
        return there[0] if name else min([there[1], *(start for start in starts if start >= there[0])])

    def _tell(self, below: int, told: Sequence[bytes]) -> None:
        """Put lines in comments above a line of the learner's."""
        first = self.yours.lines[below] if below < len(self.yours.lines) else b""
        indent = first[: len(first) - len(first.lstrip())] if first.strip() else b""
        rows = [indent + TOLD + line.strip() for line in told]
        if not holds(self.yours.lines, rows):
            self._put((below, below), rows)

    def _put(self, rows: Rows, lines: Sequence[bytes]) -> None:
        self.edits.append((rows, [END.sub(b"", line) + self.end for line in lines]))

    def _edited(self) -> bytes:
        """Return the learner's file, edited; where its last line has no end, the last one then has none, either."""
        lines = list(self.yours.lines)
        for (first, last), by in sorted(self.edits, key=lambda edit: edit[0])[::-1]:
            lines[first:last] = by
        is_ended = not self.yours.lines or bool(END.search(self.yours.lines[-1]))
        lines = [line if END.search(line) else line + self.end for line in lines[:-1]] + lines[-1:]
        if lines and not is_ended:
            lines[-1] = END.sub(b"", lines[-1])
        return (MARK if self.yours.source.data.startswith(MARK) else b"") + b"".join(lines)
