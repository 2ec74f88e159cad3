"""`grade watch`, with the installed command: every save has its verdict, and nothing ends it but the learner."""

import os
import signal
import subprocess
import sys
import time

import nbformat
import pytest

TODO = 'raise NotImplementedError("TODO: cross")'
WRONG = "return a[0] * b[1] + a[1] * b[0]"
RIGHT = "return a[0] * b[1] - a[1] * b[0]"
SAVED = "12:00:00  saved exercises/u01_area.py"
posix = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")


def test_each_save_has_its_verdict(watch, area, write, golden):
    watching = watch()
    write(area, TODO, WRONG)
    watching.wait_for("FAIL  u01.cross")
    write(area, WRONG, RIGHT[:-1] + " # it is")
    watching.wait_for("SYNTAX")
    write(area, RIGHT[:-1] + " # it is", RIGHT)
    said = watching.wait_for("Progress")
    golden("watch/saves.txt", said)


def test_one_line_a_verdict(watch, area, write, golden):
    watching = watch("-q")
    write(area, TODO, WRONG)
    watching.wait_for("FAIL  u01.cross")
    write(area, WRONG, RIGHT)
    golden("watch/quiet.txt", watching.wait_for("PASS"))


def test_in_chinese(watch, area, write, golden):
    watching = watch(LANG="zh_CN.UTF-8")
    write(area, TODO, WRONG)
    golden("watch/zh.txt", watching.wait_for("grade hint"))


def test_the_exercise_that_was_edited_is_graded(watch, area, write):
    """Not the first one that is not done."""
    watching = watch()
    write(area, 'raise NotImplementedError("TODO: Polygon.area")', "return 1")
    assert "u01.cross" not in watching.wait_for("FAIL  u01.area").partition(SAVED)[2]


def test_an_edit_outside_of_all_exercises_grades_where_the_learner_is(watch, area, write):
    watching = watch()
    write(area, "import math", "import math\nimport sys")
    watching.wait_for("TODO  u01.cross")


def test_a_second_save_at_once_is_not_missed(watch, area, write, pause):
    watching = watch()
    write(area, TODO, WRONG)
    pause(0.1)
    write(area, WRONG, RIGHT)
    os.utime(area, (7, 7))
    watching.wait_for("PASS  u01.cross")


def test_a_save_ends_a_verdict_that_is_not_wanted_any_more(watch, area, write):
    watching = watch()
    write(area, TODO, "while True: pass")
    watching.wait_for(SAVED)
    begun = time.monotonic()
    write(area, "while True: pass", RIGHT)
    said = watching.wait_for("PASS  u01.cross")
    assert "TIMEOUT" not in said or time.monotonic() - begun > 3  # it was ready before


@pytest.mark.parametrize("target", ["u01.cross", "cross", "exercises/u01_area.py:18"])
def test_a_target_is_graded_whatever_was_edited(watch, area, write, target):
    watching = watch(target)
    write(area, 'raise NotImplementedError("TODO: Polygon.area")', "return 1")
    watching.wait_for("TODO  u01.cross")


def test_of_a_unit_only_its_file_is_watched(watch, tiny, area, write, pause):
    watching = watch("u02")
    write(area, TODO, RIGHT)
    pause(0.5)
    mean = tiny / "exercises" / "u02_mean.py"
    mean.write_text(mean.read_text("utf-8") + "\n# a remark\n", "utf-8")
    said = watching.wait_for("saved exercises/u02_mean.py")
    assert "u01_area" not in said


def test_a_target_that_is_none_is_said_at_once(grade_watch):
    ran = grade_watch("u99")
    assert ran.returncode == 2
    assert 'No exercise "u99"' in ran.stderr


@pytest.fixture
def grade_watch(tiny):
    def run(*words):
        command = [sys.executable, "-m", "grader", "watch", *words]
        return subprocess.run(command, cwd=tiny, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_a_file_that_was_deleted_and_came_back(watch, area):
    watching = watch()
    data = area.read_bytes()
    area.unlink()
    watching.wait_for("grade reset u01")
    assert "12:00:00  exercises/u01_area.py is away" in watching.said
    area.write_bytes(data.replace(TODO.encode(), RIGHT.encode()))
    watching.wait_for("PASS  u01.cross")


def test_a_notebook_is_watched_too(watch, area):
    watching = watch()
    text = area.read_text("utf-8").replace(TODO, RIGHT)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)])
    area.unlink()
    area.with_suffix(".ipynb").write_text(nbformat.writes(book), "utf-8")
    watching.wait_for("PASS  u01.cross")


def test_a_course_that_is_changed_meanwhile_is_taken_up(watch, tiny, area, write):
    watching = watch()
    check = tiny / "checks" / "test_u01_area.py"
    check.write_text(check.read_text("utf-8").replace("@exercise", "# edited\n@exercise", 1), "utf-8")
    write(area, TODO, RIGHT)
    watching.wait_for("PASS  u01.cross")


def test_lines_for_editors(watch, area, write):
    watching = watch("--plain", "--problems")
    write(area, TODO, WRONG)
    watching.wait_for("exercises/u01_area.py:18:1: FAIL u01.cross, check ")


def test_without_a_terminal_there_are_no_keys(watch):
    assert "Press" not in watch().said


@posix
def test_keys(at_terminal):
    watching, _, ours = at_terminal()
    assert "q quit" in watching.said
    for key, answer in (
        (b"s", "checks"),
        (b"h", "hint 1 of"),
        (b"n", "Next  u01.cross"),
        (b"g", "TODO  u01.cross"),
        (b"a", "TODO     u02"),
    ):
        os.write(ours, key)
        watching.wait_for(answer)
    os.write(ours, b"q")
    assert watching.process.wait(20) == 0
    assert "Stopped watching." in watching.said


@posix
def test_the_terminal_is_put_back(at_terminal):
    import termios

    watching, its, _ = at_terminal()
    local = termios.tcgetattr(its)[3]
    assert not local & termios.ECHO
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(20) == 0
    assert termios.tcgetattr(its)[3] & termios.ECHO
    assert termios.tcgetattr(its)[3] & termios.ICANON


@posix
def test_the_scroll_back_is_never_cleared(at_terminal, area, write):
    watching, _, _ = at_terminal("--redraw")
    write(area, TODO, RIGHT)
    said = watching.wait_for("PASS  u01.cross")
    assert "\x1b[2J" in said
    assert "\x1b[3J" not in said


@posix
def test_it_appends(at_terminal, area, write):
    watching, _, _ = at_terminal()
    write(area, TODO, RIGHT)
    assert "\x1b[2J" not in watching.wait_for("PASS  u01.cross")
