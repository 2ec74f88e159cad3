"""Saves are found by what a file holds, whatever its clock says; edited lines are lines of the new text."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.watch.files import OLD_SECONDS, SETTLE_SECONDS, YOUNG_SECONDS, WatchedFiles, edited


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "u01.py"
    path.write_bytes(b"one\n")
    return path


def held(files):
    return [save.data for save in files.saves()]


def test_nothing_was_saved_at_first(path, clock):
    assert held(WatchedFiles([path], clock)) == []


def test_a_save_is_found_once(path, clock):
    files = WatchedFiles([path], clock)
    path.write_bytes(b"two, longer\n")
    assert held(files) == [b"two, longer\n"]
    assert held(files) == []


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_second_save_with_the_same_size_and_time_is_found(path, clock, seconds):
    """As on a mount whose times tick every two seconds."""
    files = WatchedFiles([path], clock)
    path.write_bytes(b"two\n")
    os.utime(path, (7, 7))
    assert held(files) == [b"two\n"]
    clock.now += seconds
    path.write_bytes(b"six\n")
    os.utime(path, (7, 7))
    assert held(files) == [b"six\n"]


def test_an_old_file_is_read_now_and_then(path, clock, monkeypatch):
    """Where a file system shows an old time and size, contents are found all the same."""
    files = WatchedFiles([path], clock)
    clock.now += YOUNG_SECONDS + 1
    assert held(files) == []
    (file,) = files._files.values()
    monkeypatch.setattr(file, "_look", lambda: file._looks)
    path.write_bytes(b"two\n")
    clock.now += OLD_SECONDS / 2
    assert held(files) == []
    clock.now += OLD_SECONDS
    assert held(files) == [b"two\n"]


def test_the_same_bytes_again_are_no_save(path, clock):
    files = WatchedFiles([path], clock)
    path.write_bytes(b"one\n")
    path.chmod(0o600)
    assert held(files) == []


def test_a_file_that_an_editor_writes_anew_is_one_save(path, clock):
    """Empty for a moment, or away for a moment."""
    files = WatchedFiles([path], clock)
    path.write_bytes(b"")
    assert held(files) == []
    clock.now += SETTLE_SECONDS / 2
    path.unlink()
    assert held(files) == []
    path.write_bytes(b"two\n")
    assert held(files) == [b"two\n"]


@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_stays_empty_or_away_is_a_save(path, clock, gone):
    files = WatchedFiles([path], clock)
    path.unlink() if gone else path.write_bytes(b"")
    assert held(files) == []
    clock.now += SETTLE_SECONDS * 2
    assert held(files) == [None if gone else b""]
    assert held(files) == []
    path.write_bytes(b"one\n")
    assert held(files) == [b"one\n"]


def test_a_file_that_comes_later_is_a_save(tmp_path, clock):
    files = WatchedFiles([tmp_path / "u01.ipynb"], clock)
    (tmp_path / "u01.ipynb").write_bytes(b"{}")
    assert held(files) == [b"{}"]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", ((2, 2),)),
        (b"a\nb\nc\n", b"a\nb\nc\n", ()),
        (b"a\nc\n", b"a\nb1\nb2\nc\n", ((2, 3),)),
        (b"a\nb\nc\nd\ne\n", b"A\nb\nc\nd\nE\n", ((1, 1), (5, 5))),
        (b"a\nb\nc\n", b"a\nc\n", ((1, 2),)),
        (b"a\nb\n", b"a\n", ((1, 1),)),
        (b"b\na\n", b"a\n", ((1, 1),)),
        (b"a\n", b"", ()),
        (None, b"a\nb\n", ((1, 2),)),
        (b"a\r\nb\r\n", b"a\r\nc\r\n", ((2, 2),)),
    ],
)
def test_edited_lines(before, after, lines):
    assert edited(before, after) == lines


few = st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=12)


@given(few, few)
def test_what_is_not_among_the_edited_lines_stood_there_before(old, new):
    ranges = edited(b"\n".join(old), b"\n".join(new))
    assert all(1 <= first <= last <= len(new) for first, last in ranges)
    touched = {line for first, last in ranges for line in range(first, last + 1)}
    kept = [text for line, text in enumerate(new, 1) if line not in touched]
    left = iter(old)
    assert all(text in left for text in kept)
    assert (ranges == ()) <= (set(new) <= set(old))
