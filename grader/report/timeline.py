"""When exercises passed: a curve that climbs, and the same as a list of days."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate, groupby
from operator import itemgetter

from grader.language import phrase
from grader.report.markup import safe
from grader.report.words import count

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 640, 180, 34, 24, 10  # of the picture, and of its margins
ENOUGH = 2  # days, for a curve


def timeline(passes: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the section; nothing where nothing has passed. passes: days, `2026-11-28`, and exercises."""
    days = [(day, [name for _, name in some]) for day, some in groupby(sorted(passes), itemgetter(0))]
    if not days:
        return
    yield f"<h2>{safe(phrase('Passed, day by day'))}</h2>"
    if len(days) >= ENOUGH:
        yield _curve(days)
    yield '<dl class="days">'
    for day, names in days:
        links = " ".join(f'<a href="#{safe(name)}">{safe(name)}</a>' for name in names)
        yield f'<dt>{safe(day)} <span class="right">{safe(count(len(names), "exercise"))}</span></dt><dd>{links}</dd>'
    yield "</dl>"


def _curve(days: Sequence[tuple[str, list[str]]]) -> str:
    """Return how many had passed by each day, as steps."""
    first, last = date.fromisoformat(days[0][0]), date.fromisoformat(days[-1][0])
    totals = list(accumulate(len(names) for _, names in days))
    span, top = (last - first).days, totals[-1]

    def x(day: str) -> float:
        return LEFT + (WIDTH - LEFT - 8) * (date.fromisoformat(day) - first).days / span

    def y(total: int) -> float:
        return HEIGHT - BELOW - (HEIGHT - BELOW - ABOVE) * total / top

    path = f"M{x(days[0][0]):.1f} {y(0):.1f}"
    for (day, _), total in zip(days, totals, strict=True):
        path += f"H{x(day):.1f}V{y(total):.1f}"
    facts = {"number": top, "first": days[0][0], "last": days[-1][0]}
    says = safe(phrase("{number} exercises passed from {first} to {last}; the days stand below.", **facts))
    base, right = HEIGHT - BELOW, WIDTH - 8
    return (
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{says}">'
        f'<path class="axis" d="M{LEFT} {ABOVE}V{base}H{right}"/><path class="steps" d="{path}"/>'
        f'<text x="{LEFT - 6}" y="{ABOVE + 8}" text-anchor="end">{top}</text>'
        f'<text x="{LEFT - 6}" y="{base}" text-anchor="end">0</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 6}">{days[0][0]}</text>'
        f'<text x="{right}" y="{HEIGHT - 6}" text-anchor="end">{days[-1][0]}</text></svg>'
    )
