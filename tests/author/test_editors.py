"""What editors are told: VS Code's tasks find the verdict at the learner's line, in any language."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.author import editors
from grader.author.scaffold import course_at, new
from grader.course.course import Course

ROOT = Path(__file__).parents[2]
(WATCH, LINE) = editors.tasks()["tasks"]


def test_the_settings_of_the_shipped_course_are_fresh():
    made = editors.files(Course.find(ROOT))
    assert {path: path.read_text("utf-8") for path in made} == made


def test_a_new_course_has_them_and_one_that_has_its_own_keeps_them(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.grader]\nformat = 1\nchecks = "checks"\n', encoding="utf-8")
    own = tmp_path / ".vscode" / "settings.json"
    own.parent.mkdir()
    own.write_text("{}", "utf-8")
    new(course_at(tmp_path), "u01_small", "Small")
    assert own.read_text("utf-8") == "{}"
    assert json.loads((tmp_path / ".vscode" / "tasks.json").read_text("utf-8")) == editors.tasks()


def problems(text, matcher):
    """Return what VS Code shows after a text: what was matched in the last stretch from a beginning to an end."""
    pattern, watching = matcher["pattern"], matcher["background"]
    found, shown = [], None
    for line in text.splitlines():
        if re.search(watching["beginsPattern"], line):
            found = []
        if re.search(watching["endsPattern"], line):
            shown = found
        if match := re.search(pattern["regexp"], line):
            found.append(tuple(match[pattern[part]] for part in ("file", "line", "column", "message")))
    return shown


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_task_puts_the_verdict_at_the_line(tmp_path, lang):
    course = tmp_path / "tiny"
    subprocess.run(["cp", "-r", str(ROOT / "tests" / "tiny"), str(course)], check=True)
    area = course / "exercises" / "u01_area.py"
    stub = area.read_text("utf-8")
    command = [sys.executable, *WATCH["args"], "--lang", lang]
    with subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, text=True, encoding="utf-8") as watching:
        assert WATCH["command"].endswith("interpreterPath}")

        def heard(text):
            said = ""
            if text:
                area.write_text(stub.replace('raise NotImplementedError("TODO: cross")', text), "utf-8")
            for line in watching.stdout:
                said += line
                if re.search(WATCH["problemMatcher"]["background"]["endsPattern"], line):
                    break
            return problems(said, WATCH["problemMatcher"])

        try:
            assert heard("") == []
            ((file, line, column, message),) = heard("return a[0] * b[1] + a[1] * b[0]")
            assert (file, line, column) == ("exercises/u01_area.py", "18", "1")
            assert message.startswith("FAIL u01.cross")
            ((file, line, column, message),) = heard("return (a[0]")
            assert (file, line, column) == ("exercises/u01_area.py", "20", "12")
            assert heard("return a[0] * b[1] - a[1] * b[0]") == []
        finally:
            watching.kill()


def test_the_other_task_grades_a_line(tmp_path):
    course = tmp_path / "tiny"
    subprocess.run(["cp", "-r", str(ROOT / "tests" / "tiny"), str(course)], check=True)
    words = [word.replace("${relativeFile}:${lineNumber}", "exercises/u01_area.py:20") for word in LINE["args"]]
    ran = subprocess.run([sys.executable, *words], cwd=course, capture_output=True, text=True, check=False)
    assert ran.returncode == 3
    assert "TODO u01.cross" in ran.stdout
