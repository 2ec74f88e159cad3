"""Every option counts each time: whoever ignores one, or heeds it the first time only, fails a check.

An option is a parameter with a default. For each one there are programs that are the solution but for this: the option
is taken for its default; what the first call was given is kept for all later ones, by the function or by the object;
it is heeded in the first call alone; each call gets what the call before was given. None of them may pass.
"""

import contextlib
import functools
import inspect
from pathlib import Path

import pytest

from grader.author.idle import Changed, IdleBench
from grader.author.quiet import quiet
from grader.author.source import read
from grader.course.course import Course
from grader.judging import reference
from grader.judging.judge import Judge
from grader.model import UNDONE
from grader.session import Session

COURSE = Course.find(Path(__file__))
FIRST = "_first_"
HELP = {("gpt2_backward", "dacts")}  # right gradients, so that a slip costs once: whoever makes none needs no help


def as_given(_option, value, _default, _kept, _itself):
    return value


def ignored(_option, _value, default, _kept, _itself):
    return default


def kept_by_the_function(option, value, _default, kept, _itself):
    return kept.setdefault(option, value)


def kept_by_the_object(option, value, _default, _kept, itself):
    return vars(itself).setdefault(FIRST + option, value)


def heeded_once(option, value, default, kept, _itself):
    return default if option in kept else kept.setdefault(option, value)


def one_call_late(option, value, default, kept, _itself):
    before = kept.get(option, default)
    kept[option] = value
    return before


SLIPS = (ignored, kept_by_the_function, kept_by_the_object, heeded_once, one_call_late)


def options():
    """Yield (unit, exercise, answer, option) of all answers."""
    for unit in COURSE.units:
        source, solution = read(unit.solution), reference.solution(unit)
        for exercise in unit.exercises:
            for region in (one for answer in exercise.answers for one in source.regions_of(answer)):
                owner, last = reference.owner_of(solution, region.name)
                right = inspect.getattr_static(owner, last)
                if not inspect.isfunction(right):
                    continue
                for name, parameter in inspect.signature(right).parameters.items():
                    if parameter.default is not parameter.empty and (region.name, name) not in HELP:
                        yield unit, exercise, region.name, name


def changed(option, slip):
    """Return what makes the wrong answer of a right one."""

    def make(idle):
        signature, kept = inspect.signature(idle.right), {}

        @functools.wraps(idle.right)
        def wrong(*arguments, **named):
            bound = signature.bind(*arguments, **named)
            bound.apply_defaults()
            default = signature.parameters[option].default
            bound.arguments[option] = slip(option, bound.arguments[option], default, kept, next(iter(arguments), None))
            return idle.right(*bound.args, **bound.kwargs)

        return wrong

    return make


def passes(session, unit, exercise, answer, option, slip):
    """Say whether an answer with this slip passes all checks of its exercise, hidden ones too."""
    judge = Judge(COURSE, unit)
    items = [item for item in session.items(unit) if item.exercise.name == exercise.name]
    candidate = Changed(IdleBench(judge, read(unit.solution), []), {answer: changed(option, slip)})
    with quiet(), contextlib.closing(candidate):
        return all(judge.check(item, candidate).result.outcome in UNDONE for item in items)


OPTIONS = [pytest.param(*one, id=f"{one[1].id}-{one[2]}-{one[3]}") for one in options()]


@pytest.fixture(scope="module")
def session():
    with Session(COURSE) as opened:
        yield opened


@pytest.mark.every(8)
@pytest.mark.parametrize("index", range(len(OPTIONS)), ids=[option.id for option in OPTIONS])
def test_an_option_counts_each_time(session, index):
    unit, exercise, answer, option = OPTIONS[index].values
    has_object = "." in answer and not answer.endswith("__init__")
    slips = [slip for slip in SLIPS if has_object or slip is not kept_by_the_object]
    passed = [slip.__name__ for slip in slips if passes(session, unit, exercise, answer, option, slip)]
    assert passed == []


@pytest.mark.parametrize("index", range(0, len(OPTIONS), 12))
def test_the_frame_of_these_programs_changes_nothing(session, index):
    assert passes(session, *OPTIONS[index].values, as_given)
