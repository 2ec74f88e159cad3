"""How text looks: width, colour, plain mode, and how to show what learners wrote without letting it act.

What learners print, raise or name may hold anything: escape sequences that repaint the screen, marks that reverse the
direction of a line, a line of a megabyte. `visible` and `elide` make it safe; what is cut is counted.
Not covered: letters that look like others, and text that reads from right to left by itself.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TextIO

from grader.language import phrase

NARROW, USUAL, WIDE = 60, 80, 100
TAB = "    "
# Chinese and Japanese have no spaces: a row may end after any wide character, but not before these, nor after those.
CLOSING = "\uff0c\u3002\u3001\uff1b\uff1a\uff1f\uff01\uff09\u3011\u300b\u300d\u300f\uff05,.;:?!)]}%"
OPENING = "\uff08\u3010\u300a\u300c\u300e(["
WIDE_RANGES = "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
UNIT = re.compile(
    f"[{re.escape(OPENING)}]*(?:[{WIDE_RANGES}]|[^{WIDE_RANGES}]+)[{re.escape(CLOSING)}]*|[{re.escape(OPENING)}]+"
)
COLOURS = {"green": "32", "red": "31", "yellow": "33", "magenta": "35", "bold": "1"}


@dataclass(frozen=True)
class Style:
    """width: columns. colour: only adds to the words. plain: one fact a line, nothing aligned, for screen readers."""

    width: int = USUAL
    colour: bool = False
    plain: bool = False

    def paint(self, text: str, *colours: str) -> str:
        """Return text in colour where there is colour. Call it last: the codes count as characters."""
        codes = ";".join(COLOURS[colour] for colour in colours)
        return f"\x1b[{codes}m{text}\x1b[0m" if self.colour and codes else text


def style_for(
    stream: TextIO,
    environ: Mapping[str, str],
    *,
    width: int | None = None,
    color: str = "auto",
    plain: bool = False,
) -> Style:
    """Return the style for a stream: the flags first, then the environment, then the terminal."""
    columns = width or _number(environ.get("COLUMNS", "")) or _terminal_width(stream) or USUAL
    accessible = environ.get("ACCESSIBLE", "") not in ("", "0")
    return Style(min(max(columns, NARROW), WIDE), _colour(stream, environ, color), plain or accessible)


def _colour(stream: TextIO, environ: Mapping[str, str], color: str) -> bool:
    if color != "auto":
        return color == "always"
    forced = environ.get("FORCE_COLOR", "")
    if forced:
        return forced != "0"
    return stream.isatty() and environ.get("TERM") != "dumb" and not environ.get("NO_COLOR")


def _terminal_width(stream: TextIO) -> int:
    return get_terminal_size((0, 0)).columns if stream.isatty() else 0


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def visible(text: str) -> str:
    r"""Return one line in which every character can be seen: `\x1b`, `\u202e`, `\n`; a tab is four spaces."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    if character == "\t":
        return TAB
    return character.encode("unicode_escape").decode("ascii")


def lines_of(text: str) -> list[str]:
    r"""Return the lines of a text, made visible. Only `\n` and `\r\n` end a line; what else might is shown."""
    return [visible(line.removesuffix("\r")) for line in text.rstrip("\n").split("\n")]


def cells(text: str) -> int:
    """Return how many columns a terminal needs: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(map(_cell, text))


def _cell(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def elide(text: str, room: int) -> str:
    """Return text that fits into so many columns; what is left out is counted."""
    if len(text) <= 4 * room and cells(text) <= room:  # combining marks need no columns: count characters too
        return text
    kept = _fitting(text, room - cells(_left_out(len(text))))
    return f"{text[:kept].rstrip()}{_left_out(len(text) - kept)}"


def _left_out(number: int) -> str:
    return phrase(" ... (+{number} characters)", number=f"{number:,}")


def _fitting(text: str, room: int) -> int:
    """Return how many characters of text fit; at least one."""
    used = 0
    for index, character in enumerate(text[: max(1, 4 * room)]):
        used += _cell(character)
        if used > room:
            return max(1, index)
    return min(len(text), max(1, 4 * room))


def padded(text: str, columns: int) -> str:
    """Return text followed by spaces, to fill so many columns."""
    return text + " " * (columns - cells(text))


def wrap(text: str, room: int, *, whole: bool = False) -> list[str]:
    """Return the lines of one paragraph, broken at spaces and between wide characters.

    A word that is longer than a line is broken, too; whole: that one is not, so that a path can be copied.
    """
    if cells(text) <= room and len(text) <= 4 * room:
        return [text]
    rows, row = [], ""
    for space, word in _words(text):
        if row and cells(row + space + word) > room:
            rows.append(row)
            row, space = "", ""
        row += f"{space if row else ''}{word}"
        while not whole and (cells(row) > room or len(row) > 4 * room):
            kept = _fitting(row, room)
            rows.append(row[:kept])
            row = row[kept:]
    return [*rows, row]


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield what must stay together, and what stands before it: a space, or nothing between wide characters."""
    for word in text.split():
        space = " "
        for unit in [word] if word.isascii() else UNIT.findall(word):
            yield space, unit
            space = ""
