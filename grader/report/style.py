"""How text looks: width, colour, plain mode, and how to show what learners wrote without letting it act.

What learners print, raise or name may hold anything: escape sequences that repaint the screen, marks that reverse the
direction of a line, a line of a megabyte. `visible` and `elide` make it safe; what is cut is counted.
Not covered: letters that look like others, and text that reads from right to left by itself.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shutil import get_terminal_size
from typing import TextIO

NARROW, USUAL, WIDE = 60, 80, 100
TAB = "    "
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
    kept = _fitting(text, room - len(f" ... (+{len(text):,} characters)"))
    return f"{text[:kept].rstrip()} ... (+{len(text) - kept:,} characters)"


def _fitting(text: str, room: int) -> int:
    """Return how many characters of text fit; at least one."""
    used = 0
    for index, character in enumerate(text[: max(1, 4 * room)]):
        used += _cell(character)
        if used > room:
            return max(1, index)
    return min(len(text), max(1, 4 * room))


def wrap(text: str, room: int) -> list[str]:
    """Return the lines of one paragraph, broken at spaces, and inside a word only where it is longer than a line."""
    if cells(text) <= room and len(text) <= 4 * room:
        return [text]
    rows, row = [], ""
    for word in _pieces(text, room):
        joined = f"{row} {word}" if row else word
        if row and cells(joined) > room:
            rows.append(row)
            row = word
        else:
            row = joined
    return [*rows, row]


def _pieces(text: str, room: int) -> Iterator[str]:
    for word in text.split():
        rest = word
        while cells(rest) > room or len(rest) > 4 * room:
            kept = _fitting(rest, room)
            yield rest[:kept]
            rest = rest[kept:]
        yield rest
