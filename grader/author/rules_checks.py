"""The rules that check files keep, read from their text."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.author import checkfile
from grader.author.checkfile import CheckClass
from grader.author.findings import Finding
from grader.author.source import read_text
from grader.course.declarations import unit_key
from grader.course.unit import Unit

MAX_BODY = 25
MAX_TITLE = 100


def hidden_exercises(unit_name: str, found: Iterable[CheckClass]) -> Iterator[Finding]:
    """Find hidden classes of exercises that the public file does not have."""
    found = list(found)
    public = {one.exercise for one in found if not one.hidden}
    for one in found:
        if one.hidden and one.exercise not in public:
            yield _at(
                unit_name,
                one,
                one.line,
                f"the public check file has no exercise {one.exercise!r}: declare it there, or correct the name.",
            )


def checks(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    """Find what is wrong with a unit's checks."""
    for one in found:
        for check in one.checks:
            yield from _check(unit, one, check)
    yield from _repeated_titles(unit, found)
    yield from _unknown_helpers(unit, found)
    yield from _without_seed(unit, found)


def structure(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    """Find what keeps a unit from being run at all, or would make it run something else than is written."""
    for one in found:
        yield from _class(unit, one)
    yield from _repeated_classes(unit, found)
    yield from _repeated_checks(unit, found)


def _class(unit: Unit, one: CheckClass) -> Iterator[Finding]:
    if not one.node.name.startswith("Test"):
        yield _at(unit.name, one, one.node.lineno, "pytest overlooks this class: begin its name with `Test`.")
    if one.hidden and checkfile.literal(one.call, "points") is not None:
        yield _at(unit.name, one, one.line, "points are given in the public check file: leave them out here.")
    for word in ("answers", "forbid", "needs"):
        value = checkfile.literal(one.call, word)
        if isinstance(value, str):
            yield _at(unit.name, one, one.line, f'a tuple of names is wanted: {word}=("{value}",).')


def _check(unit: Unit, one: CheckClass, check: ast.FunctionDef) -> Iterator[Finding]:
    length = checkfile.body_length(check)
    if length > MAX_BODY:
        yield _at(
            unit.name,
            one,
            check.lineno,
            f"{check.name} has {length} lines, more than {MAX_BODY}: move helpers to functions of the module, oracles "
            "or props, or make two checks of it.",
        )
    title = checkfile.title(check)
    if not ast.get_docstring(check):
        message = (
            f"{check.name} has no docstring: say on one line what is claimed. Learners read {title!r} instead of it."
        )
        yield _at(unit.name, one, check.lineno, message)
    if len(title) > MAX_TITLE:
        yield _at(
            unit.name,
            one,
            check.lineno,
            f"the title of {check.name} has {len(title)} characters, more than {MAX_TITLE}: a learner reads it on one "
            "line. Say it shorter.",
        )
    for line in checkfile.wordless_asserts(check):
        yield _at(unit.name, one, line, 'say what is wrong in words a learner can act on: assert condition, "...".')


def _repeated_classes(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    seen: dict[tuple[bool, str], CheckClass] = {}
    for one in found:
        first = seen.setdefault((one.hidden, one.exercise), one)
        if first is not one:
            yield _at(
                unit.name,
                one,
                one.line,
                f"exercise {one.exercise!r} is declared at line {first.line} already: give this one another name.",
            )


def _repeated_checks(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    names: dict[tuple[str, str], ast.FunctionDef] = {}
    for one in found:
        for check in one.checks:
            if names.setdefault((one.exercise, check.name), check) is not check:
                message = (
                    f"a second check {check.name} in exercise {one.exercise!r}: give it another name, or only one of "
                    "the two is run."
                )
                yield _at(unit.name, one, check.lineno, message)


def _repeated_titles(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    titles: dict[tuple[str, str], ast.FunctionDef] = {}
    for one in found:
        for check in one.checks:
            title = checkfile.title(check)
            if titles.setdefault((one.exercise, title), check) is not check:
                message = (
                    f"a second check with the title {title!r} in exercise {one.exercise!r}: say what this one asks."
                )
                yield _at(unit.name, one, check.lineno, message)


def _unknown_helpers(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    """Find calls of oracles and props that do not exist."""
    for face, path in (("oracle", unit.oracles), ("props", unit.props)):
        known = checkfile.bound(checkfile.parsed(read_text(path), path)) if path.exists() else {}
        for one in found:
            for line, name in (call for check in one.checks for call in checkfile.asked(check, face)):
                if name not in known:
                    yield _at(
                        unit.name, one, line, f"{face}.{name} is not there: write `def {name}` in {_short(path)}."
                    )


def _without_seed(unit: Unit, found: list[CheckClass]) -> Iterator[Finding]:
    """Find exercises whose answers could be hard-coded."""
    seeded = Counter(one.exercise for one in found if one.uses_rng or one.seed_free)
    for one in found:
        if not one.hidden and not seeded[one.exercise]:
            yield _at(
                unit.name,
                one,
                one.line,
                "no check takes `rng`, so an answer learned by heart passes: make inputs with it, or say why not "
                "in the class with a line `# seed-free: reason`.",
            )


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _at(unit: str, one: CheckClass, line: int, message: str) -> Finding:
    return Finding(unit, f"{unit_key(unit)}.{one.exercise}", one.path, line, message)
