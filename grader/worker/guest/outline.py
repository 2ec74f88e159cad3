"""Where functions and classes seem to stand in a file that is no Python, by the looks of its lines.

Enough to put one of them back as it was; nothing else is made of it.
"""

import re
from collections.abc import Sequence

HEAD = re.compile(r"(?P<indent>[ \t]*)(?P<kind>async +def|def|class)\s+(?P<name>\w+)")
# What begins something else when it stands no further right than the head.
NEXT = re.compile(r"\s*(async\s+def|def|class|import|from|if|for|while|with|try)\b|\s*@|\s*# ?%%|\s*\w[\w.]*\s*[=(:\[]")
METHOD = re.compile(r"(async +)?def\s+\w+\s*\(\s*self\b")
COMMENT = re.compile(r"\s*(#.*)?")


def outline(lines: Sequence[str]) -> dict[str, list[int]]:
    """Return the first and last line of each function, class and method, counted from 1; of one name the last."""
    found: dict[str, list[int]] = {}
    above: list[tuple[int, str, bool]] = []  # what the line stands in: indent, name, whether it is a class
    for row, line in enumerate(lines):
        head = HEAD.match(line)
        if head is None:
            continue
        indent = _indent(line)
        while above and above[-1][0] >= indent:
            above.pop()
        name = head["name"] if not above else f"{above[-1][1]}.{head['name']}"
        if all(is_class for _, _, is_class in above):
            found[name] = [_first(lines, row) + 1, _last(lines, row) + 1]
        above.append((indent, name, head["kind"] == "class"))
    return found


def strayed(lines: Sequence[str], wrong: int) -> tuple[int, str] | None:
    """Return the line of a method that begins at the margin, and the class that it ends; None where there is none.

    wrong: the line that Python complains of: the next method, which stands where a method should.
    """
    if not 0 < wrong <= len(lines) or not _indent(lines[wrong - 1]):
        return None
    found, owner = None, ""
    for row, line in enumerate(lines[: wrong - 1], 1):
        head = HEAD.match(line)
        if head is not None and not _indent(line):
            is_method = bool(owner) and METHOD.match(line)
            found = (row, owner) if is_method else None
            owner = head["name"] if head["kind"] == "class" else owner if is_method else ""
    return found


def _indent(line: str) -> int:
    wide = line.expandtabs()
    return len(wide) - len(wide.lstrip())


def _first(lines: Sequence[str], row: int) -> int:
    """Return the row of the topmost decorator, or of the head itself."""
    while row and lines[row - 1].lstrip().startswith("@") and _indent(lines[row - 1]) == _indent(lines[row]):
        row -= 1
    return row


def _last(lines: Sequence[str], row: int) -> int:
    """Return the last row before something else begins, comments and blank lines above that left out."""
    indent, end = _indent(lines[row]), row + 1
    while end < len(lines) and not (_indent(lines[end]) <= indent and NEXT.match(lines[end])):
        end += 1
    while end > row + 1 and COMMENT.fullmatch(lines[end - 1]) and _indent(lines[end - 1]) <= indent:
        end -= 1
    return end - 1
