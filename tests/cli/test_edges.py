"""Edges: checks of promises beyond the lecture. They have points and a name, and they block nobody."""

import json
import re

import pytest

LENIENT = "def cross(a, b):\n    return 1.0 * (a[0] * b[1] - a[1] * b[0])\n"
WHOLE = '''
    @edge
    def test_whole_numbers_stay_whole(self, learner):
        """whole numbers stay whole"""
        same(learner.cross((2, 0), (1, 3)), 6, "cross((2, 0), (1, 3))")

'''


@pytest.fixture
def edged(tiny, hand_in):
    """The tiny course with an edge in its first exercise, and a learner who does not keep it."""
    checks = tiny / "checks" / "test_u01_area.py"
    head, tail = checks.read_text("utf-8").split("    def test_agrees_with_the_oracle", 1)
    checks.write_text(f"{head}{WHOLE.lstrip(chr(10))}    def test_agrees_with_the_oracle{tail}", "utf-8")
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"def cross\(.*?\n\n", f"{LENIENT}\n", text, count=1, flags=re.DOTALL), "utf-8")
    return tiny


@pytest.mark.usefixtures("edged")
def test_an_exercise_passes_without_its_edges(grade, golden):
    ran = grade("u01.cross", COLUMNS="80")
    assert ran.returncode == 0
    golden("cli/edges.txt", re.sub(r"\d+\.\d\d s|under 0\.01 s", "0.00 s", ran.stdout))


@pytest.mark.usefixtures("edged")
def test_the_same_in_chinese(grade, golden):
    ran = grade("u01.cross", "--lang", "zh", COLUMNS="80")
    assert ran.returncode == 0
    golden("cli/edges.zh.txt", ran.stdout)


@pytest.mark.usefixtures("edged")
def test_nothing_waits_for_an_edge(grade):
    ran = grade("u01", "--json")
    outcomes = {one["id"]: one["outcome"] for unit in json.loads(ran.stdout)["units"] for one in unit["exercises"]}
    assert outcomes == {"u01.cross": "pass", "u01.area": "pass", "u01.scale": "pass"}


@pytest.mark.usefixtures("edged")
def test_edges_can_be_required(grade):
    ran = grade("u01.cross", "--edges", "required")
    assert ran.returncode == 1
    assert ran.stdout.startswith("FAIL  u01.cross   check 3 of 4: whole numbers stay whole")
    report = json.loads(grade("u01", "--edges", "required", "--json").stdout)
    outcomes = [one["outcome"] for one in report["units"][0]["exercises"]]
    assert (report["edges"], outcomes) == ("required", ["fail", "pass", "pass"])


def test_a_course_can_require_them_and_a_run_can_do_without(edged, grade):
    settings = edged / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8").replace("seed = 7", 'seed = 7\nedges = "required"'), "utf-8")
    assert grade("u01.cross").returncode == 1
    assert grade("u01.cross", "--edges", "open").returncode == 0


def test_a_setting_that_is_none(edged, grade):
    settings = edged / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8").replace("seed = 7", 'seed = 7\nedges = "some"'), "utf-8")
    ran = grade("u01.cross")
    assert ran.returncode == 2
    assert "[tool.grader] edges is 'some'" in ran.stderr


@pytest.mark.usefixtures("edged")
def test_all_views_show_both(grade):
    grade("u01")
    assert re.search(r"^done +u01\.cross .*1 edge open$", grade("list").stdout, re.MULTILINE)
    assert "1 edge open" in grade("status").stdout
    assert json.loads(grade("list", "--json").stdout)["exercises"][0]["open_edges"] == 1
    assert re.search(
        r"^PASS  u01\.cross   3 of 4 checks, 2\.25 of 3 points, 1 edge open$", grade("u01", "-q").stdout, re.MULTILINE
    )
    assert re.search(r"^PASS +u01\.cross .*1 edge open$", grade("u01").stdout, re.MULTILINE)
    assert " (edge)\n" in grade("show", "u01.cross").stdout
    (cross,) = json.loads(grade("u01.cross", "--json").stdout)["units"][0]["exercises"]
    assert (cross["edges"], cross["open_edges"], cross["first_failure"]) == (1, ["test_whole_numbers_stay_whole"], None)
    assert cross["earned"]["exact"] == "9/4"


@pytest.mark.usefixtures("edged")
def test_machines_read_of_open_edges_and_of_no_failure(grade):
    junit = grade("ci", "--format", "junit", "u01").stdout
    assert 'failures="0" errors="0" skipped="1"' in junit
    assert '<skipped message="open edge: cross((2, 0), (1, 3))' in junit
    markdown = grade("ci", "--format", "markdown", "u01").stdout
    assert re.search(r"\| PASS \| <code>u01\.cross</code> \| 2\.25 of 3 \| 1 edge open \|", markdown)


def test_a_failed_core_check_is_shown_before_an_edge(edged, grade):
    path = edged / "exercises" / "u01_area.py"
    path.write_text(path.read_text("utf-8").replace("1.0 * (a[0]", "2.0 * (a[0]"), "utf-8")
    ran = grade("u01.cross")
    assert ran.returncode == 1
    assert ran.stdout.startswith("FAIL  u01.cross   check 1 of 4")


def test_under_pytest_an_open_edge_is_an_expected_failure(edged, environ):
    import subprocess
    import sys

    words = [sys.executable, "-m", "pytest", "-q", "checks/test_u01_area.py", "--submission", "exercises"]
    ran = subprocess.run(words, cwd=edged, env=environ(), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "1 xfailed" in ran.stdout


def test_of_a_hidden_edge_title_and_points_are_all_there_is(here, edged):
    whole = (edged / "checks" / "test_u01_area.py").read_text("utf-8")
    (edged / "checks" / "test_u01_area.py").write_text(whole.replace(WHOLE.lstrip("\n"), ""), "utf-8")
    hidden = edged / "checks" / "hidden" / "test_u01_area.py"
    hidden.parent.mkdir(exist_ok=True)
    hidden.write_text(
        'from grader import edge, exercise, same\n\n\n@exercise("cross")\nclass TestCross:\n    """Hidden."""\n'
        + WHOLE,
        "utf-8",
    )
    said = here("u01.cross").stdout
    assert "points  whole numbers stay whole (hidden check)" in said
    assert "--edges required" not in said
    required = here("u01.cross", "--edges", "required", COLUMNS="100").stdout
    assert "This check is hidden: what it asks and what it expects are not shown.\n  It is worth" in required


def test_edges_of_one_title_are_listed_once(grade, edged):
    checks = edged / "checks" / "test_u01_area.py"
    text = checks.read_text("utf-8")
    many = WHOLE.replace("    @edge", '    @edge\n    @pytest.mark.parametrize("x", [2, 4])').replace(
        "learner)", "learner, x)"
    )
    many = many.replace("(2, 0)", "(x, 0)").replace(", 6,", ", 3 * x,")
    checks.write_text("import pytest\n" + text.replace(WHOLE.strip("\n"), many.strip("\n")), "utf-8")
    said = grade("u01.cross").stdout
    assert said.count("whole numbers stay whole") == 1
    assert "whole numbers stay whole (2 checks)" in said


def test_what_an_exercise_needs_need_not_keep_its_edges(edged, grade):
    checks = edged / "checks" / "test_u01_area.py"
    text = checks.read_text("utf-8")
    whole = '''    @edge
    def test_whole(self, learner):
        """the area of a square is a whole number"""
        area = learner.Polygon([(0, 0), (0, 2), (2, 2), (2, 0)]).area()
        assert isinstance(area, int), f"its area is {area!r}"

    @weight(2)
'''
    checks.write_text(text.replace("    @weight(2)\n", whole, 1), "utf-8")
    assert grade("u01.cross", "u01.area").returncode == 0
    ran = grade("u01.area", "--edges", "required")
    assert ran.stdout.startswith("FAIL  u01.area   check 3 of 5: the area of a square is a whole number")
