"""What earlier runs kept in a learner's folder is believed for the learner alone: whoever gives marks looks again."""

import json
import zlib

import msgspec
import pytest

from grader.course.course import Course
from grader.store import Latest
from grader.submission import scanned

FORBIDDEN = "import statistics\n\n\ndef cross(a, b):\n    return statistics.mean([a[0] * b[1] - a[1] * b[0]])\n"
KEY = 40  # characters before what is kept


@pytest.fixture
def forged(grade, tiny):
    """A learner who uses what is forbidden, and has put down that the file uses nothing at all."""
    path = tiny / "exercises" / "u01_area.py"
    path.write_text(FORBIDDEN, "utf-8")
    assert outcome(grade("u01.cross", "--json")) == "rule"
    scans = Course.find(tiny).scans
    data = (scans / "u01_area").read_bytes()
    kept = msgspec.msgpack.decode(zlib.decompress(data[KEY:]), type=scanned._Kept)
    assert kept.uses
    said = msgspec.msgpack.encode(msgspec.structs.replace(kept, uses=[]))
    Latest(scans).put("u01_area", data[:KEY].decode(), said)
    return tiny


def outcome(ran):
    return json.loads(ran.stdout)["units"][0]["exercises"][0]["outcome"]


@pytest.mark.usefixtures("forged")
def test_a_learner_may_deceive_themselves(grade):
    assert outcome(grade("u01.cross", "--json")) != "rule"


MARKS = {
    "a machine": ("ci", "u01.cross", "--format", "json", "--require-isolation", "split"),
    "somebody else's folder": ("u01.cross", "--json", "--submission", "exercises"),
    "nothing is recorded": ("u01.cross", "--json", "--no-save"),
    "a level that is asked for": ("u01.cross", "--json", "--require-isolation", "process"),
}


@pytest.mark.usefixtures("forged")
@pytest.mark.parametrize("name", MARKS)
def test_whoever_gives_marks_looks_again(grade, name):
    assert outcome(grade(*MARKS[name])) == "rule"
