"""`grade`: exit codes, what is graded, what is said around a verdict."""

import json

import pytest


@pytest.mark.parametrize(
    ("submission", "words", "code"),
    [
        ("right", ["--all"], 0),
        ("wrong", ["--all"], 1),
        ("untouched", ["--all"], 3),
        ("dying", ["u01.cross"], 1),
        ("unparsable", ["u01"], 1),
        ("looping", ["u01.cross"], 1),
        ("right", ["u03"], 2),
        ("right", ["--seed", "x"], 2),
        ("right", ["--timeout", "0"], 2),
        ("right", ["--no-such-option"], 2),
        ("right", ["u01", "--all"], 2),
        ("right", ["-k", "no such text"], 2),
    ],
)
def test_exit_code(grade, submission, words, code):
    ran = grade(*words, "--submission", f"submissions/{submission}")
    assert ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr


def test_usage_errors_say_where_the_help_is(grade):
    ran = grade("hint", "--foo")
    assert ran.stdout == ""
    assert ran.stderr.endswith("Help: grade hint --help\n")


def test_the_first_run_welcomes(grade):
    ran = grade()
    assert ran.returncode == 3
    assert ran.stdout.startswith("A tiny course: 2 units, 5 exercises.\n\n  You edit    exercises/u01_area.py\n")
    assert "TODO  u01.cross" in ran.stdout
    assert "grade hint" in ran.stdout


def test_the_second_run_does_not_welcome_again(grade):
    grade()
    assert grade().stdout.startswith("TODO  u01.cross")


def test_hints_before_the_first_verdict_do_not_take_the_welcome_away(grade):
    grade("hint")
    assert grade().stdout.startswith("A tiny course")


def test_without_a_target_the_first_that_has_not_passed_is_graded(grade, hand_in):
    hand_in("right", "u01")
    grade("u01")
    assert grade().stdout.startswith("TODO  u02.column_means")


def test_a_pass_names_what_is_next(grade, hand_in):
    hand_in("right")
    said = grade("u01.cross").stdout
    assert "Next  u01.area   exercises/u01_area.py:" in said
    assert "Progress  1 of 5" in said


def test_when_all_has_passed_it_says_so(grade, hand_in):
    hand_in("right")
    grade("--all", "-q")
    ran = grade()
    assert (ran.returncode, ran.stdout) == (0, "All 5 exercises have passed. Grade them again with: grade --all\n")


def test_keep_going_shows_every_failure_in_full(grade):
    said = grade("--submission", "submissions/wrong", "--keep-going").stdout
    assert [line.split()[1] for line in said.splitlines() if line.startswith("FAIL  u")] == [
        "u01.area",
        "u01.scale",
        "u02.column_means",
    ]


def test_without_it_only_the_first_is_shown_in_full(grade):
    said = grade("--submission", "submissions/wrong").stdout
    assert said.count("grade hint") == 1


def test_quiet_is_a_line_an_exercise(grade):
    assert len(grade("--all", "-q").stdout.splitlines()) == 5


def test_verbose_lists_checks_and_does_not_name_hidden_ones(grade):
    said = grade("u01.area", "-v", "--submission", "submissions/right").stdout
    assert "walking round the other way" in said
    assert "(hidden check)" in said
    assert "nine corners" not in said


def test_k_takes_exercises_by_a_part_of_their_name(grade):
    assert "u02.column_means" in grade("-k", "MEANS", "-q").stdout


def test_another_seed_is_reported(grade):
    assert json.loads(grade("u01.cross", "--json", "--seed", "99").stdout)["seed"] == 99


def test_json_is_one_document_that_keeps_to_the_schema(grade):
    jsonschema = pytest.importorskip("jsonschema")
    from grader.report.json import schema

    ran = grade("--submission", "submissions/wrong", "--json")
    document = json.loads(ran.stdout)
    jsonschema.validate(document, json.loads(schema()))
    assert document["exit"] == ran.returncode == 1


def test_json_names_the_cause_its_evidence_and_what_to_do_next(grade, hand_in):
    hand_in("wrong")
    (unit,) = json.loads(grade("u02", "--json").stdout)["units"]
    failed, waits = unit["exercises"]
    cause = next(check["cause"] for check in failed["checks"] if check["id"] == failed["first_failure"])
    assert cause["says"].startswith("You took the mean of each row")
    assert {"evidence", "advice", "misconception"} <= set(cause)
    assert failed["next"] == ["grade show u02.column_means", "grade hint u02.column_means"]
    assert waits["next"] == ["grade u02.column_means"]


def test_json_is_a_document_even_where_there_is_no_verdict(grade):
    ran = grade("nowhere", "--json")
    assert json.loads(ran.stdout) == {"schema": 1, "exit": 2, "message": ran.stderr.strip()}


def test_json_of_a_finished_course_grades_it(grade, hand_in):
    hand_in("right")
    grade("--all", "-q")
    assert json.loads(grade("--json").stdout)["exit"] == 0


def test_the_references_pass(grade):
    assert grade("--solution", "-q").returncode == 0


def test_a_wrong_folder_says_where_to_go(grade, tmp_path):
    ran = grade(cwd=tmp_path)
    assert ran.returncode == 2
    assert "Go to the folder you cloned" in ran.stderr


def test_a_folder_inside_the_course_is_as_good(grade, tiny):
    ran = grade("u01.cross", cwd=tiny / "exercises")
    assert "\n      u01_area.py:" in ran.stdout


def test_a_submission_that_is_not_there(grade):
    ran = grade("--submission", "nowhere")
    assert ran.returncode == 2
    assert ran.stderr.startswith("nowhere is not a folder.")


def test_a_broken_check_file_is_the_courses_fault(grade, tiny):
    (tiny / "checks" / "test_u01_area.py").write_text("def (", encoding="utf-8")
    ran = grade()
    assert ran.returncode == 2
    assert "test_u01_area.py:1:" in ran.stderr
