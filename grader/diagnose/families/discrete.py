"""Tables: entries that are missing or too many, pairs the wrong way round, numbers that are all alike or all off."""

from collections.abc import Callable
from typing import Any

from grader.diagnose.case import Case
from grader.diagnose.probe import Relation
from grader.diagnose.whole import wholes
from grader.diagnose.words import number, said
from grader.wording import shown

Table = dict[Any, Any]
PLAIN = (int, str, bytes, tuple)


def find(case: Case) -> Relation | None:
    """Return how two dicts differ, on at least two different questions."""
    pairs = [(one.yours, one.expected) for one in wholes(case)]
    tables = [(mine, theirs) for mine, theirs in pairs if isinstance(mine, dict) and isinstance(theirs, dict)]
    if len(tables) < 2 or len(tables) < len(pairs) or any(not theirs for _, theirs in tables):
        return None
    if not all(isinstance(value, PLAIN) for pair in tables for table in pair for value in table.values()):
        return None
    for name, is_so in _TABLES.items():
        if all(is_so(mine, theirs) for mine, theirs in tables):
            return Relation(("table", name), said(f"table.{name}", what=case.whole_label), _lines(tables))
    return _values(case, tables)


def _lines(tables: list[tuple[Table, Table]]) -> tuple[str, ...]:
    return tuple(said("order.line", mine=shown(mine), theirs=shown(theirs)) for mine, theirs in tables[:2])


def _values(case: Case, tables: list[tuple[Table, Table]]) -> Relation | None:
    """Return what is wrong with the values of right keys: all of them one number, or all too large by one number."""
    pairs = [(mine[key], theirs[key]) for mine, theirs in tables if mine.keys() == theirs.keys() for key in theirs]
    if len(pairs) < 3 or any(type(value) is not int for pair in pairs for value in pair):
        return None
    if any(mine.keys() != theirs.keys() for mine, theirs in tables):
        return None
    values, gaps = {mine for mine, _ in pairs}, {mine - theirs for mine, theirs in pairs}
    if len(gaps) == 1 and 0 not in gaps:
        by = gaps.pop()
        words = said("large" if by > 0 else "small")
        says = said("table.offset", what=case.whole_label, amount=abs(by), large=words)
        return Relation(("table", "offset", by), says, _lines(tables))
    if len(values) == 1 and len({theirs for _, theirs in pairs}) > 1:
        value = values.pop()
        says = said("table.constant", what=case.whole_label, value=number(value))
        return Relation(("table", "constant", value), says, _lines(tables))
    return None


def _turned(table: Table) -> Table | None:
    """Return the table with its pairs the other way round; None where keys are no pairs."""
    if not all(isinstance(key, tuple) and len(key) == 2 for key in table):
        return None
    return {key[::-1]: value for key, value in table.items()}


def _subset(few: Table, many: Table) -> bool:
    return len(few) < len(many) and all(key in many and many[key] == value for key, value in few.items())


_TABLES: dict[str, Callable[[Table, Table], bool]] = {
    "empty": lambda mine, _theirs: not mine,
    "turned": lambda mine, theirs: mine != theirs and _turned(theirs) == mine,
    "missing": _subset,
    "too many": lambda mine, theirs: _subset(theirs, mine),
    "inverted": lambda mine, theirs: mine == {value: key for key, value in theirs.items()},
}
