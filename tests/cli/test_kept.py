"""What earlier runs kept is believed for the learner whose folder it is, while nothing has changed; never by ci."""

import json
import shutil
import sys
import zlib

import msgspec
import pytest

KEY = 40  # characters

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the self-test is kept by the kernel's boot")


def forge(path, change):
    """Change what is kept, under its own key."""
    data = path.read_bytes()
    path.write_bytes(data[:KEY] + zlib.compress(change(zlib.decompress(data[KEY:]))))


def moved(data):
    """Every answer stands at line 99."""
    found = msgspec.msgpack.decode(data)
    found["defs"] = {name: [99, 99, "f" * 16, 0] for name in found["defs"]}
    return msgspec.msgpack.encode(found)


def lines(done):
    return {one["exercise"]: one["line"] for one in json.loads(done.stdout)["exercises"]}


@pytest.fixture
def scans(tiny, here):
    """Where scans are kept; both files have been read."""
    assert here("list").returncode == 0
    folder = tiny / ".grade" / "store" / "scans"
    assert sorted(path.name for path in folder.iterdir()) == ["u01_area", "u02_mean"]
    return folder


def test_a_file_that_has_not_changed_is_not_read_again(scans, here):
    before = lines(here("list", "--json"))
    forge(scans / "u01_area", moved)
    after = lines(here("list", "--json"))
    assert {after[name] for name in after if name.startswith("u01")} == {99}
    assert {name: after[name] for name in after if name.startswith("u02")} == {
        name: before[name] for name in before if name.startswith("u02")
    }


def test_a_file_that_has_changed_is_read(scans, tiny, here):
    before = lines(here("list", "--json"))
    forge(scans / "u01_area", moved)
    file = tiny / "exercises" / "u01_area.py"
    file.write_text("\n" + file.read_text("utf-8"), "utf-8")
    after = lines(here("list", "--json"))
    assert all(after[name] == before[name] + name.startswith("u01") for name in before)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda _: b"\xc1garbage",
        lambda data: msgspec.msgpack.encode({**msgspec.msgpack.decode(data), "defs": {"area": ["a", 1, 2, 3]}}),
        lambda data: msgspec.msgpack.encode({**msgspec.msgpack.decode(data), "spans": 1}),
        lambda data: msgspec.msgpack.encode({**msgspec.msgpack.decode(data), "problem": {"what": 5}}),
    ],
    ids=["empty", "garbage", "lines that are none", "more than there is", "a problem"],
)
def test_what_is_no_scan_is_not_believed(scans, here, change):
    before = here("list", "--json").stdout
    forge(scans / "u01_area", change)
    assert here("list", "--json").stdout == before


def test_a_scan_of_another_file_is_not_believed(scans, here):
    before = lines(here("list", "--json"))
    forge(scans / "u02_mean", moved)
    shutil.copy(scans / "u02_mean", scans / "u01_area")
    assert lines(here("list", "--json"))["u01.cross"] == before["u01.cross"]


@pytest.mark.parametrize("more", [[], ["--submission", "exercises"], ["exercises/u01_area.py:18"]])
def test_ci_reads_the_files_itself(scans, tiny, here, more):
    (tiny / "exercises" / "u01_area.py").write_bytes((tiny / "submissions/wrong/u01_area.py").read_bytes())
    here("list")
    honest = places(here("ci", *more, "--format", "json"))
    for name in ("u01_area", "u02_mean"):
        forge(scans / name, moved)
    assert places(here("ci", *more, "--format", "json")) == honest
    assert 99 not in honest.values()


def places(done):
    units = json.loads(done.stdout)["units"]
    return {one["id"]: (one["where"] or {}).get("line") for unit in units for one in unit["exercises"]}


def test_the_self_test_is_kept_for_the_learner_and_made_for_others(tiny, here):
    level = isolation(here("--json", "u01.cross"))
    assert level != "split"
    (kept,) = (tiny / ".grade" / "store" / "isolation").iterdir()
    forge(kept, lambda data: msgspec.json.encode({**msgspec.json.decode(data), "level": "split"}))
    assert isolation(here("--json", "u01.cross")) == "split"
    for words in (
        ["ci", "u01.cross", "--format", "json"],
        ["--json", "u01.cross", "--submission", "exercises"],
        ["--json", "u01.cross", "--require-isolation", level],
        ["--json", "u01.cross", "--no-save"],
    ):
        assert isolation(here(*words)) == level


def test_a_level_that_is_none_is_measured_anew(tiny, here):
    level = isolation(here("--json", "u01.cross"))
    (kept,) = (tiny / ".grade" / "store" / "isolation").iterdir()
    forge(kept, lambda data: msgspec.json.encode({**msgspec.json.decode(data), "level": "perfect"}))
    assert isolation(here("--json", "u01.cross")) == level


def test_a_self_test_of_another_kind_of_worker_is_none(tiny, here):
    """With other limits the key is another one. What root's worker reaches there is less than an ordinary user's."""
    level = isolation(here("--json", "u01.cross"))
    (kept,) = (tiny / ".grade" / "store" / "isolation").iterdir()
    forge(kept, lambda data: msgspec.json.encode({**msgspec.json.decode(data), "level": "syscalls"}))
    assert isolation(here("--json", "u01.cross", GRADE_ISOLATION="process")) in {"split", "process"}
    assert isolation(here("--json", "u01.cross")) == level


def isolation(done):
    return json.loads(done.stdout)["isolation"]
