"""The examples of the documentation, in the order of each page: files are written, commands are run as they stand.

A block after a line that ends in a file's name in backquotes and a colon is that file. Of a command the comment may say
`exit code 1`; without it 0 is meant.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r".*`(?P<path>[\w./]*\w)`:")
CODE = re.compile(r"#.*exit code (\d+)")


def environment():
    """Have this interpreter's commands on the path, and pytest load what it loads where the kit is installed."""
    folders = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent), os.environ["PATH"]]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    return {**kept, "PATH": os.pathsep.join(folders), "COLUMNS": "80", "PYTEST_PLUGINS": "grader.pytest_entry"}


def run(folder, command):
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def commands(text):
    """Yield the commands of a block and the exit codes they have; a loop is one command."""
    if "\nfor " in f"\n{text}":
        yield text, 0
        return
    for line in text.splitlines():
        code = CODE.search(line)
        yield line, int(code[1]) if code else 0


def follow(page, folder, start="", end="\0"):
    """Do what a page says, from one heading to another; return what was printed."""
    text = (DOCS / page).read_text(encoding="utf-8")
    said = []
    for block in BLOCK.finditer(text[text.index(start) :].partition(end)[0]):
        named = FILE.fullmatch(block["before"])
        if named:
            path = folder / named["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block["text"], encoding="utf-8")
        for command, code in commands(block["text"]) if block["kind"] == "sh" else ():
            ran = run(folder, command)
            assert ran.returncode == code, f"{command}\n{ran.stdout}{ran.stderr}"
            said.append(ran.stdout + ran.stderr)
    return "\n".join(said)


def test_a_course_of_your_own(tmp_path):
    said = follow("your-own-course.md", tmp_path)
    assert "grade author new u01_first" in said
    assert said.count("No findings") == 3  # as made, as written, and no mutant survives
    assert "You added the neighbours up; their mean is half of that." in " ".join(said.split())
    assert (tmp_path / "ada.json").exists()


def test_writing_a_unit(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.grader]\nformat = 1\nchecks = "grader/checks"\n', "utf-8")
    said = follow("writing-a-unit.md", tmp_path)
    assert said.count("No findings") == 2
    assert run(tmp_path, "grade author build u14").returncode == 0
    ran = run(tmp_path, "grade author audit u14")
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture
def instructor(tmp_path):
    """The second course, and what three learners handed in."""
    folder = tmp_path / "course"
    shutil.copytree(ROOT / "tests" / "tiny", folder, ignore=shutil.ignore_patterns(".*", "submissions"))
    for name, kind in (("ada", "wrong"), ("ben", "right")):
        shutil.copytree(ROOT / "tests" / "tiny" / "submissions" / kind, folder / "submissions" / name)
    (folder / "submissions" / "ben" / "u02_mean.py").unlink()
    (folder / "submissions" / "cem.zip").write_bytes(b"PK\x03\x04 and no more")
    (folder / "submissions" / "dee").mkdir()
    (folder / "submissions" / "eve").symlink_to(folder / "solutions")
    return folder


def test_for_instructors(instructor):
    said = follow("instructors.md", instructor, end="## Secret seeds")
    assert "Could not be graded as it is, 0 points: cem, dee, eve." in said
    with (instructor / "marks" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row.pop("learner"): row for row in csv.DictReader(file)}
    told = {name: [row[key] for key in ("exit", "outcome", "earned", "u01_area")] for name, row in rows.items()}
    assert told["ada"][0] == "1"
    assert told["ben"] == ["3", "missing", "11", "11"]
    assert told["cem"] == ["2", "error", "0", "0"]
    assert told["dee"] == ["2", "missing", "0", "0"]
    assert told["eve"] == ["2", "error", "0", "0"]
    assert (instructor / "sources" / "submissions" / "ben" / "u01_area.py").exists()
    assert not (instructor / "sources" / "submissions" / "eve").exists()
