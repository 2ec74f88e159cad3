"""A page in HTML: what `Page` writes in rows for a terminal, as elements that a browser wraps and a reader reads out.

Whatever is put on it is made visible, as `Page` does, and escaped: a learner's text is text, never markup.
"""

from html import escape

from grader.language import phrase
from grader.report.page import MOST_CELLS, Page, capped
from grader.report.style import Style, elide, lines_of, visible


def safe(text: object) -> str:
    """Return one line of text that is only text in HTML: in an element and in an attribute in double quotes."""
    return escape(visible(str(text)), quote=True)


class Markup(Page):
    """Elements in a row. Facts that follow each other are one list, lines of code one block."""

    def __init__(self) -> None:
        super().__init__(Style())
        self._kind = ""

    def text(self) -> str:
        """Return the elements."""
        self._close()
        return "\n".join(self.rows)

    def gap(self) -> None:
        """End a list or a block; the space between elements is the style sheet's."""
        self._close()

    def head(self, word: str, *parts: str) -> None:
        """Open a verdict with its word."""
        said = "".join(f" <span>{safe(part)}</span>" for part in parts if part)
        self._add(f'<p class="head">{badge(word, word)}{said}</p>')

    def say(self, text: str, indent: int = 2) -> None:  # noqa: ARG002 (Page's)
        """Add sentences; each line of the text is a paragraph."""
        for line in capped(lines_of(text)) if text else ():
            if line.strip():
                self._add(f"<p>{escape(elide(line, MOST_CELLS))}</p>")

    def sentences(self, *sentences: str) -> None:
        """Add sentences in one paragraph."""
        said = [safe(sentence) for sentence in sentences if sentence]
        if said:
            space = " " if said[0].endswith(".") else ""  # Chinese has no spaces between sentences
            self._add(f"<p>{space.join(said)}</p>")

    def parts(self, indent: int, *parts: str, gap: str = "") -> None:  # noqa: ARG002 (Page's)
        """Add short parts side by side."""
        said = [f"<span>{safe(part)}</span>" for part in parts if part]
        if said:
            self._add(f'<p class="parts">{" ".join(said)}</p>')

    def labelled(self, word: str, *sentences: str) -> None:
        """Add sentences under a word."""
        rows = [f"<p>{safe(elide(one, MOST_CELLS))}</p>" for one in sentences]
        self._add(f'<div class="labelled"><p class="label">{safe(word)}</p>{"".join(rows)}</div>')

    def fact(self, label: str, *parts: str) -> None:
        """Add a label and what belongs to it; without a label, to the one before."""
        said = [f"<span>{safe(elide(visible(part), MOST_CELLS))}</span>" for part in parts if part]
        self._open("dl", '<dl class="facts">')
        self.rows.append((f"<dt>{safe(label)}</dt>" if label else "") + f"<dd>{' '.join(said)}</dd>")

    def both(self, yours: str, expected: str) -> None:
        """Add the two sides of a comparison."""
        for label, text in ((phrase("yours"), yours), (phrase("expected"), expected)):
            self._open("dl", '<dl class="facts">')
            rows = "\n".join(escape(elide(line, MOST_CELLS)) for line in capped(lines_of(text)))
            self.rows.append(f'<dt class="side">{safe(label)}</dt><dd class="side">{rows}</dd>')

    def item(self, mark: str, *texts: str, column: int = 0, indent: int = 2) -> None:  # noqa: ARG002 (Page's)
        """Add paragraphs behind a mark."""
        self.fact(mark.strip(), *texts)

    def code(self, line: int, text: str) -> None:
        """Add a line of the learner's file with its number."""
        self.row(f"{line:6} | {visible(text)}")

    def row(self, text: str) -> None:
        """Add a row as it stands; what is longer than any screen is counted."""
        self._open("pre", '<pre tabindex="0">')
        self.rows.append(escape(elide(visible(text), MOST_CELLS)))

    def quote(self, line: str) -> None:
        """Add a line of somebody else's, marked as such."""
        self.row(f"  | {visible(line)}")

    def commands(self, *commands: str) -> None:
        """Add what to type next."""
        self.parts(0, *commands)

    def _add(self, element: str) -> None:
        self._close()
        self.rows.append(element)

    def _open(self, kind: str, tag: str) -> None:
        if self._kind != kind:
            self._close()
            self.rows.append(tag)
            self._kind = kind

    def _close(self) -> None:
        if self._kind:
            self.rows.append(f"</{self._kind}>")
            self._kind = ""


def badge(kind: str, word: str) -> str:
    """Return a word in its colour. kind: which, `PASS` for one; the word says the same without any."""
    return f'<span class="word {safe(kind.lower())}">{safe(word)}</span>'
