"""Numbers and counts in words: few digits, but never so few that two different numbers look alike."""

from fractions import Fraction

from grader.language import later, phrase
from grader.model import Report
from grader.numbers import MOST, text


def apart(left: float, right: float, digits: int) -> tuple[str, str]:
    """Return both numbers with so many significant digits, or as many more as tell them apart."""
    for enough in range(digits, MOST + 1):
        texts = text(float(left), enough), text(float(right), enough)
        if left == right or texts[0] != texts[1]:
            break
    return texts


def share(earned: Fraction) -> str:
    """Return points with two decimals where they are needed; a whole number only where it is exact: `2.9996`."""
    for decimals in range(2, MOST):
        said = f"{float(earned):.{decimals}f}".rstrip("0").rstrip(".")
        if "." in said or earned.denominator == 1:
            break
    return said


def of(earned: Fraction, points: int) -> str:
    """Return `3.43 of 8`."""
    return phrase("{part} of {whole}", part=share(earned), whole=points)


def count(number: int, noun: str) -> str:
    """Return `1 check` or `3 checks`. noun: in English, in the singular."""
    return phrase(f"{{number}} {noun}{'' if number == 1 else 's'}", number=f"{number:,}")


def edges_open(number: int) -> str:
    """Return `2 edges open`; nothing where none is."""
    if not number:
        return ""
    return phrase(later("{number} edge open") if number == 1 else later("{number} edges open"), number=number)


def seconds(value: float) -> str:
    """Return `0.04 s`."""
    return phrase("{number} s", number=f"{value:.2f}") if value >= 0.005 else phrase("under 0.01 s")


def unverified(report: Report) -> str:
    """Return the sentence on isolation that was too weak and accepted; nothing where it was not."""
    if not report.unverified:
        return ""
    says = later("Unverified: graded at isolation level {level}, which is less than what was required.")
    return phrase(says, level=report.isolation)
