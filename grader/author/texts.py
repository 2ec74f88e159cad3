"""The texts of a solution or a stub, paragraph by paragraph, and the same file with them in another language.

A paragraph is found by what stands around it, and known by its words on one line: the English itself is the key of a
translation, so a translation of something that is no longer said is found, and what has none stays English. Code is
never touched: of a line of code in the prose, of a comment beside code, the words behind the `#` are a text.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.author.source import Function, PercentCell, PercentFile, bare, code_of, parse
from grader.course.unit import Unit
from grader.errors import CourseError
from grader.language import ENGLISH, chosen
from grader.report.style import WIDE_RANGES, wrap

WIDTH = 120
CODE = 4  # columns of indent that make a line of prose a line of code
NAMED = re.compile(r"\*{0,2}\w+(?:, \*{0,2}\w+)*(?: \([^)]*\))?: ")  # an argument: `xs, ys: ...`
SECTIONS = {"Args:", "Returns:", "Yields:", "Raises:"}
COLUMN = re.compile(r"(?:\S+(?:, \S+)*) {2,}\S.*")  # a name and what it is, in two columns
ITEM = re.compile(r"(?:[-*]|\d+\.) +")
WORDS = re.compile(r"[A-Za-z]+(?:'[a-z]+)?,? [a-z]{2,}")  # two words in a row: a sentence, and no shape or number
BEHIND = re.compile(r"(?P<code>.*?)(?P<gap>(?:^| +)# )(?P<says>\S.*)")
BESIDE = re.compile(r"(?P<code> *\S.*?)(?P<gap> {3,})(?P<says>\S.*)")  # what a name of the code is, in a column
KEPT = re.compile(r"(?:noqa|type:|fmt:|GIVEN|BEGIN SOLUTION|END SOLUTION|HINT:|%%)")
JOINT = re.compile(f"(?<=[{WIDE_RANGES}]) (?=[{WIDE_RANGES}])")
Lookup = Callable[[str], str | None]


@dataclass(frozen=True)
class Text:
    """A paragraph that a learner reads. says: its words on one line. first, last: its lines, from 1.

    lead, more: what stands before it in its first line and in the others. tail: what ends it. fixed: it is one line.
    """

    says: str
    first: int
    last: int
    lead: str = ""
    more: str = ""
    tail: str = ""
    fixed: bool = False

    def lines(self, says: str) -> list[str]:
        """Return the lines that say it in these words."""
        if self.fixed:
            return [f"{self.lead}{says}{self.tail}"]
        rows = wrap(says, WIDTH - max(len(self.lead), len(self.more)), whole=True)
        if len(rows[-1]) + len(self.more) + len(self.tail) > WIDTH:
            rows.append("")
        leads = [self.lead, *[self.more] * (len(rows) - 1)]
        return [f"{lead}{row}".rstrip() for lead, row in zip(leads[:-1], rows, strict=False)] + [
            f"{leads[-1]}{rows[-1]}{self.tail}"
        ]


def texts(source: PercentFile) -> list[Text]:
    """Return the paragraphs of a file, in its order: prose, contracts, and comments outside of answers."""
    prose = [cell for cell in source.cells if cell.markdown]
    contracts = list(_docstrings(source))
    taken = {row for text in contracts for row in range(text.first, text.last + 1)}
    taken |= {row for cell in prose for row in range(cell.first - 1, cell.last + 1)}
    taken |= {row for region in source.regions for row in range(region.begin, region.end + 1)}
    found = [*contracts, *(text for cell in prose for text in _prose(source, cell)), *_comments(source, taken)]
    return sorted(found, key=lambda text: text.first)


def translated(source: PercentFile, lookup: Lookup) -> str:
    """Return a file with its texts in another language. lookup: of a text, None where it stays as it is.

    Raises CourseError where the result would not be a Python file that runs the same code.
    """
    lines = list(source.lines)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    for text in reversed(texts(source)):
        says = lookup(text.says)
        if says is not None and says != text.says:
            lines[text.first - 1 : text.last] = [line + end for line in text.lines(says)]
    whole = "".join(lines)
    if code_of(_tree(parse(whole, source.path).lines)) != code_of(_tree(source.lines)):
        raise CourseError(f"{source.path}: in another language its code would be another. Look for quotes in a text.")
    return whole


def _tree(lines: Sequence[str]) -> ast.Module:
    return ast.parse("".join(f"{bare(line)}\n" for line in lines).removeprefix("\ufeff"))


def spoken(unit: Unit, source: PercentFile) -> PercentFile:
    """Return a unit's file with its texts in the language that is spoken."""
    return source if chosen() == ENGLISH else parse(translated(source, unit.said), source.path)


def joined(rows: Sequence[str]) -> str:
    """Return the lines of a paragraph as one: no space between two wide characters."""
    return JOINT.sub("", " ".join(row.strip() for row in rows))


def _prose(source: PercentFile, cell: PercentCell) -> Iterator[Text]:
    """Yield the paragraphs of a markdown cell: headings, rows of tables and lines of code are one each."""
    rows: list[tuple[int, str]] = []
    for number in range(cell.first, cell.last + 1):
        line = bare(source.lines[number - 1]).removeprefix("#").removeprefix(" ")
        words = line.strip()
        if words.startswith(("#", "|")) or line.startswith(" " * CODE):
            yield from _paragraph(rows, "# ")
            rows = []
            yield from _line(number, words, line)
        elif not words or _is_item(words, rows):
            yield from _paragraph(rows, "# ")
            rows = [(number, line)] if words else []
        else:
            rows.append((number, line))
    yield from _paragraph(rows, "# ")


def _is_item(words: str, rows: list[tuple[int, str]]) -> bool:
    """Say whether a line begins an item of a list; a number and a full stop may also be the end of a sentence."""
    if ITEM.match(words) is None or sum(line.count("`") for _, line in rows) % 2:  # a product in a span of code
        return False
    return not words[0].isdigit() or not rows or ITEM.match(rows[0][1].strip()) is not None


def _line(number: int, words: str, line: str) -> Iterator[Text]:
    """Yield what is to be read in a line of prose that stays one: a heading, a row of a table, a comment of code."""
    heading = re.match(r"#+ +", words)
    if line.startswith(" " * CODE):
        found = BEHIND.fullmatch(line) or BESIDE.fullmatch(line)
        if found and WORDS.search(found["says"]):
            yield Text(found["says"].rstrip(), number, number, f"# {found['code']}{found['gap']}", fixed=True)
    elif heading:
        yield Text(words[heading.end() :], number, number, f"# {heading[0]}", fixed=True)
    elif WORDS.search(words):
        yield Text(words, number, number, "# ", fixed=True)


def _paragraph(rows: list[tuple[int, str]], mark: str, tail: str = "") -> Iterator[Text]:
    """Yield the paragraph of some lines, if there are any; behind a bullet the others stand below its words."""
    if rows:
        first = rows[0][1]
        indent = " " * (len(first) - len(first.lstrip()))
        bullet = ITEM.match(first.strip())
        lead = indent + (bullet[0] if bullet else "")
        words = joined([line for _, line in rows])[len(bullet[0]) if bullet else 0 :]
        later = rows[1][1] if len(rows) > 1 else " " * len(lead)
        more = later[: len(later) - len(later.lstrip())] if len(rows) > 1 else " " * len(lead)
        yield Text(words, rows[0][0], rows[-1][0], f"{mark}{lead}", f"{mark}{more}", tail)


def _docstrings(source: PercentFile) -> Iterator[Text]:
    """Yield the paragraphs of all docstrings: of the module, its functions and classes and their methods."""
    for node in ast.walk(_tree(source.lines)):
        if isinstance(node, Function | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            said = node.body[0]
            if source.lines[said.lineno - 1].strip().lstrip("rR").startswith('"""'):
                yield from _contract(source, said.lineno, said.end_lineno or said.lineno)


def _contract(source: PercentFile, first: int, last: int) -> Iterator[Text]:
    """Yield the paragraphs of one docstring. Under `Args:` each argument is one; quotes belong to what they touch."""
    lines = [bare(source.lines[number - 1]) for number in range(first, last + 1)]
    quotes = lines[0][: lines[0].index('"""') + 3]
    margin = len(quotes) - len(quotes.lstrip())
    rows: list[tuple[int, str]] = []
    section, opened = "", True

    def ended(tail: str = "") -> Iterator[Text]:
        nonlocal opened, rows
        for text in _paragraph(rows, ""):
            lead = quotes if opened else text.lead
            more = " " * margin if opened else text.more
            yield Text(text.says, text.first, text.last, lead, more, tail)
        opened, rows = opened and not rows, []

    for offset, line in enumerate(lines):
        body = line.removeprefix(quotes) if not offset else line
        closed = offset == len(lines) - 1
        body = body.rstrip().removesuffix('"""') if closed else body
        words, deep = body.strip(), len(body) - len(body.lstrip()) if offset else margin
        named = section in ("Args:", "Raises:") or (section and (not rows or NAMED.match(rows[0][1].strip())))
        starts = (named and deep == margin + CODE and NAMED.match(words)) or COLUMN.fullmatch(words)
        if not words or starts or words in SECTIONS or _is_item(words, rows) or (deep > margin and not section):
            yield from ended()
        if words in SECTIONS:
            section = words
            yield Text(words, first + offset, first + offset, line[: len(line) - len(line.lstrip())], fixed=True)
        elif words and (deep == margin or section):
            section = section if deep > margin else ""
            rows.append((first + offset, body if offset else " " * margin + body))
        if closed and words:
            yield from ended('"""')


def _comments(source: PercentFile, taken: set[int]) -> Iterator[Text]:
    """Yield the comments outside of prose, contracts and answers: blocks of whole lines, and those beside code."""
    rows: list[tuple[int, str]] = []
    for number, whole in enumerate([*source.lines, ""], 1):
        line = bare(whole)
        words = line.strip()
        alone = number not in taken and words.startswith("# ") and not KEPT.match(words[2:])
        if rows and not (alone and line.index("#") == rows[0][1].index("#")):
            yield from _block(rows)
            rows = []
        if alone:
            rows.append((number, line))
        elif number not in taken and "#" in line:
            yield from _beside(number, line)


def _block(rows: list[tuple[int, str]]) -> Iterator[Text]:
    mark = rows[0][1][: rows[0][1].index("#") + 2]
    for text in _paragraph([(number, line[len(mark) :]) for number, line in rows], mark):
        if WORDS.search(text.says):
            yield text


def _beside(number: int, line: str) -> Iterator[Text]:
    at = line.rfind("  # ")
    says = line[at + 4 :].strip()
    if at > 0 and not KEPT.match(says) and WORDS.search(says) and line[:at].count('"') % 2 == 0:
        yield Text(says, number, number, line[: at + 4], fixed=True)
