"""Files that cannot be read, do not load, or lack what is asked for: one sentence, and what to do."""

import os
import re
import shutil
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.errors import SubmissionError
from grader.model import Outcome
from grader.submission.files import Folder

TINY = Path(__file__).parent.parent / "tiny"
NAME = "u01_area.py"
RIGHT = (TINY / "submissions" / "right" / NAME).read_text("utf-8")
STUB = (TINY / "exercises" / NAME).read_text("utf-8")
HEAD = "def cross(a: Corner, b: Corner) -> float:"
LINE = RIGHT.split("\n").index(HEAD) + 1


def edited(old, new):
    assert RIGHT.count(old) == 1
    return RIGHT.replace(old, new)


def top(statement):
    """The right file with one more line after its imports."""
    return edited("import math\n", f"import math\n{statement}\n")


UNREADABLE = {
    "a missing colon": (edited(HEAD, HEAD[:-1]), LINE, r"\| def cross.*\n +\| +\^ expected ':'"),
    "a full-width colon": (
        edited(HEAD, HEAD[:-1] + "\uff1a"),
        LINE,
        r"\^\nColumn 41: \uff1a \(U\+FF1A\) is full-width\. Type the half-width one instead: :",
    ),
    "a full-width bracket": (
        edited("list(corners)", "list\uff08corners)"),
        0,
        r"Column 28: \uff08 \(U\+FF08\) is full-width\. Type the half-width one instead: \($",
    ),
    "a curly quote": (top("name = \u201ca\u201d"), 9, r"Column 8: \u201c \(U\+201C\) only looks right.*instead: \"$"),
    "a curly quote at the end": (
        top('name = "a\u201d'),
        9,
        r"\^ unterminated string literal.*\nColumn 10: \u201d \(U\+201D\) only looks right.*instead: \"$",
    ),
    "a full-width comma": (top("axes = (0\uff0c 1)"), 9, r"Column 10: \uff0c \(U\+FF0C\) is full-width.*instead: ,$"),
    "an ideographic full stop": (
        top("half = 1\u30025"),
        9,
        r"Column 9: \u3002 \(U\+3002\) only looks right.*instead: \.$",
    ),
    "a full-width space": (top("if True:\n\u3000x = 1"), 10, r"Column 1: this space \(U\+3000\) is no ordinary one"),
    "an invisible character": (
        top("x = 1\u200b"),
        9,
        r"Column 6: an invisible character stands here \(U\+200B\)\. Del",
    ),
    "a character that Python has no use for": (top("x = 1 \u2665 2"), 9, r"does not know this character here: \u2665"),
    "a bracket left open": (top("axes = (0, 1"), 9, r"'\(' was never closed"),
    "tabs among spaces": (edited("    return ax * by", "\treturn ax * by"), LINE + 3, "tabs and spaces"),
    "an indentation": (edited("    return ax * by", "      return ax * by"), LINE + 3, "unexpected indent"),
    "an indent that fits none": (
        edited("        return abs(total)", "       return abs(total)"),
        40,
        r"\n +\| {8}\^ unindent does not match",
    ),
    "half of a merge": (top("<<<<<<< HEAD"), 9, "invalid syntax"),
    "GBK": (
        top("# \u4e2d\u6587").encode("gbk"),
        9,
        r"9 \| # \u4e2d\u6587\n.*\^\nThis file is not saved as UTF-8\. It looks like GBK\.\nLine 9, column 3 is.*UTF-8",
    ),
    "UTF-16": (RIGHT.encode("utf-16"), 1, "not saved as UTF-8. It looks like UTF-16.\nIn your editor"),
    "UTF-16 without a mark": (
        RIGHT.encode("utf-16-le"),
        1,
        "not saved as UTF-8. It looks like UTF-16.\nIn your editor",
    ),
    "Latin-1": (
        top("# caf\xe9").encode("latin-1"),
        9,
        "^This file is not saved as UTF-8.\nLine 9, column 6 is the first",
    ),
    "Big5": (
        top("# \u7e41\u9ad4\u4e2d\u6587").encode("big5"),
        9,
        "^This file is not saved as UTF-8.\nLine 9, column 3",
    ),
    "an unknown encoding": ("# coding: latin-99\n" + RIGHT, 1, "not saved as UTF-8"),
    "null bytes": (
        RIGHT.encode() + b"\nx = 1\0\n",
        RIGHT.count("\n") + 2,
        "null bytes in it, so it is no Python text.\nIn an editor save it as UTF-8.",
    ),
    "parentheses without end": (top("x = " + "(" * 1000), 9, "too many nested parentheses"),
    "signs without end": (
        top("x = " + "-" * 100_000 + "1"),
        0,
        "nested too deeply to be read. Write it in several lines",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_python(folder, grade, name):
    source, line, sentence = UNREADABLE[name]
    (folder / NAME).write_bytes(source if isinstance(source, bytes) else source.encode())
    report = grade("cross", "scale", "column_means")
    first, second, other = report.exercises
    assert (first.outcome, second.outcome, other.outcome) == (Outcome.SYNTAX, Outcome.SYNTAX, Outcome.PASS)
    check = first.checks[0]
    assert re.search(sentence, check.message, re.DOTALL)
    if line:
        assert (check.where.file, check.where.line) == (f"exercises/{NAME}", line)
    assert report.exit_code == 1


READABLE = {
    "UTF-8 with a byte order mark": RIGHT.encode("utf-8-sig"),
    "Windows line ends": RIGHT.replace("\n", "\r\n").encode(),
    "GBK that says so": b"# -*- coding: gbk -*-\n# " + "\u4e2d\u6587".encode("gbk") + b"\n" + RIGHT.encode(),
    "form feeds and odd line ends in texts": top("x = '\x0c\x1c\u2028'").encode(),
    "a sum of many terms": top("x = " + " + ".join(["1"] * 800)).encode(),
    "a function that is a lambda": edited(HEAD, "def old(a, b):").encode() + b"\ncross = lambda a, b: old(a, b)\n",
    "a main part": RIGHT.encode() + b'\nif __name__ == "__main__":\n    input("? ")\n',
    "a dataclass": b"from dataclasses import dataclass\n"
    + RIGHT.encode()
    + b"\n@dataclass\nclass D:\n    x: int = 1\n",
}


@pytest.mark.parametrize("name", READABLE)
def test_a_file_that_is_unusual_and_right(folder, grade, name):
    (folder / NAME).write_bytes(READABLE[name])
    report = grade("cross", "area", "scale")
    assert [exercise.outcome for exercise in report.exercises] == [Outcome.PASS] * 3
    assert report.exit_code == 0


def test_a_line_of_a_gbk_file_that_says_so_can_be_read(folder, grade):
    text = "# coding: gbk\n" + edited("    return ax * by", "    raise ValueError  # \u4e2d\u6587\n    return ax * by")
    (folder / NAME).write_bytes(text.encode("gbk"))
    assert grade("cross").exercises[0].checks[0].where.text == "raise ValueError  # \u4e2d\u6587"


def test_lines_are_counted_as_python_counts_them(folder, grade):
    (folder / NAME).write_text(top("x = '\x0c\x1c\u2028'").replace("return ax * by", "return 1 / 0 * by"), "utf-8")
    where = grade("cross").exercises[0].checks[0].where
    assert where.line == LINE + 4
    assert where.text.startswith("return 1 / 0")


def test_the_untouched_stub(folder, grade):
    (folder / NAME).write_text(STUB, "utf-8")
    report = grade("cross", "area", "scale")
    assert {check.outcome for exercise in report.exercises for check in exercise.checks} == {Outcome.TODO}
    assert report.exercises[0].checks[0].message == "cross is not written yet."
    assert report.exercises[2].checks[0].message.startswith("Polygon.__mul__ is not written yet.\n")
    assert (report.exit_code, report.earned) == (3, 0)


LACKING = {
    "an empty file": (
        "",
        "cross",
        "is empty.",
    ),
    "only comments": ("# nothing\n", "cross", "is empty."),
    "a function that was renamed": (
        edited(HEAD, HEAD.replace("cross", "cros")),
        "cross",
        "has no cross. There is cros: did you rename it?\nThe grader asks for it by its old name.",
    ),
    "a class that was renamed": (
        RIGHT.replace("class Polygon:", "class Poligon:").replace("return Polygon(", "return Poligon("),
        "area",
        "has no Polygon. There is Poligon: did you rename it?",
    ),
    "a method that was deleted": (
        edited("def area", "def _a"),
        "area",
        "has no Polygon.area. Was it renamed or deleted?",
    ),
    "an operator that was deleted": (
        edited("def __mul__", "def _m"),
        "scale",
        "has no Polygon.__mul__. Was it renamed",
    ),
}


@pytest.mark.parametrize("name", LACKING)
def test_a_name_that_is_not_there(folder, grade, name):
    source, exercise, sentence = LACKING[name]
    (folder / NAME).write_text(source, "utf-8")
    report = grade(exercise)
    check = report.exercises[0].checks[0]
    assert check.outcome is Outcome.ERROR
    assert check.message.startswith(f"exercises/{NAME} {sentence}")
    assert report.exit_code == 1


LOADING = {
    "an exception": ("1 / 0", "error", "^ZeroDivisionError: division by zero$"),
    "an exit": ("raise SystemExit(0)", "error", "SystemExit: 0\nLine 9, outside of any function, ends Python"),
    "a silent end": ("import os; os._exit(0)", "crash", "exit code 0 before it answered"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "crash", r"died \(SIGSEGV\)"),
    "a missing package": (
        "import torchvision; torchvision.set_image_backend()",
        "error",
        "There is no module torchvision while your code is graded",
    ),
    "numpy": (
        "import numpy as np; np.zeros(3)",
        "error",
        "numpy is not used in this unit: it may import Python's standard library, nothing else",
    ),
    "a neighbour": ("import u02_mean; u02_mean.center()", "error", "There is no module u02_mean while"),
    "a question": (
        "name = input('? ')",
        "error",
        'Take the input\\(\\) out, or guard it with if __name__ == "__main__"',
    ),
    "prints without end": ("while True: print('x' * 9999)", "error", "printed more than 8 MB"),
    "endless recursion": ("f = lambda: f(); f()", "error", "<lambda> calls itself again with the same arguments"),
    "all the memory": ("x = bytearray(10 << 30)", "memory", "more memory than the grader gives"),
    "a loop": ("while True: pass", "timeout", "^Stopped after 1 s of computing.$"),
}


@pytest.mark.parametrize("name", LOADING)
def test_what_happens_while_the_file_is_imported(folder, grade, name):
    statement, outcome, sentence = LOADING[name]
    (folder / NAME).write_text(top(statement.replace("; f()", "\nf()")), "utf-8")
    report = grade("cross", "scale")
    for exercise in report.exercises:
        check = exercise.checks[0]
        assert check.outcome == outcome
        assert re.search(sentence, check.message)
    assert report.exercises[0].checks[0].where.line >= 9
    assert report.exit_code == 1


def test_a_sleep_while_the_file_is_imported(folder, grade):
    (folder / NAME).write_text(top("import time; time.sleep(600)"), "utf-8")
    check = grade("cross").exercises[0].checks[0]
    assert (check.outcome, check.where.line) == (Outcome.TIMEOUT, 9)
    assert check.message == "Stopped after 5 s: it was waiting, not computing."


def test_what_fails_while_it_is_imported_is_a_fault_of_the_file(folder, grade):
    (folder / NAME).write_text(top("1 / 0"), "utf-8")
    checks = [check for exercise in grade("cross", "area").exercises for check in exercise.checks]
    assert {(check.outcome, check.waits_for, check.unloaded) for check in checks} == {(Outcome.ERROR, "", True)}
    assert {(check.where.line, check.message) for check in checks} == {(9, "ZeroDivisionError: division by zero")}


def large(path):
    path.write_bytes(b"#" * (2 << 20))


def link(path):
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def dangling(path):
    path.unlink()
    path.symlink_to("nowhere.py")


def directory(path):
    path.unlink()
    path.mkdir()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


PLACES = {
    "2 MB": (large, "is larger than 1 MB; a unit's file is a few kB. Take the data out of it"),
    "a link": (link, "is a link. Put the file itself there"),
    "a link to nowhere": (dangling, "is a link. Put the file itself there"),
    "a directory": (directory, "is a folder and should be a file.$"),
    "a pipe": (pipe, "is not a plain file"),
}


def test_reset_is_offered_for_the_learners_own_folder_alone(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny", ignore=shutil.ignore_patterns(".*"))
    course = Course.find(tmp_path / "tiny")
    (course.learner_folder / NAME).unlink()
    with pytest.raises(SubmissionError, match=r"is not there\. Put it back: grade reset u01"):
        Folder(course.learner_folder).read(course.units[0])


def test_a_folder_that_is_a_link_may_be_named_and_a_link_in_it_is_none(folder, grade, tmp_path):
    """Whoever types a path answers for where it leads; what lies in the folder is the learner's doing."""
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert grade("cross").exercises[0].outcome is Outcome.PASS
    link(folder / NAME)
    assert "is a link. Put the file itself there" in grade("cross").exercises[0].checks[0].message


@pytest.mark.parametrize("name", PLACES)
def test_a_file_that_is_none(folder, grade, name):
    change, sentence = PLACES[name]
    change(folder / NAME)
    report = grade("cross", "column_means")
    first, other = report.exercises
    assert (first.outcome, other.outcome) == (Outcome.ERROR, Outcome.PASS)
    assert re.search(f"^exercises/{NAME} {sentence}", first.checks[0].message)
    assert report.exit_code == 1


def test_a_file_that_is_not_there(folder, grade):
    (folder / NAME).unlink()
    report = grade("cross", "column_means")
    first, other = report.exercises
    assert (first.outcome, other.outcome, report.exit_code) == (Outcome.MISSING, Outcome.PASS, 3)
    assert {check.message for check in first.checks} == {f"{NAME} was not handed in."}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(folder, grade):
    (folder / NAME).chmod(0)
    assert "cannot be read: Permission denied" in grade("cross").exercises[0].checks[0].message


RULES = {
    "an import": "import statistics",
    "a name": "from statistics import mean",
    "under another name": "import statistics as s\nx = s.mean",
}


@pytest.mark.parametrize("name", RULES)
def test_what_is_not_allowed(folder, grade, name):
    (folder / NAME).write_text(top(RULES[name]), "utf-8")
    check = grade("cross").exercises[0].checks[0]
    if name == "an import":
        assert check.outcome is Outcome.PASS
        return
    assert check.outcome is Outcome.RULE
    assert "statistics.mean is not allowed here: the point is to write it yourself." in check.message


def test_what_is_not_allowed_and_hidden_from_the_reader(folder, grade):
    body = "    return getattr(__import__('statistics'), 'me' + 'an')([a[0]])\n"
    (folder / NAME).write_text(re.sub(r"    \(ax, ay\).*\n.*\n", body, RIGHT), "utf-8")
    check = grade("cross").exercises[0].checks[0]
    assert check.outcome is Outcome.ERROR
    assert check.message == "statistics.mean is not allowed here: the point is to write it yourself."


def test_rules_of_one_exercise_do_not_stop_the_others(folder, grade):
    """`copy.deepcopy` is forbidden in `scale` alone; this file uses it while it is imported."""
    (folder / NAME).write_text(top("x = getattr(__import__('copy'), 'deepcopy')([1])"), "utf-8")
    first, scale = grade("cross", "scale").exercises
    assert first.outcome is Outcome.PASS
    assert scale.outcome is Outcome.ERROR
    assert scale.checks[0].message == "copy.deepcopy is not allowed here: make a new polygon out of new corners."
