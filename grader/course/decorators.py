"""What a course's author writes above a check class, a check or a misconception.

The marks only attach data. `course.py` reads the same lines from the source, without running them, so their
arguments must be literals.
"""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def exercise(
    name: str,
    *,
    points: int = 0,
    cpu: float = 1.0,
    answers: tuple[str, ...] = (),
    forbid: tuple[str, ...] | dict[str, tuple[str, ...]] = (),
    needs: tuple[str, ...] = (),
) -> Callable[[type], type]:
    """Mark a class of checks as one exercise.

    name: the exercise's name inside its unit, `softmax`.
    points: shared out over the checks by their weight; given in the public file, left out in the hidden one.
    cpu: seconds of processor time that one check may take; at least five times what the reference needs.
    answers: the names a learner writes for it, `("Value.exp", "Value.log")`; by default the exercise's own name.
    needs: exercises of the unit without which this one cannot pass; where one of them fails, this one is blocked by it.
    forbid: dotted names that this exercise may not use, `("torch.softmax", "torch.nn.functional.*")`; where the reason
        is not that they are the thing to write, a dict from reasons to names.
    """
    data = {"name": name, "points": points, "cpu": cpu, "answers": answers or (name,), "forbid": forbid}
    data["needs"] = needs

    def mark(cls: type) -> type:
        cls.__exercise__ = data  # type: ignore[attr-defined]
        return cls

    return mark


def weight(value: int) -> Callable[[T], T]:
    """Give a check a larger share of its exercise's points; 1 where nothing is said."""

    def mark(check: T) -> T:
        check.__weight__ = value  # type: ignore[attr-defined]
        return check

    return mark


def edge(check: T) -> T:
    """Mark a check of a promise that the exercise's text makes beyond the lecture.

    An edge has its points. But an exercise passes without it, and nothing waits for it. What is not marked is core:
    every correct program written after the lecture does it.
    """
    check.__edge__ = True  # type: ignore[attr-defined]
    return check


def misconception(
    name: str, *, says: str, replaces: str = "", symptom: bool | str = False, also: tuple[str, ...] = ()
) -> Callable[[T], T]:
    """Mark a wrong solution that runs.

    name: the exercise it belongs to, `cross_entropy_backward`.
    says: the sentence a good teacher would say: the cause, never the cure in code.
    replaces: the name in the solution that it stands in for, `Value.__add__`. By default the exercise's only
        answer; a class stands in for the class it derives from.
    symptom: the sentence tells what goes wrong and no mechanism; then it may be said where a program shares no more
        than a truth value, a dtype or a time-out with this one. Or another sentence, which does: it is said instead of
        `says` where no more is shared, and may be that of several misconceptions.
    also: other exercises in which the same mistake is made by whoever writes the thing out there instead of calling it;
        `says` must be true there, too.
    """
    facts = {"exercise": name, "says": says, "replaces": replaces, "symptom": symptom, "also": also}

    def mark(wrong: T) -> T:
        wrong.__misconception__ = facts  # type: ignore[attr-defined]
        return wrong

    return mark


def marked(thing: Any, mark: str) -> Any:
    """Return what a mark attached to this very object, not to a base class; None where there is none."""
    return vars(thing).get(mark) if hasattr(thing, "__dict__") else None
