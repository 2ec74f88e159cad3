"""A page of text, row by row. Everything put on it is made visible here, so no caller can forget to.

The words of the report stand in column 1, everything else is indented: what a learner's code printed can never pass
for a verdict. In plain mode each call makes one row, nothing is aligned and there are no empty rows.
"""

from itertools import pairwise

from grader.language import phrase
from grader.report.style import Style, cells, elide, lines_of, padded, visible, wrap
from grader.report.words import count

LABEL = 9
GAP = "   "
MOST_CELLS = 480  # of one line of somebody else's text
MOST_LINES = 12
WORDS = {
    "PASS": ("bold", "green"),
    "TODO": ("bold", "yellow"),
    "BLOCKED": ("bold", "yellow"),
    "MISSING": ("bold", "yellow"),
    "FAULT": ("bold", "magenta"),
    **dict.fromkeys(("FAIL", "ERROR", "TIMEOUT", "MEMORY", "CRASH", "RULE", "SYNTAX"), ("bold", "red")),
}


class Page:
    """Rows of text in one style."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.rows: list[str] = []

    def text(self) -> str:
        """Return the page; it ends in a newline and has no two empty rows in a row."""
        rows = [row for before, row in pairwise(["", *self.rows]) if row or before]
        return "\n".join(rows).rstrip("\n") + "\n"

    def gap(self) -> None:
        """Leave a row empty."""
        if not self.style.plain:
            self.rows.append("")

    def head(self, word: str, *parts: str) -> None:
        """Open a verdict: its word in column 1, then the parts, on as many rows as they need."""
        seen = [visible(part) for part in parts if part]
        if self.style.plain:
            self.rows.append(f"{self.word(word)} {', '.join(seen)}".rstrip())
            return
        indent = len(word) + 2
        rows = self._fill(seen, indent)
        self.rows.append(f"{self.word(word)}  {rows[0]}".rstrip())
        self.rows += [" " * indent + row for row in rows[1:]]

    def say(self, text: str, indent: int = 2) -> None:
        """Add sentences; each line of the text is a paragraph."""
        for line in capped(lines_of(text)) if text else ():
            self._paragraph(elide(line, MOST_CELLS), indent)

    def sentences(self, *sentences: str) -> None:
        """Add sentences in one row where they fit, else each in a row of its own."""
        said = [sentence for sentence in sentences if sentence]
        joined = (" " if "".join(said[:1]).endswith(".") else "").join(said)  # Chinese has no spaces between sentences
        fits = self.style.plain or cells(joined) + 2 <= self.style.width
        for row in [joined] if fits else sentences:
            self.say(row)

    def parts(self, indent: int, *parts: str, gap: str = GAP) -> None:
        """Add short parts side by side; where they do not fit, below each other."""
        seen = [visible(part) for part in parts if part]
        if self.style.plain and seen:
            self.rows.append(", ".join(seen))
        elif seen:
            self.rows += [" " * indent + row for row in self._fill(seen, indent, gap)]

    def labelled(self, word: str, *sentences: str) -> None:
        """Add sentences under a word in column 1: `Why`, `Next`, `Progress`."""
        indent = 0 if self.style.plain else max(cells(word), 4) + 2
        first, *more = [row for sentence in sentences for row in self._wrapped(elide(sentence, MOST_CELLS), indent)]
        space = ": " if self.style.plain else " " * (indent - cells(word))
        self.rows.append(f"{self.style.paint(word, 'bold')}{space}{first}")
        self.rows += [" " * indent + row for row in more]

    def fact(self, label: str, *parts: str) -> None:
        """Add `  Shape    yours (5, 3)   expected (3, 5)`."""
        seen = [elide(visible(part), MOST_CELLS) for part in parts if part]
        if self.style.plain:
            self.rows.append(f"{label}: {', '.join(seen)}")
            return
        first, *more = self._fill(seen, 2 + LABEL)
        self.rows.append(f"  {padded(label, LABEL)}{first}")
        self.rows += [" " * (2 + LABEL) + row for row in more]

    def item(self, mark: str, *texts: str, column: int, indent: int = 2) -> None:
        """Add our own paragraphs behind a mark, a number or a label, all of them in full.

        column: how wide the mark's column is; every row of text begins behind it.
        """
        if self.style.plain:
            self.rows.append(" ".join([mark.strip(), *map(visible, texts)]))
            return
        rows = [row for text in texts for row in wrap(visible(text), self.style.width - indent - column)]
        marks = [mark, *[""] * len(rows)]
        shown = zip(marks, rows or [""], strict=False)
        self.rows += [f"{' ' * indent}{padded(mark, column)}{row}".rstrip() for mark, row in shown]

    def both(self, yours: str, expected: str) -> None:
        """Add the two sides of a comparison under each other."""
        for label, text in ((phrase("yours"), yours), (phrase("expected"), expected)):
            lines = capped(lines_of(text))
            if self.style.plain:
                self.rows.append(f"{label.capitalize()}: {', '.join(line.strip() for line in lines)}")
                continue
            indent = 4 + LABEL + 10
            rows = [row for line in lines for row in wrap(elide(line, MOST_CELLS), self.style.width - indent)]
            self.rows.append(" " * (4 + LABEL) + f"{padded(label, 10)}{rows[0]}")
            self.rows += [" " * indent + row for row in rows[1:]]

    def code(self, line: int, text: str) -> None:
        """Add a line of the learner's file with its number."""
        if self.style.plain:
            self.rows.append(phrase("Line {number}: {text}", number=line, text=visible(text)))
        else:
            self.row(f"{line:6} | {visible(text)}")

    def row(self, text: str) -> None:
        """Add one row as it stands; what does not fit is counted."""
        self.rows.append(elide(visible(text), self.style.width))

    def quote(self, line: str) -> None:
        """Add a line of somebody else's, marked as such."""
        if self.style.plain:
            self.rows.append(phrase("Output: {text}", text=elide(visible(line), MOST_CELLS)))
        else:
            self.row(f"  | {visible(line)}")

    def commands(self, *commands: str) -> None:
        """Add what to type next, side by side where that fits."""
        joined = "      ".join(commands)
        fits = not self.style.plain and cells(joined) + 2 <= self.style.width
        for row in [joined] if fits else commands:
            self.say(row)

    def word(self, word: str) -> str:
        """Return a word of the report in its colour."""
        return self.style.paint(word, *WORDS.get(word, ()))

    def _paragraph(self, line: str, indent: int) -> None:
        self.rows += [
            (" " * indent if row and not self.style.plain else "") + row for row in self._wrapped(line, indent)
        ]

    def _wrapped(self, text: str, indent: int) -> list[str]:
        text = visible(text)
        return [text] if self.style.plain else wrap(text, self.style.width - indent)

    def _fill(self, parts: list[str], indent: int, gap: str = GAP) -> list[str]:
        """Put parts side by side while they fit; a part that is longer than a row is wrapped."""
        room = self.style.width - indent
        rows: list[str] = []
        for part in parts:
            if rows and cells(rows[-1]) + len(gap) + cells(part) <= room:
                rows[-1] += gap + part
            else:
                rows += wrap(part, room)
        return rows or [""]


def capped(lines: list[str]) -> list[str]:
    """Return the first lines; the others are counted."""
    if len(lines) <= MOST_LINES:
        return lines
    return [*lines[:MOST_LINES], phrase("... and {lines}", lines=count(len(lines) - MOST_LINES, "more line"))]
