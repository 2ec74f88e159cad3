"""`grade hint`, `grade solution`, `grade show`: help that is given one rung at a time."""

import json

import pytest


def hints(tiny):
    records = json.loads((tiny / ".grade" / "state.json").read_text(encoding="utf-8"))["exercises"]
    return {name: record["hints"] for name, record in records.items()}


@pytest.fixture
def grade(here):
    return here


def test_the_ladder_is_climbed_one_rung_a_call_and_then_says_what_is_left(grade, tiny):
    said = [grade("hint").stdout for _ in range(4)]
    assert said[0] == "u01.cross  hint 1 of 3\n  Two corners, four numbers. Which two products are there?\n"
    assert said[1].splitlines()[0] == "u01.cross  hint 2 of 3"
    assert said[1].rstrip().endswith("The order decides the sign.")
    assert said[2].splitlines()[0] == "u01.cross  hint 3 of 3"
    assert said[2].endswith("After this there is only:  grade solution u01.cross --give-up\n")
    assert "you have seen all of its hints" in said[3]
    assert hints(tiny) == {"u01.cross": 3}


def test_a_level_is_shown_again_and_takes_nothing_back(grade, tiny):
    grade("hint", "--all")
    assert grade("hint", "--level", "1").stdout.startswith("u01.cross  hint 1 of 3")
    assert hints(tiny) == {"u01.cross": 3}


def test_a_level_that_is_not_there(grade):
    ran = grade("hint", "--level", "4")
    assert (ran.returncode, ran.stderr) == (2, "u01.cross has 3 hints; there is no hint 4.\n")


def test_all_rungs_of_an_exercise_with_two_answers_name_the_answer(grade):
    said = grade("hint", "scale", "--all").stdout
    assert "u01.scale  hint 3 of 3  for Polygon.__mul__" in said
    assert "u01.scale  hint 1 of 3  for Polygon.__rmul__" in said


def left_wrong(tiny, hand_in):
    """Polygon.__rmul__ is wrong, and all of the rest right."""
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("self.__mul__(factor)", "self.__mul__(-factor)"), encoding="utf-8")


def test_the_first_hint_is_for_what_fails(grade, tiny, hand_in):
    left_wrong(tiny, hand_in)
    assert "in Polygon.__rmul__" in grade("scale").stdout
    assert grade("hint").stdout.startswith("u01.scale  hint 1 of 3  for Polygon.__rmul__\n")
    assert grade("hint", "scale").stdout.startswith("u01.scale  hint 2 of 3  for Polygon.__rmul__\n")


def test_the_first_hint_is_for_what_is_not_written(grade, tiny, hand_in):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    todo = 'raise NotImplementedError("TODO: Polygon.__rmul__")'
    text = path.read_text(encoding="utf-8").replace("return self.__mul__(factor)", todo)
    path.write_text(text, encoding="utf-8")
    assert grade("hint", "scale").stdout.startswith("u01.scale  hint 1 of 3  for Polygon.__rmul__\n")


@pytest.mark.parametrize("name", ["Polygon.__rmul__", "u01.Polygon.__rmul__", "u01_area.Polygon.__rmul__"])
def test_a_function_can_be_named(grade, name):
    assert grade("hint", name).stdout.startswith("u01.scale  hint 1 of 3  for Polygon.__rmul__\n")
    assert grade("hint", name, "--level", "4").stderr == "Polygon.__rmul__ has 3 hints; there is no hint 4.\n"


def test_hints_are_counted_for_each_function(grade):
    for name in ("Polygon.__rmul__", "Polygon.__mul__"):
        assert grade("hint", name).stdout.startswith(f"u01.scale  hint 1 of 3  for {name}\n")
    assert grade("hint", "Polygon.__rmul__").stdout.startswith("u01.scale  hint 2 of 3")


def test_hints_of_an_older_record_count_from_the_first(grade, tiny):
    (tiny / ".grade").mkdir()
    old = {"schema": 1, "exercises": {"u01.scale": {"outcome": "todo", "hints": 4}}}
    (tiny / ".grade" / "state.json").write_text(json.dumps(old), encoding="utf-8")
    assert grade("hint", "Polygon.__rmul__").stdout.startswith("u01.scale  hint 2 of 3")
    assert hints(tiny) == {"u01.scale": 5}


def test_the_solution_is_not_shown_before_a_pass(grade):
    ran = grade("solution", "cross")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "grade hint u01.cross" in ran.stderr
    assert "--give-up" in ran.stderr


@pytest.mark.parametrize("passed", [True, False])
def test_the_solution_after_a_pass_or_for_who_gives_up(grade, hand_in, passed):
    if passed:
        hand_in("right")
        grade("cross")
    ran = grade("solution", "cross", *([] if passed else ["--give-up"]))
    assert ran.returncode == 0
    assert "return a[0] * b[1] - a[1] * b[0]" in ran.stdout
    assert not any(word in ran.stdout for word in ("HINT", "BEGIN SOLUTION", "The x of each corner"))


def test_once_passed_the_solution_stays_open(grade, hand_in):
    hand_in("right")
    grade("cross")
    hand_in("untouched")
    grade("cross")
    assert grade("solution", "cross").returncode == 0


def test_a_course_without_solutions_says_so(grade, tiny):
    for path in (tiny / "solutions").rglob("*.py"):
        path.unlink()
    assert "has no hints" in grade("hint", "cross").stdout
    ran = grade("solution", "cross")
    assert (ran.returncode, ran.stderr) == (1, "This course came without solutions.\n")
    assert grade("show", "cross").returncode == 0


def test_show_tells_contract_claims_checks_and_rules_but_no_hidden_check(grade, at):
    said = grade("show", "u01.area").stdout
    for text in (
        f"u01.area  {at('u01_area.py', 'def area')}   4 points",
        "def Polygon.area(self) -> float",
        "Return the area, never negative",
        "The area of a polygon, whichever way round its corners go.",
        "2  walking round the other way changes nothing",
        "and 1 hidden check",
        "statistics.*",
        "u01.cross",
        "1 s of computing",
    ):
        assert text in said
    assert "nine corners" not in said


def test_show_by_the_name_of_an_answer(grade):
    assert grade("show", "Polygon.__rmul__").stdout.startswith("u01.scale")


@pytest.mark.parametrize("slip", ["Polygon(1)\n", "def half(\n"], ids=["at the top level", "of syntax"])
def test_a_file_that_cannot_run_uses_up_no_hint(grade, tiny, hand_in, slip):
    hand_in("right", "u01")
    grade("cross")
    path = tiny / "exercises" / "u01_area.py"
    right = path.read_text(encoding="utf-8")
    path.write_text(f"{right}\n\n{slip}", encoding="utf-8")
    shown = grade("scale").stdout
    ran = grade("hint")
    assert (ran.returncode, ran.stdout) == (1, shown)
    assert hints(tiny)["u01.cross"] == 0
    path.write_text(right, encoding="utf-8")
    assert grade("hint", "scale").stdout.startswith("u01.scale  hint 1 of 3")


def test_a_function_that_was_deleted_is_not_its_neighbour(grade, tiny, hand_in):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("    def __rmul__"), text.index("# %%\ndef circumference")
    path.write_text(f"{text[:start]}\n\n{text[end:]}", encoding="utf-8")
    shown = grade("scale").stdout
    assert "exercises/u01_area.py has no Polygon.__rmul__. Did you rename or delete it?" in shown
    assert "To put its stub back: grade reset u01.Polygon.__rmul__" in shown
    assert "in Polygon.__mul__" not in shown
    assert grade("hint").stdout.startswith("u01.scale  hint 1 of 3  for Polygon.__rmul__\n")


def test_an_empty_file_of_ones_own_names_the_remedy(grade, tiny):
    (tiny / "exercises" / "u01_area.py").write_text("", encoding="utf-8")
    said = " ".join(grade("cross").stdout.split())
    assert "exercises/u01_area.py is empty. Put the stub back: grade reset u01" in said
