"""One exercise that passed: how much of it, and which edges are open."""

from grader.language import later, phrase
from grader.model import CheckResult, ExerciseResult
from grader.report.page import Page
from grader.report.style import cells
from grader.report.words import count, edges_open, of, seconds, share


def show(page: Page, exercise: ExerciseResult, *, solution: bool) -> None:
    """Add the verdict on one exercise that passed."""
    page.head("PASS", exercise.id, in_short(exercise))
    open_edges(page, exercise)
    page.gap()
    if any(not check.hidden for check in exercise.open_edges):  # of a hidden one there is nothing to show
        page.fact(phrase("In full"), f"grade {exercise.id} --edges required")
    if solution:
        page.fact(phrase("Compare"), f"grade solution {exercise.id}")


def in_short(exercise: ExerciseResult) -> str:
    """Return `9 of 9 checks, 8 points, 0.04 s`; with an open edge `8 of 9 checks, 7.11 of 8 points, 1 edge open`."""
    total, edges = len(exercise.checks), edges_open(len(exercise.open_edges))
    spent = seconds(sum(check.seconds for check in exercise.checks))
    says = later("{part} of {number} check") if total == 1 else later("{part} of {number} checks")
    checks = phrase(says, part=total - len(exercise.open_edges), number=total)
    points = count(exercise.points, "point")
    if edges:
        points = phrase("{number} points", number=of(exercise.earned, exercise.points))
    return phrase(", ").join(part for part in (checks, points if exercise.points else "", edges or spent) if part)


def open_edges(page: Page, exercise: ExerciseResult) -> None:
    """Add the edges that did not pass, what each is worth before it."""
    if not exercise.open_edges:
        return
    page.gap()
    page.labelled(phrase("Edges"), phrase("Promises beyond the lecture: they have points and block nothing."))
    edges: dict[str, list[CheckResult]] = {}
    for check in exercise.open_edges:
        title = phrase("{title} (hidden check)", title=check.title) if check.hidden else check.title
        edges.setdefault(title, []).append(check)
    worth = [phrase("{number} points", number=share(exercise.share(checks))) for checks in edges.values()]
    marks = worth if exercise.points else ["-" for _ in worth]
    column = max(map(cells, marks)) + 2
    for mark, (title, checks) in zip(marks, edges.items(), strict=True):
        says = later("{title} ({number} checks)")
        page.item(mark, title if len(checks) == 1 else phrase(says, title=title, number=len(checks)), column=column)
