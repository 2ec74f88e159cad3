"""A class in one command: whose files are whose, what is refused, and what is left after it was stopped."""

import csv
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from grader.batch import names, roster
from grader.batch.ledger import Ledger
from grader.batch.names import Entry

SEED = ("--seed", "5", "--jobs", "1", "--accept-isolation", "split")
SECONDS = re.compile(r'"seconds": [\d.e-]+')
ROSTER = 'Student,ID,Login\n"Doe, Jane",12345,jdoe\nRight,2,right\n\u738b\u5c0f\u660e,3,xm\nGone Person,4,gone\n'


@pytest.fixture
def handed_in(tiny, tmp_path):
    """A class as platforms export it, hostile learners among them."""
    folder = tmp_path / "class"
    made = tiny / "submissions"
    for name in ("right", "wrong", "dying"):
        shutil.copytree(made / name, folder / name)
    moodle = folder / "Jane Doe_1234567_assignsubmission_file_"
    shutil.copytree(made / "right", moodle / "hw" / "deep")
    (moodle / "__MACOSX").mkdir()
    shutil.copy(made / "wrong" / "u01_area.py", moodle / "__MACOSX" / "u01_area.py")
    shutil.copy(made / "wrong" / "u01_area.py", folder / "doejane_LATE_12345_67890_u01_area-1.py")
    shutil.copy(made / "right" / "u02_mean.py", folder / "doejane_LATE_12345_67891_u02_mean (1).py")
    with zipfile.ZipFile(folder / "\u738b\u5c0f\u660e.zip", "w") as archive:
        for path in (made / "right").iterdir():
            archive.writestr(f"hw\\{path.name}", path.read_bytes())
    (folder / "both").mkdir()
    for at, name in enumerate(("right", "wrong"), 1):
        shutil.copy(made / name / "u01_area.py", folder / "both" / f"u01_area ({at}).py")
    (folder / "broken.tar.gz").write_bytes(b"no archive")
    (folder / "link").symlink_to(tiny / "solutions")
    (folder / "sneaky" / "inner").mkdir(parents=True)
    shutil.copy(made / "right" / "u01_area.py", folder / "sneaky")
    (folder / "sneaky" / "inner" / "data").symlink_to("/")
    (folder / "notes.pdf").write_text("nobody's", "utf-8")
    return folder


@pytest.fixture
def batched(here, handed_in, tmp_path):
    """Grade the class into a folder; returns the finished command."""
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8-sig")

    def run(out="out", *words):
        return here("batch", str(handed_in), "--out", str(tmp_path / out), *SEED, *words)

    return run


@pytest.fixture
def started(command, environ, handed_in, tiny, tmp_path):
    """Begin to grade the class with two processes; returns the running command."""
    begun = []

    def start(out):
        words = [*command, "batch", str(handed_in), "--out", str(tmp_path / out), *SEED, "--jobs", "2", "u01"]
        begun.append(
            subprocess.Popen(words, cwd=tiny, env=environ(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        )
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate(timeout=60)


def reports(folder):
    """Return the reports without what differs between two runs of the same code."""
    return {path.name: SECONDS.sub("", path.read_text("utf-8")) for path in sorted((folder / "reports").iterdir())}


def below(process):
    """Return the processes that one has started, and those that these have."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    except OSError:
        return []
    return [*children, *(one for child in children for one in below(child))]


def alive(processes):
    """Return those that still run after they had the time to end."""
    for _ in range(100):
        stats = {one: Path(f"/proc/{one}/stat") for one in processes}
        processes = [
            one for one, path in stats.items() if path.exists() and path.read_text().rpartition(")")[2][1] != "Z"
        ]
        if not processes:
            break
        time.sleep(0.05)
    return processes


def test_a_class_as_platforms_export_it(batched, tmp_path):
    ran = batched("out", "--roster", str(tmp_path / "roster.csv"), "--export-sources", str(tmp_path / "sources"))
    assert ran.returncode == 1, ran.stderr
    page = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    rows = {
        row["learner"]: (row["person"], row["outcome"], row["exit"], row["earned"]["exact"]) for row in page["learners"]
    }
    assert rows["Jane Doe_1234567"] == ("Doe, Jane", "pass", 0, "16")
    assert rows["doejane_12345"][:3] == ("Doe, Jane", "fail", 1)
    assert rows["\u738b\u5c0f\u660e"] == ("\u738b\u5c0f\u660e", "pass", 0, "16")
    assert rows[""] == ("Gone Person", "missing", None, "0")
    assert [rows[name][1:] for name in ("broken", "link", "sneaky")] == [("error", 2, "0")] * 3
    assert rows["both"][1:3] == ("error", 1)
    assert (page["strays"], page["twice"]) == (["notes.pdf"], ["Jane Doe_1234567", "doejane_12345"])
    assert set(page["unknown"]) == {"both", "broken", "dying", "link", "sneaky", "wrong"}
    assert "sneaky/inner" not in ran.stdout
    assert str(tmp_path) not in "".join(reports(tmp_path / "out").values())
    table = list(csv.reader((tmp_path / "out" / "summary.csv").read_text("utf-8-sig").splitlines()))
    assert table[0][6:8] == ["u01_area", "u02_mean"]
    assert len(table) == len(rows) + 1
    written = sorted(path.relative_to(tmp_path / "sources").as_posix() for path in (tmp_path / "sources").rglob("*.py"))
    assert "base/u01_area.py" in written
    assert "submissions/doejane_12345/u01_area.py" in written
    assert not any("link" in path or "sneaky" in path for path in written)


def test_a_report_is_that_of_grade_ci(here, batched, handed_in, tmp_path):
    batched()
    found = reports(tmp_path / "out")
    for name, file in (
        ("wrong", "wrong"),
        ("\u738b\u5c0f\u660e.zip", "\u738b\u5c0f\u660e"),
        ("broken.tar.gz", "broken"),
    ):
        one = tmp_path / "one.json"
        words = ("--submission", str(handed_in / name), "--format", "json", "--out", str(one))
        here("ci", "--seed", "5", "--accept-isolation", "split", "--require-isolation", "confined", *words)
        assert SECONDS.sub("", one.read_text("utf-8")) == found[f"{file}.json"]


def test_neither_order_nor_processes_nor_the_end_of_one_change_a_report(batched, started, tmp_path):
    batched("one", "u01")
    process = started("two")
    written = tmp_path / "two" / "reports"
    while process.poll() is None and not (written.exists() and list(written.glob("*.json"))):
        time.sleep(0.005)
    child = next(one for one in below(process.pid) if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes())
    os.kill(int(child), signal.SIGKILL)
    assert process.wait(timeout=100) == 1
    assert reports(tmp_path / "one") == reports(tmp_path / "two")
    pages = [(tmp_path / name / "summary.json").read_text("utf-8") for name in ("one", "two")]
    assert pages[0] == pages[1]


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_killed_at_any_time_it_goes_on(batched, started, handed_in, tmp_path):
    batched("whole", "u01")
    out = tmp_path / "out"
    graded = 0
    for wanted in (2, 5, 99):
        process = started("out")
        while process.poll() is None and (len(list((out / "reports").glob("*.json"))) if out.exists() else 0) < wanted:
            time.sleep(0.005)
        running = below(process.pid)
        process.send_signal(signal.SIGKILL)
        said = process.communicate(timeout=60)[0].decode()
        assert not alive(running)
        if found := re.search(r"(\d+) graded now, (\d+) graded before", said):
            graded = int(found[2])
    assert graded >= 4
    assert reports(out) == reports(tmp_path / "whole")
    files = [json.loads(line)["file"] for line in (out / "journal.jsonl").read_text("utf-8").splitlines()]
    assert sorted(files) == sorted(reports(out))  # nothing twice
    (out / "reports" / "right.json").write_text("{}", "utf-8")
    with (out / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"file": "wro')
    (handed_in / "wrong" / "u01_area.py").write_text("# another\n", "utf-8")
    again = batched("out", "u01")
    assert "2 graded now" in again.stdout
    assert "was cut off" in " ".join(again.stderr.split())
    assert "0 graded now" in batched("out", "u01").stdout


def test_a_full_disk_a_locked_folder_and_what_is_gone(
    batched, command, environ, handed_in, tiny, tmp_path, monkeypatch
):
    words = [*command, "batch", str(handed_in), "--out", str(tmp_path / "out"), *SEED]

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))  # as a disk does that is full: the write fails

    ran = subprocess.run(words, cwd=tiny, env=environ(), preexec_fn=small, capture_output=True, text=True, check=False)
    said = " ".join(ran.stderr.split())
    assert ran.returncode == 2
    assert "cannot be written" in said
    assert "Start the same command again" in said
    assert "Traceback" not in ran.stderr
    assert not [path for path in (tmp_path / "out" / "reports").iterdir() if path.name.startswith(".")]
    listed = names.entries

    def gone(folder):
        found = listed(folder)
        shutil.rmtree(handed_in / "wrong")
        return found

    monkeypatch.setattr(names, "entries", gone)
    ran = batched()
    assert ran.returncode == 1
    assert "wrong: wrong is not there any more." in ran.stdout
    assert not (tmp_path / "out" / "reports" / "wrong.json").exists()


def test_bad_input_is_refused_before_anything_is_graded(here, handed_in, tmp_path):
    def said(*words):
        ran = here("batch", *words)
        assert ran.returncode == 2
        return " ".join(ran.stderr.split())

    out = ("--out", str(tmp_path / "out"))
    assert "lies in" in said(str(handed_in), "--out", str(handed_in / "out"))
    assert "not a folder that can be read" in said(str(handed_in / "\u738b\u5c0f\u660e.zip"), *out)
    assert "There is no folder" in said(str(handed_in), "--out", str(tmp_path / "no" / "out"))
    assert "is no roster" in said(str(handed_in), *out, "--roster", str(handed_in / "notes.pdf"))
    assert "holds no whole number" in said(str(handed_in), *out, "--seed-file", str(handed_in / "notes.pdf"))
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").mkdir()
    with Ledger(tmp_path / "out"):
        assert "Another grade batch writes to" in said(str(handed_in), *out)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("doejane_12345_67890_u05_backprop_ninja-1.py", "u05_backprop_ninja.py"),
        ("\u738b\u5c0f\u660e_LATE_1_2_u05_backprop_ninja.ipynb", "u05_backprop_ninja.ipynb"),
        ("Jane Doe_7_assignsubmission_file_u05_backprop_ninja.py", "u05_backprop_ninja.py"),
        ("u05_backprop_ninja (2).py", "u05_backprop_ninja.py"),
        ("u05_backprop_ninja+(1).py", "u05_backprop_ninja.py"),
        ("u05_backprop_ninja_final.py", ""),
        ("my_u05_backprop_ninja.py", ""),
        ("u05_backprop_ninja.py.txt", ""),
    ],
)
def test_names_that_machines_make_are_read_and_no_others(name, unit):
    assert names.of_unit(name, ["u05_backprop_ninja"]) == unit


def test_files_of_learners_have_names_that_every_system_takes():
    found = names.file_names(["ada", "Ada", "a/b", "..", "x" * 300, "\u738b", "CON\n"])
    assert found["\u738b"] == "\u738b"
    assert len({name.casefold() for name in found.values()}) == 7
    assert all(re.fullmatch(r"[\w.@+() -]{1,90}", name) for name in found.values())


def test_gradescope_says_whose_a_folder_is(tmp_path):
    (tmp_path / "submission_11").mkdir()
    text = "---\nsubmission_11:\n  :submitters:\n  - :name: 'Jane O''Doe'\n    :sid: '77'\n    :email: jane@x.org\n"
    (tmp_path / "submission_metadata.yml").write_text(text, "utf-8")
    (entry,) = names.entries(tmp_path).entries
    assert entry.names == ("submission_11", "Jane O'Doe", "77", "jane@x.org")
    people = [roster.Person("A", ("Doe Ann", "76")), roster.Person("B", ("O'Doe, Jane", "77"))]
    assert roster.matched(people, [entry]).of == {"submission_11": people[1]}


def test_a_name_that_two_people_have_says_nothing(tmp_path):
    people = [roster.Person("1", ("1", "Jane Doe", "octo-cat")), roster.Person("2", ("2", "Jane Doe", "b"))]
    entries = [Entry("Jane Doe", (tmp_path,)), Entry("hw1-octo-cat", (tmp_path,)), Entry("hw1-nobody", (tmp_path,))]
    found = roster.matched(people, entries)
    assert (found.of, found.unknown) == ({"hw1-octo-cat": people[0]}, ("Jane Doe", "hw1-nobody"))
