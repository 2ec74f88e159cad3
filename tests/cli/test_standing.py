"""`grade status`, `list`, `next`, `open`, `doctor`, `ci`."""

import json
import shutil
import sys

import pytest

from grader.cli import editor
from grader.errors import UsageError


@pytest.fixture
def grade(here):
    return here


@pytest.fixture
def worked(grade, hand_in):
    """Unit 1 right, unit 2 wrong, both graded."""
    hand_in("right", "u01")
    hand_in("wrong", "u02")
    grade("--all", "-q")


@pytest.mark.usefixtures("worked")
def test_status(grade, at):
    assert grade("status").stdout.splitlines() == [
        "Progress  3 of 5 done, 1 failing, 1 to do",
        "  u01 area     3 of 3   done",
        "  u02 mean     0 of 2   1 failing: column_means, 1 to do",
        f"Now   u02.column_means   {at('u02_mean.py', 'def column_means')}   1 try",
    ]


@pytest.mark.usefixtures("worked")
def test_list(grade, at):
    said = grade("list").stdout.splitlines()
    assert [row.split()[:2] for row in said] == [
        ["done", "u01.cross"],
        ["done", "u01.area"],
        ["done", "u01.scale"],
        ["FAIL", "u02.column_means"],
        ["waits", "u02.center"],
    ]
    assert said[3].endswith(f"{at('u02_mean.py', 'def column_means')}  check 1 of 2")


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize(
    ("words", "rows"), [(["u02"], 2), (["--done"], 3), (["--failing"], 1), (["--todo", "mean"], 1)]
)
def test_list_of_some(grade, words, rows):
    assert len(grade("list", *words).stdout.splitlines()) == rows


def test_list_of_a_unit_that_is_none(grade):
    ran = grade("list", "u07")
    assert ran.returncode == 2
    assert ran.stderr.startswith('No unit "u07".')


@pytest.mark.usefixtures("worked")
def test_a_change_after_a_pass_is_seen_without_grading(grade, tiny, at):
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start = text.index("def cross")
    path.write_text(text[:start] + text[start:].replace("return ", "return 0 * 1 + ", 1), encoding="utf-8")
    assert grade("list").stdout.startswith("changed  u01.cross")
    assert "1 changed since it passed" in grade("status").stdout
    assert grade("next").stdout.startswith("Next  u01.cross")
    path.write_text("# a comment is no change\n" + text, encoding="utf-8")
    assert grade("list").stdout.startswith(f"done     u01.cross         {at('u01_area.py', 'def cross')}\n")


@pytest.mark.usefixtures("worked")
def test_a_file_that_cannot_be_read_takes_no_progress_away(grade, tiny):
    (tiny / "exercises" / "u01_area.py").write_text("def (\n", encoding="utf-8")
    grade("u01")
    assert "3 of 5 done" in grade("status").stdout


@pytest.mark.usefixtures("worked")
def test_the_same_wrong_answer_again_is_no_new_try(grade):
    grade()
    grade()
    assert "1 try" in grade("status").stdout


@pytest.mark.usefixtures("worked")
def test_json_of_status_and_list(grade, at):
    status, listed = (json.loads(grade(word, "--json").stdout) for word in ("status", "list"))
    assert (status["schema"], status["done"], status["total"], status["current"]) == (1, 3, 5, "u02.column_means")
    assert listed["exercises"] == status["exercises"]
    wrong = next(entry for entry in listed["exercises"] if entry["status"] == "fail")
    assert (wrong["exercise"], wrong["failed"], wrong["outcome"]) == ("u02.column_means", 1, "fail")
    assert f"{wrong['file']}:{wrong['line']}" == at("u02_mean.py", "def column_means")


def test_open_prints_where_it_is_when_nothing_is_configured(grade, at):
    ran = grade("open")
    assert ran.stdout == f"{at('u01_area.py', 'def cross')}\n"
    assert ran.stderr == (
        "No editor is configured. Say which:  grade open --editor code\n"
        "Or set it for good, in your shell:  export EDITOR=code\n"
    )
    ran = grade("open", "center", "--print", EDITOR="vim")
    assert (ran.stdout, ran.stderr) == (f"{at('u02_mean.py', 'def center')}\n", "")


def test_a_course_may_be_entered_anywhere(grade, hand_in):
    hand_in("right", "u02")
    assert "Next  u02.center" in grade("u02.column_means").stdout
    assert grade("next").stdout.startswith("Next  u02.center")
    assert "PASS  u02.center" in grade().stdout


def test_after_the_last_of_a_unit_come_those_left_out_then_what_follows(grade, hand_in):
    hand_in("right", "u01")
    assert "Next  u01.area" in grade("u01.cross").stdout
    assert "Next  u01.area" in grade("u01.scale").stdout
    grade("u01.area")
    assert grade("next").stdout.startswith("Next  u02.column_means")


def test_what_fails_is_where_you_are(grade, hand_in):
    hand_in("right", "u01")
    hand_in("wrong", "u02")
    grade("u02.column_means")
    assert grade("-q").stdout.startswith("FAIL  u02.column_means")
    assert json.loads(grade("status", "--json").stdout)["current"] == "u02.column_means"


def test_what_waits_is_not_where_you_are(grade, tiny, hand_in):
    hand_in("right", "u02")
    path = tiny / "exercises" / "u02_mean.py"
    todo = 'raise NotImplementedError("TODO: column_means")'
    text = path.read_text(encoding="utf-8").replace("return np.add.reduce(table) / len(table)", todo)
    path.write_text(text, encoding="utf-8")
    assert grade("u02.center", "-q").stdout.startswith("BLOCKED")
    assert grade("next").stdout.startswith("Next  u02.column_means")


def test_an_editor_says_where_you_are_and_a_hint_does_not(grade):
    grade("hint", "u02.center")
    assert grade("next").stdout.startswith("Next  u01.cross")
    grade("open", "u01.area")
    assert grade("next").stdout.startswith("Next  u01.area")
    grade("open", "u01.scale", "--print")
    assert grade("next").stdout.startswith("Next  u01.area")


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", "outside of any function, calls Polygon.area, which"),
        ("zh", "不在任何函数里，它调用了未实现的 Polygon.area"),
    ],
)
def test_code_tried_out_takes_no_progress_away(grade, tiny, hand_in, lang, says):
    hand_in("right", "u01")
    grade("u01", "-q")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("        total = 0.0"), text.index("    def __mul__")
    todo = '        raise NotImplementedError("TODO: Polygon.area")\n\n'
    path.write_text(text[:start] + todo + text[end:] + "\n\nprint(Polygon([]).area())\n", encoding="utf-8")
    assert says in grade("u01.cross", "--lang", lang).stdout
    assert "2 of 5 done, 1 changed since it passed" in grade("status").stdout


def test_all_exercises_at_once_are_no_place_to_be(grade, hand_in):
    hand_in("wrong", "u02")
    grade("u02.column_means", "-q")
    grade("--all", "-q")
    assert grade("next").stdout.startswith("Next  u02.column_means")


def test_open_starts_the_editor_that_is_asked_for(grade, tiny, at):
    script = tiny / "write.py"
    script.write_text(
        "import sys, pathlib; pathlib.Path('opened').write_text(' '.join(sys.argv[1:]))", encoding="utf-8"
    )
    file, _, line = at("u01_area.py", "def cross").partition(":")
    ran = grade("open", "--editor", f"{sys.executable} write.py {{line}} {{file}}")
    assert ran.returncode == 0
    assert (tiny / "opened").read_text(encoding="utf-8") == f"{line} {file}"


def test_open_with_an_editor_that_is_not_there(grade, at):
    ran = grade("open", "--editor", "no-such-editor")
    assert ran.returncode == 2
    assert at("u01_area.py", "def cross") in ran.stderr


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("code -w", ["code", "-w", "-g", "a b.py:7"]),
        ("/usr/bin/nvim", ["/usr/bin/nvim", "+7", "a b.py"]),
        ("subl", ["subl", "a b.py:7"]),
        ("unknown", ["unknown", "a b.py"]),
        ("mine {file} at {line}", ["mine", "a b.py", "at", "7"]),
    ],
)
def test_how_an_editor_is_told_the_line(command, words):
    assert editor.arguments(command, "a b.py", 7) == words


@pytest.mark.parametrize("command", ["", "'"])
def test_a_command_that_is_none(command):
    with pytest.raises(UsageError):
        editor.arguments(command, "a.py", 1)


def test_doctor_asks_a_worker(grade):
    ran = grade("doctor", "--json")
    document = json.loads(ran.stdout)
    found = {finding["name"]: finding for finding in document["findings"]}
    assert ran.returncode == 0, document
    assert document["ok"]
    assert found["worker"]["value"].startswith("started and answered")
    assert found["worker numpy"]["value"].startswith("started and answered")
    assert {"Python", "platform", "encoding", "torch", "workers", "progress"} <= found.keys()


@pytest.mark.usefixtures("worked")
def test_doctor_counts_what_is_done_and_ends_with_a_verdict(grade):
    said = grade("doctor").stdout
    assert "3 of 5 exercises done" in said
    assert said.endswith("\nAll is well: you can work here.\n")


def test_doctor_outside_a_course_still_examines_the_machine(grade, tmp_path):
    ran = grade("doctor", cwd=tmp_path)
    assert ran.returncode == 1
    assert "worker         started and answered" in ran.stdout


def test_doctor_says_when_progress_cannot_be_kept(grade, tiny):
    (tiny / ".grade").write_text("in the way", encoding="utf-8")
    ran = grade("doctor")
    assert ran.returncode == 1
    assert "Progress is not kept until it can be written." in ran.stdout
    assert ran.stdout.endswith("\nTo be put right: progress. What to do stands above.\n")


def test_ci_writes_a_report_and_records_nothing(grade, tiny):
    ran = grade("ci", "--format", "junit", "--submission", "submissions/wrong", "--out", "out.xml")
    assert ran.returncode == 1
    assert (ran.stdout, ran.stderr) == ("", "Wrote out.xml (junit).\n")
    assert "<testsuites" in (tiny / "out.xml").read_text(encoding="utf-8")
    assert not (tiny / ".grade" / "state.json").exists()


@pytest.mark.parametrize("form", ["json", "markdown", "text"])
def test_ci_to_standard_output(grade, form):
    assert grade("ci", "u02", "--format", form, "--submission", "submissions/right").stdout.strip()


def test_ci_in_a_format_that_is_none(grade):
    ran = grade("ci", "--format", "yaml")
    assert ran.returncode == 2
    assert "junit" in ran.stderr


def test_ci_where_nothing_can_be_written(grade):
    ran = grade("ci", "u02", "--out", "pyproject.toml/report")
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr


def test_data_that_is_not_made_is_answered_with_what_is(grade, tiny):
    facts = 'bytes = 1\nsha256 = "0"\nabout = "made for a test"\nmade = true\n'
    (tiny / "datasets").mkdir()
    text = "".join(f'[{name}]\nfile = "{name}.txt"\n{facts}' for name in ("names", "text"))
    (tiny / "datasets" / "catalogue.toml").write_text(text, "utf-8")
    ran = grade("data", "make", "nosuch")
    assert ran.returncode == 2
    assert "nosuch is not made here. There are: names, text." in ran.stderr


def test_doctor_finds_a_file_that_lies_where_nobody_looks(grade, tiny):
    shutil.copy(tiny / "exercises" / "u01_area.py", tiny)
    ran = grade("doctor")
    said = " ".join(ran.stdout.split())
    assert ran.returncode == 1
    assert "file u01_area.py It is not graded: only exercises/u01_area.py is." in said
    assert said.endswith("To be put right: file. What to do stands above.")
