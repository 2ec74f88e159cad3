"""Where an answer and what was expected part, as facts on a page: kind and shape before values, then how far off."""

from itertools import takewhile
from math import isfinite

from grader.language import later, phrase
from grader.model import Mismatch
from grader.report.page import Page
from grader.report.words import apart, count

NEAR, TINY = 0.01, 1e-4  # from here on a reader wants to know how far off an answer is, and how far it may be
LONG, BEFORE = 120, 20  # characters that both sides share, and how many of them are shown
LABELS = {
    "dtype": later("Dtype"),
    "exception": later("Raised"),
    "keys": later("Keys"),
    "kind": later("Kind"),
    "length": later("Length"),
    "shape": later("Shape"),
}


def show(page: Page, mismatch: Mismatch) -> None:
    """Add the facts of one mismatch."""
    page.fact(phrase("Answer"), mismatch.label)
    if mismatch.problem == "value":
        _values(page, mismatch)
    else:
        _sides(page, mismatch)


def _sides(page: Page, mismatch: Mismatch) -> None:
    """Kind, length, keys, shape, dtype or exception: the two sides are words, not numbers to compare."""
    label = phrase(LABELS.get(mismatch.problem, mismatch.problem.capitalize()))
    yours, expected = phrase("yours {value}", value=mismatch.yours), phrase("expected {value}", value=mismatch.expected)
    page.fact(label, yours, expected)


def _values(page: Page, mismatch: Mismatch) -> None:
    if mismatch.total > 1:
        page.fact(phrase("Differ"), _counted(mismatch))
    _both(page, mismatch)
    if _is_near(mismatch):
        _distance(page, mismatch)


def _counted(mismatch: Mismatch) -> str:
    facts = {"number": f"{mismatch.differ:,}", "values": count(mismatch.total, "value"), "place": mismatch.at}
    right = phrase("; {fact}", fact=mismatch.right) if mismatch.right else ""
    return phrase("{number} of {values}, shown at {place}", **facts) + right


def _is_near(mismatch: Mismatch) -> bool:
    """Say whether both sides are nearly the same, so that what is allowed is the story; else it is noise."""
    if mismatch.max_abs is None or mismatch.max_rel is None:
        return False
    if not (mismatch.rtol or mismatch.atol):
        return mismatch.max_rel <= TINY  # 257 is no rounding error of 256
    return mismatch.max_rel <= NEAR or (not isfinite(mismatch.max_rel) and mismatch.max_abs <= TINY)


def _both(page: Page, mismatch: Mismatch) -> None:
    """Add both sides; of long ones only from shortly before where they part."""
    sides = mismatch.yours, mismatch.expected
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*sides, strict=False)))
    cut = alike - BEFORE if alike > LONG else 0
    if cut:
        says = later("the first {alike} characters; shown from character {first}")
        page.fact(phrase("Alike"), phrase(says, alike=f"{alike:,}", first=f"{cut + 1:,}"))
    page.both(*(side[cut:] for side in sides))


def _distance(page: Page, mismatch: Mismatch) -> None:
    if not (mismatch.rtol or mismatch.atol):
        page.fact(phrase("Allowed"), phrase("no difference"))
        return
    gaps, limits = (mismatch.max_abs, mismatch.max_rel), (mismatch.atol, mismatch.rtol)
    (absolute, atol), (relative, rtol) = (apart(gap or 0.0, limit, 2) for gap, limit in zip(gaps, limits, strict=True))
    known = [gap is not None and isfinite(gap) for gap in gaps]
    far = phrase("absolute {number}", number=absolute) if known[0] else ""
    if far and mismatch.worst_at and mismatch.total > 1:
        far = phrase("absolute {number} at {place}", number=absolute, place=mismatch.worst_at)
    parts = [far, phrase("relative {number}", number=relative) if known[1] else ""]
    if any(parts):
        page.fact(phrase("Worst") if mismatch.total > 1 else phrase("Off by"), *parts)
        page.fact(phrase("Allowed"), _allowed(mismatch, rtol, atol))


def _allowed(mismatch: Mismatch, rtol: str, atol: str) -> str:
    if mismatch.rtol and mismatch.atol:
        return phrase("{rtol} of the expected value, plus {atol}", rtol=rtol, atol=atol)
    return phrase("{rtol} of the expected value", rtol=rtol) if mismatch.rtol else atol
