"""Replace some lines of a learner's file and leave every other byte as it is: ends of lines, byte order mark and all.

Nothing here parses the file; where an answer stands in it is told by a scanned.
"""

import re
from collections.abc import Mapping, Sequence

from grader.submission.pieces import END, MARK, lines_of
from grader.submission.scanned import Span

INDENT = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\f]*")


def cut(data: bytes, span: Span) -> list[bytes]:
    """Return the lines of a span."""
    return lines_of(data)[span.first - 1 : span.last]


def replaced(
    data: bytes, pieces: Mapping[Span, Sequence[bytes]], added: Sequence[tuple[int, Sequence[bytes]]] = ()
) -> bytes:
    """Return the data with the lines of each span replaced. A span inside another one is left to that one.

    added: lines to put in, each with the line of the data that they go before.
    """
    lines = lines_of(data)
    outer = [span for span in pieces if not any(_inside(span, other) for other in pieces)]
    changes = [(row, row - 1, piece) for row, piece in added]
    changes += [(span.first, span.last, pieces[span]) for span in outer]
    for first, last, piece in sorted(changes, key=lambda change: change[0])[::-1]:
        lines[first - 1 : last] = piece
    return b"".join(lines)


def fitted(piece: Sequence[str], there: Sequence[bytes]) -> list[bytes]:
    """Return lines of ours as they would stand in the learner's file.

    there: the lines that they replace. What is kept of them: how lines end, the first one's indentation and byte order
    mark, and no end after the last one where it had none.
    """
    end = _end(there[0]) or b"\n"
    mark = there[0][:3] if there[0].startswith(b"\xef\xbb\xbf") else b""
    indent = _indent(there[0]).removeprefix(mark)
    ours = _indent(piece[0].encode())
    fitted = []
    for line in piece:
        text = line.rstrip("\r\n").encode()
        fitted.append((indent + text.removeprefix(ours) if text else b"") + end)
    fitted[0] = mark + fitted[0]
    fitted[-1] = fitted[-1].removesuffix(end) + _end(there[-1])
    return fitted


def beside(data: bytes, row: int, piece: Sequence[str], *, like: int, below: bool) -> list[bytes]:
    """Return lines of ours as they would be put in before line `row`, with blank lines to keep them apart.

    like: a line that is indented as they are to be; 0 for the margin. below: they belong to what stands above them.
    """
    lines = lines_of(data)
    end = (_end(lines[0]) if lines else b"") or b"\n"
    indent = _indent(lines[like - 1]).removeprefix(MARK) if like else b""
    new = fitted(piece, [indent + b"x" + end])
    gap = [end] * (1 if indent else 2)
    if lines and row > len(lines) and not _end(lines[-1]):
        return [end, *gap, *new[:-1], new[-1].removesuffix(end)]
    return [*gap, *new] if below else [*new, *gap]


def _inside(span: Span, other: Span) -> bool:
    same = (span.first, span.last) == (other.first, other.last)
    return not same and other.first <= span.first and span.last <= other.last


def _end(line: bytes) -> bytes:
    found = END.search(line)
    return found.group() if found else b""


def _indent(line: bytes) -> bytes:
    found = INDENT.match(line)
    return found.group() if found else b""
