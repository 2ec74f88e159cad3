"""Messages with lines of the learner's file in them, and the learner's own frames of an exception."""

import re
from collections.abc import Sequence
from itertools import groupby

from grader.language import phrase
from grader.model import FRAMES, Location
from grader.report.page import GAP, Page, capped
from grader.report.style import cells, visible
from grader.report.words import count

ROW = re.compile(r" {1,7}(?P<line>\d*) +\| (?P<rest>.*)")
ENDS = 4  # frames kept at each end of a long stack


def message(page: Page, text: str) -> None:
    """Add what went wrong: sentences are wrapped, lines of code are not, a caret stays below its character."""
    code = ""
    for line in capped(text.strip("\n").split("\n")) if text else ():
        row = ROW.fullmatch(line)
        if row is None:
            page.say(line)
        elif row["line"]:
            code = row["rest"]
            page.code(int(row["line"]), code)
        else:
            _caret(page, code, row["rest"])


def in_short(text: str) -> str:
    """Return the line of a message that says what is wrong: the first that is no code, else what the caret says."""
    lines = text.strip("\n").split("\n")
    sentence = next((line for line in lines if ROW.fullmatch(line) is None), "")
    row = ROW.fullmatch(lines[-1])
    return row["rest"].strip(" ^") if row and not sentence else sentence


def _caret(page: Page, code: str, rest: str) -> None:
    """Point at a character of the line above; columns are counted in characters, drawn in cells."""
    column, said = rest.find("^"), visible(rest.partition("^")[2].strip())
    row = f"{'':6} | {' ' * cells(visible(code[:column]))}^ {said}".rstrip()
    if page.style.plain or cells(row) > page.style.width:
        at = phrase("Column {number}", number=column + 1)
        page.say(phrase("{place}: {text}", place=at, text=said) if said else at, 9)
    else:
        page.row(row)


def place(where: Location | None) -> str:
    """Return `exercises/u05_backprop_ninja.py:38  in softmax`; empty for nowhere."""
    return "  ".join(part for part in places(where) if part)


def places(where: Location | None) -> tuple[str, ...]:
    """Return file and line, and the function, apart."""
    if where is None:
        return ()
    return where.place, phrase("in {function}", function=where.function) if where.function else ""


def stack(page: Page, frames: Sequence[Location]) -> None:
    """Add frames, outermost first; a line that calls itself once, the middle of a long stack only counted.

    Where some were cut out before, nobody knows how many, and no number is said.
    """
    whole = len(frames) < FRAMES
    runs = [(frame, len(list(same))) for frame, same in groupby(frames)]
    left_out = runs[ENDS:-ENDS] if len(runs) > 2 * ENDS + 1 else []
    shown = [*runs[:ENDS], *runs[-ENDS:]] if left_out else runs
    width = max(cells(visible(place(frame))) for frame, _ in shown)
    for index, (frame, times) in enumerate(shown):
        if left_out and index == ENDS:
            more = count(sum(times for _, times in left_out), "more call") if whole else phrase("more calls")
            page.say(f"... {more} ...")
        _frame(page, frame, width)
        if times > 1:
            again = count(times - 1, "more time") if whole else phrase("again and again")
            page.say(phrase("... the same line {times}", times=again))


def _frame(page: Page, frame: Location, width: int) -> None:
    at, text = visible(place(frame)), visible(frame.text)
    padded = at + " " * (width - cells(at))
    if page.style.plain:
        page.say(f"{at}: {text}" if text else at)
    elif cells(padded) + len(GAP) + cells(text) + 2 <= page.style.width:
        page.row(f"  {padded}{GAP}{text}".rstrip())
    else:
        page.row(f"  {at}")
        page.row(f"      {text}")
