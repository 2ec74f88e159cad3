"""Where an answer and what was expected part, as facts on a page: kind and shape before values, then how far off."""

from itertools import takewhile
from math import isfinite

from grader.model import Mismatch
from grader.report.page import Page
from grader.report.words import apart, count

LONG, BEFORE = 120, 20  # characters that both sides share, and how many of them are shown


def show(page: Page, mismatch: Mismatch) -> None:
    """Add the facts of one mismatch."""
    page.fact("Answer", mismatch.label)
    if mismatch.problem == "value":
        _values(page, mismatch)
    else:
        _sides(page, mismatch)


def _sides(page: Page, mismatch: Mismatch) -> None:
    """Kind, length, keys, shape, dtype or exception: the two sides are words, not numbers to compare."""
    label = "Raised" if mismatch.problem == "exception" else mismatch.problem.capitalize()
    at = f"at {mismatch.at}" if mismatch.at else ""
    page.fact(label, f"yours {mismatch.yours}", f"expected {mismatch.expected}", at)


def _values(page: Page, mismatch: Mismatch) -> None:
    if mismatch.yours_shape not in ("", "()"):  # values are compared only where the shapes agree
        page.fact("Shape", f"yours {mismatch.yours_shape}", f"expected {mismatch.expected_shape}", "ok")
    at = f" at {mismatch.at}" if mismatch.at else ""
    right = f"; {mismatch.right}" if mismatch.right else ""
    if mismatch.total > 1:
        page.fact("Differ", f"{mismatch.differ:,} of {count(mismatch.total, 'value')}, first{at}{right}")
    elif at:
        page.fact("Differ", at.strip())
    _both(page, mismatch)
    if mismatch.max_abs is not None:
        _distance(page, mismatch)


def _both(page: Page, mismatch: Mismatch) -> None:
    """Add both sides; of long ones only from shortly before where they part."""
    sides = mismatch.yours, mismatch.expected
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*sides, strict=False)))
    cut = alike - BEFORE if alike > LONG else 0
    if cut:
        page.fact("Alike", f"the first {alike:,} characters; shown from character {cut + 1:,}")
    page.both(*(side[cut:] for side in sides))


def _distance(page: Page, mismatch: Mismatch) -> None:
    if not (mismatch.rtol or mismatch.atol):
        page.fact("Allowed", "no difference")
        return
    gaps, limits = (mismatch.max_abs, mismatch.max_rel), (mismatch.atol, mismatch.rtol)
    (absolute, atol), (relative, rtol) = (apart(gap or 0.0, limit, 2) for gap, limit in zip(gaps, limits, strict=True))
    known = [gap is not None and isfinite(gap) for gap in gaps]
    at = f" at {mismatch.worst_at}" if mismatch.worst_at and mismatch.total > 1 else ""
    parts = [f"absolute {absolute}{at}" if known[0] else "", f"relative {relative}" if known[1] else ""]
    if any(parts):
        page.fact("Worst" if mismatch.total > 1 else "Off by", *parts)
        page.fact("Allowed", _allowed(mismatch, rtol, atol))


def _allowed(mismatch: Mismatch, rtol: str, atol: str) -> str:
    if mismatch.rtol and mismatch.atol:
        return f"{rtol} of the expected value, plus {atol}"
    return f"{rtol} of the expected value" if mismatch.rtol else atol
