"""JUnit XML as GitLab and Jenkins read it: a test suite a unit, a test case a check.

A wrong answer is a failure; what did not come to an answer is an error; what is not written yet, or waits, is skipped.
Points stand in properties, where neither of both counts them. There is no time stamp and no host name.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from html import escape

from msgspec.structs import asdict, replace

from grader.model import CheckResult, ExerciseResult, Outcome, Report, UnitResult
from grader.report import verdict
from grader.report.hidden import withhold
from grader.report.page import Page
from grader.report.portable import portable
from grader.report.stack import in_short
from grader.report.style import Style, elide, visible
from grader.report.words import share

SKIPPED = (Outcome.TODO, Outcome.BLOCKED, Outcome.MISSING)
FAILURES = (Outcome.FAIL, Outcome.RULE)
MESSAGE = 200  # columns of the one line that a list shows


def render(report: Report, *, hidden: bool = False) -> str:
    """Return the XML; it ends in a newline.

    hidden: show what hidden checks ask and found; for instructors only.
    """
    shown = _refused(report) if report.problem else report if hidden else withhold(report)
    report = _filled(portable(shown))
    rows = ['<?xml version="1.0" encoding="UTF-8"?>']
    suites = [(unit, _handed_in(unit)) for unit in report.units]
    checks = [check for _, exercises in suites for exercise in exercises for check in exercise.checks]
    rows.append(_open("testsuites", 0, {"name": report.course, **_counts(checks)}))
    for unit, exercises in suites:
        rows += _suite(report, unit, exercises)
    return "\n".join([*rows, "</testsuites>"]) + "\n"


def _refused(report: Report) -> Report:
    """Put one error in place of all that could not be judged."""
    title = "the submission can be graded"
    check = CheckResult(id="submission", title=title, outcome=Outcome.ERROR, message=report.problem)
    none = ExerciseResult(id="submission", points=report.points, checks=(check,))
    return replace(report, units=(UnitResult(unit="submission", title="", exercises=(none,)),))


def _handed_in(unit: UnitResult) -> tuple[ExerciseResult, ...]:
    """Return a unit's exercises; in place of those of a unit that was not handed in, one that says so."""
    if not unit.missing:
        return unit.exercises
    check = CheckResult(id="file", title="the file was handed in", outcome=Outcome.MISSING, message=unit.missing)
    return (ExerciseResult(id=unit.unit, points=0, checks=(check,)),)


def _filled(report: Report) -> Report:
    """Put an error where no check ran: readers take a report without test cases for a good one."""
    none = CheckResult(id="none", title="no check ran", outcome=Outcome.FAULT, message="No check ran.")
    nothing = ExerciseResult(id="course.nothing", points=0, checks=(none,))
    units = report.units if report.exercises else (UnitResult(unit="course", title="", exercises=(nothing,)),)
    filled = [
        replace(unit, exercises=tuple(replace(each, checks=each.checks or (none,)) for each in unit.exercises))
        for unit in units
    ]
    return replace(report, units=tuple(filled))


def _suite(report: Report, unit: UnitResult, exercises: tuple[ExerciseResult, ...]) -> Iterator[str]:
    checks = [check for exercise in exercises for check in exercise.checks]
    yield _open("testsuite", 1, {"name": unit.unit, **_counts(checks)})
    yield _open("properties", 2, {})
    yield from (_property(name, value) for name, value in _facts(report, unit).items())
    yield "    </properties>"
    for exercise in exercises:
        yield from _cases(exercise, unit)
    yield "  </testsuite>"


def _facts(report: Report, unit: UnitResult) -> dict[str, str]:
    facts = {"title": unit.title, "submission": report.submission}
    facts |= {"seed": str(report.seed)} if report.seed is not None else {}
    if report.digests is not None:
        facts |= {f"digest.{name}": value for name, value in asdict(report.digests).items()}
    facts |= {"isolation": report.isolation, "unverified": str(report.unverified).lower()}
    facts |= {"points": str(sum(exercise.points for exercise in unit.exercises))}
    facts |= {"earned": share(sum((exercise.earned for exercise in unit.exercises), Fraction(0)))}
    for exercise in unit.exercises:
        facts |= {f"points.{exercise.id}": str(exercise.points), f"earned.{exercise.id}": share(exercise.earned)}
    return facts


def _property(name: str, value: str) -> str:
    return _open("property", 3, {"name": name, "value": value}, close=True)


def _cases(exercise: ExerciseResult, unit: UnitResult) -> Iterator[str]:
    titles = [check.title or check.id for check in exercise.checks]
    for check, title in zip(exercise.checks, titles, strict=True):
        where = check.where or exercise.where
        place = {"file": where.file, "line": str(where.line)} if where else {"file": unit.file}
        name = title if titles.count(title) == 1 else f"{title} ({check.id})"  # both readers merge cases of one name
        facts = {"classname": exercise.id, "name": name, **place, "time": f"{check.seconds:.3f}"}
        yield _open("testcase", 2, facts, close=check.outcome is Outcome.PASS)
        if check.outcome is not Outcome.PASS:
            yield _ending(exercise, check, unit)
            yield "    </testcase>"


def _is_skipped(check: CheckResult) -> bool:
    """Whether nothing is wrong with it, or nothing that keeps the exercise from passing."""
    return check.outcome in SKIPPED or (check.edge and check.outcome not in (Outcome.PASS, Outcome.FAULT))


def _ending(exercise: ExerciseResult, check: CheckResult, unit: UnitResult) -> str:
    if check.edge and check.outcome not in (*SKIPPED, Outcome.FAULT):
        return _open("skipped", 3, {"message": _short(f"open edge: {_reason(check)}")}, close=True)
    if check.outcome in SKIPPED:
        said = check.message or "not written yet"
        if check.outcome is Outcome.BLOCKED:
            said = f"waits for {check.waits_for or 'another exercise'}"
        return _open("skipped", 3, {"message": _short(said)}, close=True)
    page = Page(Style())
    verdict.show_check(page, verdict.ShownCheck(exercise, check, unit.file, alone=True))
    tag = "failure" if check.outcome in FAILURES else "error"
    opened = _open(tag, 3, {"message": _short(_reason(check)), "type": check.outcome.value})
    return f"{opened}{escape(page.text(), quote=False)}</{tag}>"


def _reason(check: CheckResult) -> str:
    """Return the cause, else what was compared, else what the message says."""
    if check.cause is not None:
        return check.cause.says
    if check.mismatch is not None:
        found = check.mismatch
        problem = "" if found.problem == "exception" else f"{found.problem} "
        return f"{found.label}: {problem}{found.yours}, expected {found.expected}"
    return in_short(check.message) or check.title


def _short(text: str) -> str:
    return elide(visible(text), MESSAGE)


def _counts(checks: list[CheckResult]) -> dict[str, str]:
    bad = [check for check in checks if check.outcome is not Outcome.PASS and not _is_skipped(check)]
    failures = sum(check.outcome in FAILURES for check in bad)
    return {
        "tests": str(len(checks)),
        "failures": str(failures),
        "errors": str(len(bad) - failures),
        "skipped": str(sum(map(_is_skipped, checks))),
        "time": f"{sum(check.seconds for check in checks):.3f}",
    }


def _open(tag: str, depth: int, facts: Mapping[str, str], *, close: bool = False) -> str:
    """Return a tag; everything in it is made visible, so no character is left that XML forbids."""
    words = "".join(f' {name}="{escape(visible(value))}"' for name, value in facts.items())
    return f"{'  ' * depth}<{tag}{words}{'/' if close else ''}>"
