"""A learner's progress as one page of HTML: no script, nothing loaded from anywhere, readable on paper.

A pure function of what it is given. A verdict looks as `grade` shows it; what changed since stands above it.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from grader import language
from grader.language import later, phrase
from grader.model import CheckResult, ExerciseResult, Frozen, Outcome
from grader.report import passed, verdict
from grader.report.hidden import withhold_exercise
from grader.report.markup import Markup, badge, safe
from grader.report.stack import message
from grader.report.timeline import timeline
from grader.report.words import count, edges_open, of

MARK = "<!-- chainrule report -->"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
CODES = {"zh": "zh-Hans"}
CLOSED = (Outcome.PASS, Outcome.TODO, Outcome.BLOCKED)


class Line(Frozen, frozen=True, kw_only=True):
    """One exercise. kind: done, changed, fail, waits or todo. word: the same as it is said. where: `u05.py:38`.

    result: the last verdict; None where none was kept. graded, passed: days; may be empty.
    since: what changed since that verdict, in sentences.
    """

    id: str
    text: str
    kind: str
    word: str
    where: str
    points: int
    tries: int = 0
    hints: int = 0
    result: ExerciseResult | None = None
    graded: str = ""
    passed: str = ""
    since: tuple[str, ...] = ()

    @property
    def earned(self) -> Fraction:
        """Points of the last verdict that was kept."""
        return self.result.earned if self.result else Fraction(0)


class Part(Frozen, frozen=True, kw_only=True):
    """One unit. problem: why its file cannot be read or run now; else None."""

    key: str
    title: str
    lecture: str
    file: str
    lines: tuple[Line, ...]
    problem: CheckResult | None = None

    @property
    def done(self) -> int:
        """How many exercises have passed and are as they were then."""
        return sum(line.kind == "done" for line in self.lines)


class Picture(Frozen, frozen=True, kw_only=True):
    """A picture. name: what it shows. source: a data URI."""

    name: str
    source: str


class Learner(Frozen, frozen=True, kw_only=True):
    """All that the page shows. name: whose it is; may be empty. now: the exercise that comes next; may be empty."""

    course: str
    name: str
    now: str
    parts: tuple[Part, ...]
    pictures: tuple[Picture, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All exercises."""
        return tuple(line for part in self.parts for line in part.lines)


def render(learner: Learner) -> str:
    """Return the page; it ends in a newline."""
    title = phrase("{name}: {course}", name=learner.name, course=learner.course) if learner.name else learner.course
    style = Path(__file__).with_name("learner.css").read_text("utf-8")
    code = CODES.get(language.chosen(), language.chosen())
    rows = [
        "<!doctype html>",
        MARK,
        f'<html lang="{code}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{safe(title)}</title>",
        f"<style>\n{style}</style>",
        "</head>",
        "<body>",
        *_header(learner),
        "<main>",
        *_overview(learner),
        *timeline([(line.passed, line.id) for line in learner.lines if line.passed]),
        *_pictures(learner.pictures),
        *(row for part in learner.parts for row in _part(part)),
        "</main>",
        f"<footer><p>{safe(phrase('Made by grade report, of the verdicts that were recorded.'))}</p></footer>",
        "</body>",
        "</html>",
    ]
    return "\n".join(rows) + "\n"


def _header(learner: Learner) -> Iterator[str]:
    lines = learner.lines
    done = sum(line.kind == "done" for line in lines)
    hints = sum(line.hints for line in lines)
    last = max((line.graded for line in lines), default="")
    facts = [
        phrase("{done} of {total} done", done=done, total=len(lines)),
        _points(lines),
        count(hints, "hint") if hints else "",
        phrase("last graded {day}", day=last) if last else "",
    ]
    yield "<header>"
    yield f"<h1>{safe(learner.course)}</h1>"
    if learner.name:
        yield f'<p class="name">{safe(learner.name)}</p>'
    yield f'<p class="parts total">{" ".join(f"<span>{safe(fact)}</span>" for fact in facts if fact)}</p>'
    yield f'<div class="bar" aria-hidden="true">{_bar(done, len(lines))}</div>'
    yield "</header>"


def _overview(learner: Learner) -> Iterator[str]:
    """Yield the units, each with how far it is, and what to look at next."""
    heads = (later("Unit"), later("Done"), later("Points"), later("Open"))
    yield f"<h2>{safe(phrase('Progress by unit'))}</h2>"
    yield '<table class="units"><thead><tr>'
    yield "".join(f'<th scope="col">{safe(phrase(head))}</th>' for head in heads)
    yield "</tr></thead><tbody>"
    for part in learner.parts:
        numbers = safe(phrase("{part} of {whole}", part=part.done, whole=len(part.lines)))
        bar = f'<div class="bar" aria-hidden="true">{_bar(part.done, len(part.lines))}</div>'
        yield (
            f'<tr><th scope="row"><a href="#{safe(part.key)}">{safe(part.key)}</a> {safe(part.title)}</th>'
            f"<td>{numbers}{bar}</td><td>{safe(_points(part.lines, unit=False))}</td><td>{_open(part)}</td></tr>"
        )
    yield "</tbody></table>"
    if learner.now:
        label = f"<strong>{safe(phrase('Next'))}</strong>"
        yield f"<p>{label} {_link(learner.now)}</p>"


def _open(part: Part) -> str:
    """Return what fails or was changed, as links; else nothing."""
    return " ".join(
        f'<span class="one">{badge(line.kind, line.word)} {_link(line.id)}</span>'
        for line in part.lines
        if line.kind in ("fail", "changed")
    )


def _link(exercise: str) -> str:
    return f'<a href="#{safe(exercise)}">{safe(exercise)}</a>'


def _bar(done: int, total: int) -> str:
    return f'<div style="width:{100 * done / max(total, 1):.1f}%"></div>'


def _points(lines: Sequence[Line], *, unit: bool = True) -> str:
    whole = sum(line.points for line in lines)
    if not whole:
        return ""
    number = of(sum((line.earned for line in lines), Fraction(0)), whole)
    return phrase("{number} points", number=number) if unit else number


def _pictures(pictures: Sequence[Picture]) -> Iterator[str]:
    if not pictures:
        return
    yield f"<h2>{safe(phrase('Pictures'))}</h2>"
    yield '<div class="pictures">'
    for one in pictures:
        caption = f"<figcaption>{safe(one.name)}</figcaption>"
        yield f'<figure><img src="{safe(one.source)}" alt="{safe(one.name)}">{caption}</figure>'
    yield "</div>"


def _part(part: Part) -> Iterator[str]:
    yield f'<section id="{safe(part.key)}" aria-labelledby="{safe(part.key)}-title">'
    yield f'<h2 id="{safe(part.key)}-title"><span class="key">{safe(part.key)}</span> {safe(part.title)}</h2>'
    about = [part.file, phrase("{label}: {text}", label=phrase("Lecture"), text=part.lecture) if part.lecture else ""]
    yield f'<p class="parts about">{" ".join(f"<span>{safe(one)}</span>" for one in about if one)}</p>'
    if part.problem is not None:
        yield from _broken(part.problem)
    for line in part.lines:
        yield from _line(line)
    yield "</section>"


def _broken(problem: CheckResult) -> Iterator[str]:
    """Yield why the file cannot be read or run now."""
    page = Markup()
    page.head(problem.outcome.upper(), problem.where.place if problem.where else "")
    message(page, problem.message)
    page.say(phrase("What stands below was found before."))
    yield f'<div class="broken">{page.text()}</div>'


def _line(line: Line) -> Iterator[str]:
    """Yield one exercise: a row, and behind it what is known; one that was never graded is the row alone."""
    points = phrase("{number} points", number=of(line.earned, line.points)) if line.result else ""
    right = points or (count(line.points, "point") if line.points else "")
    row = (
        f'{badge(line.kind, line.word)} <span class="id">{safe(line.id)}</span> '
        f'<span class="says">{safe(line.text)}</span> <span class="right">{safe(right)}</span>'
    )
    details = [*_since(line), *_facts(line), *_verdict(line)]
    if not details:
        yield f'<div class="exercise" id="{safe(line.id)}"><div class="row">{row}</div></div>'
        return
    is_open = " open" if line.kind in ("fail", "changed") else ""
    yield f'<details class="exercise" id="{safe(line.id)}"{is_open}><summary class="row">{row}</summary>'
    yield from details
    yield "</details>"


def _since(line: Line) -> Iterator[str]:
    for says in line.since:
        yield f'<p class="since">{safe(says)}</p>'


def _facts(line: Line) -> Iterator[str]:
    """Yield where it stands, core and edges, tries, hints, days."""
    says = later("{number} try") if line.tries == 1 else later("{number} tries")
    core = edges = ""
    if line.result is not None:
        checks = line.result.checks
        core = _of(phrase("core"), [check for check in checks if not check.edge])
        edges = _of(phrase("edges"), [check for check in checks if check.edge])
    facts = [
        core,
        edges,
        phrase(says, number=line.tries) if line.tries else "",
        count(line.hints, "hint") if line.hints else "",
        phrase("passed {day}", day=line.passed) if line.passed else "",
        phrase("graded {day}", day=line.graded) if line.graded else "",
    ]
    if any(facts):
        shown = [*facts, line.where]
        yield f'<p class="parts about">{" ".join(f"<span>{safe(fact)}</span>" for fact in shown if fact)}</p>'


def _of(label: str, checks: Sequence[CheckResult]) -> str:
    good = sum(check.outcome is Outcome.PASS for check in checks)
    number = phrase("{part} of {whole}", part=good, whole=len(checks))
    return phrase("{label}: {text}", label=label, text=number) if checks else ""


def _verdict(line: Line) -> Iterator[str]:
    """Yield the page of the last verdict, and below it every check."""
    if line.result is None:
        return
    result = withhold_exercise(line.result)
    page = Markup()
    if result.first_failure is None:
        passed.open_edges(page, result)
    elif verdict.outcome_of(result) not in CLOSED:
        verdict.show(page, result, line.where.partition(":")[0], recorded=True)
    said = page.text()
    if said:
        yield f'<div class="verdict">\n{said}\n</div>'
    yield "<details>"
    edges = edges_open(len(result.open_edges))
    summary = phrase(", ").join(filter(None, (count(len(result.checks), "check"), edges)))
    yield f'<summary>{safe(summary)}</summary><ol class="checks">'
    yield from _checks(result.checks)
    yield "</ol></details>"


def _checks(checks: Iterable[CheckResult]) -> Iterator[str]:
    for check in checks:
        edge = phrase(" (edge)") if check.edge else ""
        title = phrase("(hidden check)") if check.hidden else check.title
        yield f"<li>{badge(check.outcome, check.outcome.upper())} {safe(title + edge)}</li>"
