"""The order and number of things in a list or a text: reversed, sorted, mixed, the ends missing or too long."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from grader.diagnose.case import Case
from grader.diagnose.probe import Relation
from grader.diagnose.whole import Whole, wholes
from grader.diagnose.words import said
from grader.values import is_array
from grader.wording import shown

Items = list[Any]


def find(case: Case) -> Relation | None:
    """Return how the order of yours differs from the expected one, on at least two different questions."""
    asked = wholes(case)
    lists = [(_items(one.yours), _items(one.expected)) for one in asked]
    known = [(mine, theirs) for mine, theirs in lists if mine is not None and theirs is not None]
    if len(known) < 2 or len(known) < len(lists) or any(mine == theirs for mine, theirs in known):
        return None
    if all(pair == known[0] for pair in known):
        return None  # one answer, however often it was given: a shape, a count
    name = _from_input(asked) or ("empty" if all(theirs and not mine for mine, theirs in known) else "")
    if not name and all(len(theirs) >= 2 for _, theirs in known):
        name = next((name for name, is_so in _ORDERS.items() if all(is_so(*pair) for pair in known)), "")
    by = {len(mine) - len(theirs) for mine, theirs in known}
    if not name and len(by) == 1 and 0 not in by and len({len(theirs) for _, theirs in known}) > 1:
        name = "longer" if max(by) > 0 else "shorter"
    if not name:
        return None
    facts = tuple(said("order.line", mine=shown(one.yours), theirs=shown(one.expected)) for one in asked[:2])
    return Relation(("order", name), said(f"order.{name}", what=case.whole_label, count=abs(max(by))), facts)


def _from_input(asked: list[Whole]) -> str:
    """Say whether yours is a text that went in, or its bytes; nothing where it is neither."""
    for name, made in (("input", list), ("bytes", _bytes)):
        if all(any(_items(one.yours) == made(text) for text in one.given if text) for one in asked):
            return name
    if all(_one_a_byte(one) for one in asked):
        return "one a byte"
    return ""


def _one_a_byte(one: Whole) -> bool:
    """Say whether yours has as many ids as the last text has bytes, and the expected one fewer."""
    texts = [text for text in one.given if text]
    mine, theirs = _items(one.yours), _items(one.expected)
    if not texts or not mine or theirs is None or any(type(item) is not int for item in mine):
        return False
    return len(mine) == len(_bytes(texts[-1])) > len(theirs)


def _bytes(text: str | bytes) -> Items:
    return list(text.encode()) if isinstance(text, str) else list(text)


def _items(value: Any) -> Items | None:
    """Return the things that stand in a row; rounding counts for nothing, and arrays are no things here."""
    if is_array(value) and value.ndim == 1:
        value = value.tolist()
    if isinstance(value, list | tuple | str | bytes) and not any(map(is_array, value)):
        return [round(item, 9) if type(item) is float else item for item in value]
    return None


def _same_things(mine: Items, theirs: Items) -> bool:
    return mine != theirs and Counter(map(repr, mine)) == Counter(map(repr, theirs))


def _sorted(mine: Items, theirs: Items, *, down: bool) -> bool:
    try:
        return _same_things(mine, theirs) and mine == sorted(theirs, reverse=down)
    except TypeError:
        return False


def _cut(mine: Items, theirs: Items) -> bool:
    return len(theirs) - len(mine) == 1 and mine == theirs[: len(mine)]


_ORDERS: dict[str, Callable[[Items, Items], bool]] = {
    "reversed": lambda mine, theirs: _same_things(mine, theirs) and mine == theirs[::-1],
    "ascending": lambda mine, theirs: _sorted(mine, theirs, down=False),
    "descending": lambda mine, theirs: _sorted(mine, theirs, down=True),
    "mixed": lambda mine, theirs: _same_things(mine, theirs),
    "last missing": _cut,
    "first missing": lambda mine, theirs: len(theirs) - len(mine) == 1 and mine == theirs[1:],
    "one more": lambda mine, theirs: _cut(theirs, mine),
    "one before": lambda mine, theirs: len(mine) - len(theirs) == 1 and mine[1:] == theirs,
    "end missing": lambda mine, theirs: len(mine) < len(theirs) and mine == theirs[: len(mine)],
    "goes on": lambda mine, theirs: len(mine) > len(theirs) and theirs == mine[: len(theirs)],
    "some missing": lambda mine, theirs: len(mine) < len(theirs) and _within(mine, theirs),
    "some too many": lambda mine, theirs: len(mine) > len(theirs) and _within(theirs, mine),
}


def _within(few: Items, many: Items) -> bool:
    """Say whether some things stand among others, in their order; at least half as many, or it means nothing."""
    rest = iter(many)
    return (
        2 * len(few) > len(many)
        and type(many[0]) is not str
        and all(any(one == other for other in rest) for one in few)
    )
