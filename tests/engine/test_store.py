"""What is kept on disk: found again, whole or not at all, and never more than the newest few."""

import os
import resource
import signal
import sys

import pytest

from grader import store
from grader.judging.judge import store_folder
from grader.judging.oracle import Oracle, Store
from grader.session import Session

CHECKS = '''
from grader import close, exercise

UNIT = {"title": "Made", "lecture": "", "libraries": [], "forbid": []}


@exercise("half", points=1)
class TestHalf:
    """Half of a number."""

    def test_any(self, learner, oracle):
        close(learner.half(3.0), oracle.half(3.0), "half(3)")
'''
SOLUTION = "def half(x):\n    return x / 2\n"
WRONG = "from grader import misconception\n\n@misconception('half', says='No.')\ndef no(x):\n    return x\n"


def kept(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_of_a_course_that_is_edited_again_and_again_the_newest_answers_are_kept(course_of, grade):
    course = course_of(CHECKS, SOLUTION, oracles="def half(x):\n    return x / 2\n", misconceptions=WRONG)
    folder = store_folder(course)
    for number in range(store.GENERATIONS + 3):
        course.units[0].oracles.write_text(f"def half(x):\n    return x / 2  # {number}\n", "utf-8")
        newest = {path.parent for path in kept(folder)}
        with Session(course) as session:
            grade(session, "def half(x):\n    return x + 1\n")
        newest = {path.parent for path in kept(folder)} - newest
        assert newest, "what was computed last is kept"
    shelves = {path.parent.parent for path in kept(folder)}
    counts = [len(list(shelf.iterdir())) for shelf in shelves]
    assert max(counts) == store.GENERATIONS
    assert counts.count(store.GENERATIONS) > 1


def test_the_oldest_goes_first(tmp_path):
    for number in range(store.GENERATIONS + 1):
        memo = store.Memo(tmp_path, f"generation-{number}".encode())
        memo.put("name", b"data")
        os.utime(tmp_path / f"generation-{number}", (number, number))
    assert store.Memo(tmp_path, b"generation-0").get("name") is None
    assert store.Memo(tmp_path, b"generation-1").get("name") == b"data"
    assert memo.get("name") == b"data"


def test_parts_of_a_key_do_not_run_into_each_other():
    keys = {store.key(*parts) for parts in [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"abc", b""), (b"", b"abc")]}
    assert len(keys) == 5
    assert store.key(b"ab", b"c") == store.key(b"ab", b"c")


def test_a_missing_source_is_told_from_one_that_is_there(course_of):
    course = course_of(CHECKS, SOLUTION)
    unit = course.units[0]
    files = (unit.solution, unit.props)
    first = unit.digest(*files)
    assert unit.digest(*reversed(files)) != first
    unit.props.parent.mkdir(exist_ok=True)
    unit.props.write_bytes(b"")
    assert unit.digest(*files) != first


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
def test_on_a_disk_that_is_full_nothing_is_kept_and_nothing_left(tmp_path):
    memo = store.Memo(tmp_path, b"generation")
    memo.put("before", b"data")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limit[1]))
    try:
        memo.put("name", os.urandom(10_000))
        memo.put("before", os.urandom(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert (memo.get("name"), memo.get("before")) == (None, b"data")
    assert [path.name for path in kept(tmp_path)] == ["before"]


def test_what_is_kept_is_never_half_there(tmp_path):
    """A name is given to what was written whole: until then, and where that fails, it stands for what was there."""
    memo = store.Memo(tmp_path, b"generation")
    memo.put("name", b"data")
    (path,) = kept(tmp_path)
    before = path.stat().st_ino
    memo.put("name", b"other")
    assert path.stat().st_ino != before
    assert memo.get("name") == b"other"


def test_objects_in_the_store_are_no_answers(course_of):
    course = course_of(CHECKS, SOLUTION, oracles="def half(x):\n    return x / 2\n")
    unit = course.units[0]
    oracle = Oracle(Store(unit, store_folder(course)))
    assert oracle.half(3.0) == 1.5
    from grader.worker.wire.codec import Codec

    handles = Codec(keep=lambda _: (0, "object"), find=lambda *_: None, host=False)
    answers = Store(unit, store_folder(course))
    (path,) = kept(store_folder(course) / unit.name)
    answers._memo.put(path.name, handles.encode(object()))
    assert answers.ask("half", (3.0,), {}) == 1.5
