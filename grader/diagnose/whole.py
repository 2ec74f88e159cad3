"""Whole answers beside the expected ones: what relations between lists, texts and tables are tried on.

As with probes, two questions at least, or nothing can be said.
"""

from dataclasses import dataclass
from typing import Any

from grader.diagnose.case import LETTERS, MAX_COUSINS, Case
from grader.diagnose.seen import AFTER, Run, Seen
from grader.diagnose.vary import Change
from grader.values import Remote


@dataclass(frozen=True)
class Whole:
    """A whole answer beside the expected one. given: the texts that went in."""

    yours: Any
    expected: Any
    given: tuple[str | bytes, ...]


def wholes(case: Case) -> list[Whole]:
    """Return yours and the expected one as they are, for different questions; empty where there are not two."""
    compared = case.seen.compared if case.index >= 0 else None
    if compared is None:
        return []
    found = (
        _varied(case, [Change(jitter=jitter) for jitter in case.jitters])
        or _varied(case, [Change(seed=100 + jitter) for jitter in case.jitters] if "rng" in case.item.wants else [])
        or _varied(case, [Change(letters=by) for by in LETTERS])
        or _of_others(case)
    )
    asked = [Whole(compared.yours, compared.expected, _given(case.run, case.seen)), *found] if found else []
    return asked if all(_is_data(one.yours) and _is_data(one.expected) for one in asked) else []


def _is_data(value: Any) -> bool:
    """Say whether there is no object of the learner's in it: comparing one would ask the learner's code."""
    if isinstance(value, dict):
        return all(map(_is_data, (*value, *value.values())))
    return all(map(_is_data, value)) if isinstance(value, list | tuple) else not isinstance(value, Remote)


def _varied(case: Case, changes: list[Change]) -> list[Whole]:
    """Return the same comparison under each change that made another question of it."""
    known, found = {case.seen.own}, []
    for change in changes:
        run = case.watcher.learner(case.item, change, case.index + AFTER + 1)
        right = case.watcher.solution(case.item, change).seen
        if case.index >= min(len(run.seen), len(right)):
            continue
        seen = run.seen[case.index]
        if seen.own not in known and seen.asked == right[case.index].asked:
            known.add(seen.own)
            found.append(Whole(seen.value, right[case.index].value, _given(run, seen)))
    return found


def _of_others(case: Case) -> list[Whole]:
    """Return the first wrong answers of the other failing checks that ask the same function."""
    found = []
    for item in case.others[:MAX_COUSINS]:
        other = Case(case.watcher, item)
        compared = other.seen.compared if other.index >= 0 and other.seen.last == case.seen.last else None
        mine = case.seen.compared
        if compared is not None and mine is not None and type(compared.expected) is type(mine.expected):
            found.append(Whole(compared.yours, compared.expected, _given(other.run, other.seen)))
    return found


def _given(run: Run, seen: Seen) -> tuple[str | bytes, ...]:
    return tuple(run.texts[: seen.texts])
