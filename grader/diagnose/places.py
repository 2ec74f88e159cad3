"""Places in an answer that can be named: rows, the diagonal, where an input is negative, the columns that targets name.

A predicate gives the numbers of the values it holds for, in one probe; none where it means nothing there.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from grader.diagnose.case import Case
from grader.diagnose.layout import laid, named, part
from grader.diagnose.leaf import places
from grader.diagnose.probe import Probe
from grader.diagnose.words import listed, said

Chosen = frozenset[int]
Predicate = Callable[[Probe], Chosen]
CONDITIONS: dict[str, Callable[[float], bool]] = {
    "zero": lambda x: x == 0,
    "negative": lambda x: x < 0,
    "positive": lambda x: x > 0,
    "not positive": lambda x: x <= 0,
    "not negative": lambda x: x >= 0,
    "not zero": lambda x: x != 0,
}


def predicates(case: Case) -> Iterator[tuple[str, Predicate]]:
    """Yield every place that can be named: its words, and the predicate."""
    shape = case.first.expected.shape
    for axis in range(len(shape)):
        yield from _along(axis, shape)
    if len(shape) >= 2:
        yield from _diagonals()
    yield from _fixed(case)
    for one in named(case):
        yield from _by_condition(one.name, lambda probe, place=one.places: laid(probe, place) or ())  # type: ignore[misc]
        yield from _by_numbers(one.name, one.places)
        if len(shape) >= 1:
            words = said("place.largest", name=one.name)
            yield words, lambda probe, place=one.places: _largest(probe, place)  # type: ignore[misc]
    signs = {name: CONDITIONS[name] for name in ("negative", "positive", "not positive", "not negative")}
    yield from _by_condition(said("place.expected"), lambda probe: probe.expected.values, signs)


def _along(axis: int, shape: tuple[int, ...]) -> Iterator[tuple[str, Predicate]]:
    words = (
        said("part.value") if len(shape) == 1 else said(f"part.{('row', 'column')[axis]}") if len(shape) == 2 else ""
    )
    words = words or said("part.axis", axis=axis)
    tests: dict[str, Callable[[int, int], bool]] = {
        "first": lambda i, _n: i == 0,
        "last": lambda i, n: i == n - 1,
        "but first": lambda i, _n: i > 0,
        "but last": lambda i, n: i < n - 1,
    }
    for name, test in tests.items():
        yield said(f"place.{name}", part=words), _at(axis, test)


def _at(axis: int, test: Callable[[int, int], bool]) -> Predicate:
    def chosen(probe: Probe) -> Chosen:
        size = probe.expected.shape[axis]
        if size < 3:
            return frozenset()
        return _where(probe, lambda place: test(place[axis], size))

    return chosen


def _where(probe: Probe, test: Callable[[tuple[int, ...]], bool]) -> Chosen:
    return frozenset(index for index, place in enumerate(places(probe.expected.shape)) if test(place))


def _fixed(case: Case) -> Iterator[tuple[str, Predicate]]:
    """Yield the rows, the columns, or the beginning or end of a row of numbers, that are wrong in the first probe."""
    shape, wrong = case.first.expected.shape, case.first.wrong
    at = [place for index, place in enumerate(places(shape)) if index in wrong]
    if len(shape) == 2:
        for axis, name in enumerate(("rows", "columns")):
            chosen = sorted({place[axis] for place in at})
            if 2 * len(chosen) <= shape[axis]:
                words = said(f"place.{name}", places=listed([str(index) for index in chosen]))
                yield words, lambda probe, axis=axis, chosen=chosen: _where(probe, lambda p: p[axis] in chosen)  # type: ignore[misc]
    if len(shape) == 1 and at:
        start, end = min(at)[0], max(at)[0]
        yield said("place.from", index=start), lambda probe: _where(probe, lambda place: place[0] >= start)
        yield said("place.to", index=end), lambda probe: _where(probe, lambda place: place[0] <= end)


def _diagonals() -> Iterator[tuple[str, Predicate]]:
    tests: dict[str, Callable[[tuple[int, ...]], bool]] = {
        "diagonal": lambda place: place[-1] == place[-2],
        "off diagonal": lambda place: place[-1] != place[-2],
        "above": lambda place: place[-1] > place[-2],
        "below": lambda place: place[-1] < place[-2],
    }
    for name, test in tests.items():
        yield said(f"place.{name}"), lambda probe, test=test: _where(probe, test)  # type: ignore[misc]


def _by_condition(
    name: str, row: Callable[[Probe], tuple[float, ...]], conditions: dict[str, Callable[[float], bool]] = CONDITIONS
) -> Iterator[tuple[str, Predicate]]:
    for condition, test in conditions.items():
        yield (
            said(f"place.{condition}", name=name),
            lambda probe, test=test: frozenset(i for i, x in enumerate(row(probe)) if test(x)),  # type: ignore[misc]
        )


def _by_numbers(name: str, place: tuple[str, ...]) -> Iterator[tuple[str, Predicate]]:
    """Yield what whole numbers can name: a column for each row, or rows."""
    yield said("place.named", name=name), lambda probe: _columns(probe, place, named=True)
    yield said("place.not named", name=name), lambda probe: _columns(probe, place, named=False)
    tests: dict[str, Callable[[int], bool]] = {
        "repeated": lambda count: count > 1,
        "occurring": lambda count: count > 0,
        "absent": lambda count: count == 0,
    }
    for word, test in tests.items():
        yield said(f"place.{word}", name=name), lambda probe, test=test: _rows(probe, place, test)  # type: ignore[misc]


def _whole(probe: Probe, place: tuple[str, ...]) -> tuple[int, ...]:
    found = part(probe, place)
    if found is None or not found.shape or any(type(value) is not int for value in found.values):
        return ()
    return found.values


def _columns(probe: Probe, place: tuple[str, ...], *, named: bool) -> Chosen:
    columns, shape = _whole(probe, place), probe.expected.shape
    if len(shape) != 2 or len(columns) != shape[0]:
        return frozenset()
    return _where(probe, lambda at: (columns[at[0]] == at[1]) == named)


def _rows(probe: Probe, place: tuple[str, ...], test: Callable[[int], bool]) -> Chosen:
    rows, shape = _whole(probe, place), probe.expected.shape
    if not rows or len(shape) != 2 or max(rows) >= shape[0] or min(rows) < 0:
        return frozenset()
    counts = Counter(rows)
    return _where(probe, lambda at: test(counts[at[0]]))


def _largest(probe: Probe, place: tuple[str, ...]) -> Chosen:
    """Choose the largest number of each row of an input of the answer's shape; where it stands twice, none."""
    row, shape = laid(probe, place), probe.expected.shape
    if row is None or not shape or shape[-1] < 3:
        return frozenset()
    width, chosen = shape[-1], []
    for start in range(0, len(row), width):
        values = row[start : start + width]
        if values.count(max(values)) != 1:
            return frozenset()
        chosen.append(start + values.index(max(values)))
    return frozenset(chosen)
