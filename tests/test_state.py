"""`.grade/state.json`: nothing that can be wrong with it costs more than a sentence."""

import json

import pytest

from grader.model import CheckResult, ExerciseResult, Outcome
from grader.submission.progress import FILE, Record, State
from grader.submission.whole import write_whole


def result(outcome, digest="d1", identity="u01.cross"):
    checks = (CheckResult(id="a", title="", outcome=Outcome.PASS), CheckResult(id="b", title="", outcome=outcome))
    return ExerciseResult(id=identity, points=3, checks=checks, digest=digest)


def saved(tmp_path, *results):
    state = State.load(tmp_path / ".grade")
    for one in results:
        state.judged(one)
    state.save()
    assert state.notices == []
    return State.load(tmp_path / ".grade")


def test_what_was_saved_is_loaded(tmp_path):
    record = saved(tmp_path, result(Outcome.FAIL)).of("u01.cross")
    assert record == Record(outcome="fail", digest="d1", failed=2, checks=2, tries=1)


def test_a_blank_record_for_what_was_never_judged(tmp_path):
    assert State.load(tmp_path).of("u01.cross") == Record()


def test_two_commands_at_once_lose_nothing_of_each_other(tmp_path):
    saved(tmp_path, result(Outcome.FAIL, "d0"))
    one, two = State.load(tmp_path / ".grade"), State.load(tmp_path / ".grade")
    one.judged(result(Outcome.PASS, "d1"))
    one.loaded("u03", "broken")
    one.save()
    two.judged(result(Outcome.FAIL, "d2", "u02.softmax"))
    two.hinted("u01.cross", {"cross": 2})
    two.save()
    both = State.load(tmp_path / ".grade")
    assert both.of("u01.cross").passed
    assert both.of("u01.cross").hints == 2
    assert both.of("u02.softmax").outcome == "fail"
    assert both.broken == {"u03": "broken"}


def test_loading_writes_nothing(tmp_path):
    State.load(tmp_path / ".grade")
    assert list(tmp_path.iterdir()) == []


def test_a_pass_remembers_its_source(tmp_path):
    record = saved(tmp_path, result(Outcome.PASS)).of("u01.cross")
    assert record.stands("d1")
    assert not record.stands("d2")
    assert record.changed("d2")


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path):
    assert saved(tmp_path, result(Outcome.PASS)).of("u01.cross").stands("")


def test_a_later_failure_does_not_stand_but_it_has_passed_once(tmp_path):
    record = saved(tmp_path, result(Outcome.PASS), result(Outcome.FAIL)).of("u01.cross")
    assert record.passed
    assert not record.stands("d1")
    assert not record.changed("d2")


@pytest.mark.parametrize("outcome", [Outcome.FAULT, Outcome.SYNTAX])
def test_what_says_nothing_about_an_exercise_is_not_recorded(tmp_path, outcome):
    assert saved(tmp_path, result(Outcome.PASS), result(outcome, "d2")).of("u01.cross").stands("d1")


def test_tries_are_different_sources_that_failed(tmp_path):
    tried = [
        result(Outcome.TODO, "d0"),
        result(Outcome.FAIL, "d1"),
        result(Outcome.FAIL, "d1"),
        result(Outcome.ERROR, "d2"),
        result(Outcome.BLOCKED, "d3"),
        result(Outcome.PASS, "d4"),
    ]
    assert saved(tmp_path, *tried).of("u01.cross").tries == 2


def test_hints_never_fall_and_survive_a_verdict(tmp_path):
    state = State.load(tmp_path)
    state.hinted("u01.cross", {"cross": 2})
    state.hinted("u01.cross", {"cross": 1})
    state.judged(result(Outcome.FAIL))
    assert (state.of("u01.cross").hints, state.of("u01.cross").rungs) == (2, {"cross": 2})


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"schema": "1", "exercises": {}}', b"[" * 100_000, b"\0" * 100]
)
def test_a_damaged_file_is_put_aside_and_said_once(tmp_path, data):
    (tmp_path / FILE).write_bytes(data)
    state = State.load(tmp_path)
    assert len(state.notices) == 1
    assert (tmp_path / f"{FILE}.bad-1").read_bytes() == data
    state.judged(result(Outcome.PASS))
    state.save()
    again = State.load(tmp_path)
    assert again.notices == []
    assert again.of("u01.cross").passed


def test_damaged_files_do_not_replace_each_other(tmp_path):
    for data in (b"1", b"2"):
        (tmp_path / FILE).write_bytes(data)
        State.load(tmp_path)
    assert [(tmp_path / f"{FILE}.bad-{number}").read_bytes() for number in (1, 2)] == [b"1", b"2"]


def test_the_records_that_can_be_read_are_kept(tmp_path):
    exercises = {"u01.cross": {"outcome": "pass", "passed": True}, "u01.area": {"tries": "many"}, "u01.scale": 3}
    (tmp_path / FILE).write_text(json.dumps({"schema": 1, "exercises": exercises}), encoding="utf-8")
    state = State.load(tmp_path)
    assert list(state.records) == ["u01.cross"]
    assert "what could be read is kept, 1 in number" in state.notices[0]


def test_a_newer_file_is_left_alone(tmp_path):
    data = b'{"schema": 2, "exercises": {"u01.cross": {"outcome": "pass", "mood": "good"}}, "more": 1}'
    (tmp_path / FILE).write_bytes(data)
    state = State.load(tmp_path)
    assert len(state.notices) == 1
    state.judged(result(Outcome.PASS))
    state.save()
    assert (tmp_path / FILE).read_bytes() == data
    assert len(list(tmp_path.iterdir())) == 1


def test_a_newer_file_of_another_make_is_left_alone(tmp_path):
    data = b'{"schema": 7, "learners": []}'
    (tmp_path / FILE).write_bytes(data)
    state = State.load(tmp_path)
    state.save()
    assert "newer chainrule" in state.notices[0]
    assert (tmp_path / FILE).read_bytes() == data


def test_a_folder_that_cannot_be_made_costs_a_sentence(tmp_path):
    (tmp_path / ".grade").write_text("in the way", encoding="utf-8")
    state = State.load(tmp_path / ".grade")
    assert state.notices == []
    state.judged(result(Outcome.PASS))
    state.save()
    assert len(state.notices) == 1
    assert state.notices[0].endswith("The verdict stands.")


def test_a_state_file_that_is_a_folder(tmp_path):
    (tmp_path / FILE).mkdir()
    state = State.load(tmp_path)
    state.save()
    assert len(state.notices) == 1


def test_a_full_disk_costs_a_sentence_and_leaves_the_old_file(tmp_path, monkeypatch):
    saved(tmp_path, result(Outcome.PASS))

    def full(*_args):
        raise OSError(28, "No space left on device")

    state = State.load(tmp_path / ".grade")
    state.judged(result(Outcome.FAIL, "d2"))
    with monkeypatch.context() as patch:
        patch.setattr("grader.submission.whole.os.fdopen", full)
        state.save()
    assert "No space left on device" in state.notices[0]
    assert State.load(tmp_path / ".grade").of("u01.cross").passed
    assert [path.name for path in (tmp_path / ".grade").iterdir()] == [FILE]


def test_the_file_is_the_same_whatever_the_order_of_events(tmp_path):
    one, two = result(Outcome.PASS), result(Outcome.FAIL, "d2", "u01.area")
    saved(tmp_path / "a", one, two)
    saved(tmp_path / "b", two, one)
    assert (tmp_path / "a/.grade" / FILE).read_bytes() == (tmp_path / "b/.grade" / FILE).read_bytes()


def test_write_whole_keeps_the_mode(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)
