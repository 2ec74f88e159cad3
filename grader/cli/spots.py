"""Where the stub of an answer goes that is no longer in a learner's file: beside what stands beside it in ours."""

from collections.abc import Mapping, Sequence

from grader.author.source import Definition, PercentFile
from grader.submission.scanned import Span

MARKERS = ("", "#", "# %%")


def spot(ours: PercentFile, name: str, spans: Mapping[str, Span], lines: Sequence[str]) -> tuple[int, int, bool] | None:
    """Return the line before which an answer goes, a line that it is indented like, and whether it ends what is above.

    ours: the stub as it was. spans, lines: of the learner's file, counted from 1. None where nothing is near it.
    """
    here = [one for one in ours.definitions.values() if _owner(one.name) == _owner(name)]
    at = next(index for index, one in enumerate(here) if one.name == name)
    before = [spans[one.name] for one in here[:at] if one.name in spans]
    after = [spans[one.name] for one in here[at + 1 :] if one.name in spans]
    if _owner(name):
        if after:
            return after[0].first, after[0].first, False
        return (before[-1].last + 1, before[-1].first, True) if before else None
    below = _below_its_text(ours, here[at], here[at - 1].last if at else 0, lines)
    if below:
        return below, 0, False
    if before:
        return before[-1].last + 1, before[-1].first, True
    return (after[0].first, after[0].first, False) if after else None


def _owner(name: str) -> str:
    return name.rpartition(".")[0]


def _below_its_text(ours: PercentFile, definition: Definition, start: int, lines: Sequence[str]) -> int:
    """Return the line below the text that stands above an answer in our stub, if the learner has it once; else 0."""
    plain = [line.strip() for line in lines]
    for row in reversed(ours.lines[start : definition.first - 1]):
        text = row.strip()
        if text not in MARKERS and plain.count(text) == 1:
            below = plain.index(text) + 1
            while below < len(plain) and plain[below] in MARKERS:
                below += 1
            return below + 1
    return 0
