"""How long things live: objects and functions that were handed over are one check's, and what is kept is bounded."""

import pytest

from grader.failures import LearnerError
from grader.worker.host import given
from grader.worker.host import subject as subjects
from grader.worker.host.subject import RefusedAnswer
from grader.worker.wire.codec import Garbage

SOURCE = """
class Box:
    def __init__(self, value):
        self.value = value

SHELF = Box(0)
LENT = []

def other(value):
    return Box(value)

def keep(function):
    LENT.append(function)

def call():
    return LENT[0](1)

def call_often(function, times, what):
    for _ in range(times):
        function(what)

def blob(size):
    return bytes(size)
"""


@pytest.fixture
def asked(start):
    return start(SOURCE)


def test_an_object_is_called_what_this_check_asked_for(asked):
    assert repr(asked.learner.Box(1)) == "Box(1)"
    asked.begin(2)
    assert repr(asked.learner.other(2)) == "other(2)"


def test_an_object_that_stays_is_handed_over_anew(asked):
    for value in (1, 2):
        asked.begin(value)
        shelf, box = asked.learner.fetch("SHELF"), asked.learner.Box(value)
        assert (shelf.value, box.value) == (0, value)


def test_an_object_of_an_earlier_check_cannot_be_asked_for_one_of_this(asked):
    box = asked.learner.Box("old")
    asked.begin(2)
    with pytest.raises(LearnerError):
        _ = box.value


def test_a_function_of_an_earlier_check_is_called_by_nobody(asked):
    called = []
    asked.learner.keep(called.append)
    asked.begin(2)
    with pytest.raises(Garbage, match="nothing that was lent"):
        asked.learner.call()
    assert called == []


def test_a_function_that_was_not_lent_is_called_by_nobody(asked):
    called = []
    asked.learner.keep(called.append)
    asked.learner.call()
    assert called == [1]


def test_a_check_ends_where_it_was_given_too_much_and_the_next_begins_with_nothing(asked, monkeypatch):
    monkeypatch.setattr(subjects, "MAX_CHECK_BYTES", 5000)
    for number in range(3):
        asked.begin(number)
        assert len(asked.learner.blob(3000)) == 3000
    with pytest.raises(RefusedAnswer, match="in one check"):
        asked.learner.blob(3000)


def test_of_very_many_call_backs_the_first_are_kept_and_of_long_ones_the_beginning(asked, monkeypatch):
    monkeypatch.setattr(subjects, "MAX_CALLS", 5)
    monkeypatch.setattr(subjects, "MAX_CALL_BYTES", 100)
    asked.learner.call_often(lambda _: None, 20, "x" * 1000)
    (exchange,) = asked.transcript.exchanges
    assert [len(call) for call in exchange.calls] == [100] * 5


def test_a_question_without_call_backs_has_none_of_the_one_before(asked):
    asked.learner.call_often(lambda _: None, 3, 1)
    asked.learner.blob(1)
    assert [len(exchange.calls) for exchange in asked.transcript.exchanges] == [3, 0]


def test_of_very_large_answers_only_the_last_is_kept_as_a_value(asked, monkeypatch):
    monkeypatch.setattr(given, "MAX_KEPT", 5000)
    for _ in range(4):
        asked.learner.blob(3000)
    assert len(asked.transcript.given.answers) == 1
    assert len(asked.transcript.given.asked) == 4


def test_nothing_of_a_check_is_in_the_transcript_of_the_next(asked):
    asked.learner.blob(3)
    asked.begin(2)
    assert (asked.transcript.exchanges, asked.transcript.given.asked) == ([], [])
    asked.learner.blob(4)
    assert [exchange.asked for exchange in asked.transcript.exchanges] == ["blob(4)"]


def test_a_function_that_was_lent_is_printed_as_its_name(start):
    """So that a learner who prints it reads what the verdict calls it, and no address."""
    shows = start("def shows(f):\n    return [repr(f), str(f), f.__name__, type(f).__name__]\n").learner.shows
    assert list(shows(len)) == ["len", "len", "len", "function"]
