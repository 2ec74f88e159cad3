"""What an exercise waits for is next, and what waited is next as soon as that has passed."""

import json


def test_the_one_that_is_needed_is_next_and_then_the_one_that_waited(grade, hand_in, tiny):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    right = path.read_text("utf-8")
    path.write_text(right.replace("return ax * by - bx * ay", "return ax * by"), "utf-8")
    grade("u01.cross")
    assert grade("u01.area").returncode == 3
    path.write_text(
        right.replace("    (ax, ay), (bx, by) = a, b\n", '    raise NotImplementedError("TODO: cross")\n'), "utf-8"
    )
    assert "waits for u01.cross" in grade("u01.area").stdout
    assert grade("next").stdout.startswith("Next  u01.cross")
    path.write_text(right, "utf-8")
    assert "Next  u01.area" in grade("u01.cross").stdout


def test_a_stricter_verdict_is_not_recorded(grade, hand_in, tiny):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    line = "            new.append((factor * x, factor * y))\n"
    lenient = f"            factor = 1.0 if isinstance(factor, str) else factor\n{line}"
    path.write_text(path.read_text("utf-8").replace(line, lenient, 1), "utf-8")
    assert grade("u01").returncode == 0
    before = (tiny / ".grade" / "state.json").read_text("utf-8")
    assert grade("u01.scale", "--edges", "required").returncode == 1
    assert (tiny / ".grade" / "state.json").read_text("utf-8") == before


def test_an_edit_below_comes_first_where_what_stands_on_it_fails(grade, hand_in, tiny):
    hand_in("right", "u01")
    grade("u01")
    path = tiny / "exercises" / "u01_area.py"
    right = path.read_text("utf-8")
    path.write_text(right.replace("return ax * by - bx * ay", "return ax * by"), "utf-8")
    ran = grade("u01.area")
    assert ran.returncode == 1
    assert ran.stdout.startswith("u01.cross has passed before.")
    assert "BLOCKED  u01.area" in ran.stdout
    assert "FAIL  u01.cross" in grade("u01.cross").stdout
    assert "PASS  u01.scale" in grade("u01.scale").stdout


def put(path, *changes):
    """Change a file; each change is a text that stands in it, and what stands there then."""
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


# An area that goes through a product, which nobody has declared, and products that are wrong.
THROUGH_THE_PRODUCT = ("len(self.corners)):\n", "len(self.corners)):\n            self = self * 1.0\n")
WRONG_PRODUCT = ("(factor * x, factor * y)", "(factor * x * x, factor * y + 1)")
WRONG_ON_THE_LEFT = ("self.__mul__(factor)", "self.__mul__(factor + 1)")
WRONG_AREA = ("abs(total) * 0.5", "abs(total) * 0.25")
IN_RETURN = ("        new = []\n", "        new = [] if factor == 1.0 or self.area() else []\n")


def test_what_was_called_comes_first_whoever_declared_it(grade, hand_in, tiny):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    put(path, THROUGH_THE_PRODUCT)
    assert "PASS  u01.area" in grade("u01.area").stdout
    put(path, WRONG_PRODUCT)
    assert grade("u01.area").stdout.startswith("BLOCKED  u01.area   waits for u01.scale")
    found = json.loads(grade("u01", "--json").stdout)["units"][0]["exercises"]
    assert [one["outcome"] for one in found] == ["pass", "blocked", "fail"]


def test_what_fails_in_a_function_that_was_not_called_blocks_nothing(grade, hand_in, tiny):
    hand_in("right", "u01")
    put(tiny / "exercises" / "u01_area.py", THROUGH_THE_PRODUCT, WRONG_ON_THE_LEFT, WRONG_AREA)
    assert grade("u01.scale").stdout.startswith("FAIL  u01.scale")
    assert grade("u01.area").stdout.startswith("FAIL  u01.area")


def test_of_two_that_call_each_other_neither_comes_first(grade, hand_in, tiny):
    hand_in("right", "u01")
    put(tiny / "exercises" / "u01_area.py", THROUGH_THE_PRODUCT, IN_RETURN, WRONG_PRODUCT, WRONG_AREA)
    assert grade("u01.area").stdout.startswith("FAIL  u01.area")
    assert grade("u01.scale").stdout.startswith("FAIL  u01.scale")


def test_a_loop_in_what_was_called_is_found_where_it_is(grade, hand_in, tiny):
    hand_in("right", "u01")
    put(
        tiny / "exercises" / "u01_area.py",
        THROUGH_THE_PRODUCT,
        ("        new = []\n", "        while True:\n            pass\n"),
    )
    ran = grade("u01.area", "--timeout", "0.3")
    assert ran.stdout.startswith("BLOCKED  u01.area   waits for u01.scale")
    assert "in Polygon.__mul__" in grade("u01.scale", "--timeout", "0.3").stdout


def test_what_passed_and_was_broken_is_shown_at_once(grade, hand_in, tiny):
    hand_in("right", "u01")
    grade("u01.scale")
    path = tiny / "exercises" / "u01_area.py"
    put(path, THROUGH_THE_PRODUCT, WRONG_PRODUCT)
    ran = grade("u01.area")
    assert ran.returncode == 1
    assert "u01.scale has passed before. It was edited since, and does not pass any more." in ran.stdout
    assert "BLOCKED  u01.area" in ran.stdout
    assert "\nFAIL  u01.scale   check 1 of" in ran.stdout
    assert "in Polygon.__mul__" in ran.stdout
    again = grade("u01.area").stdout
    assert "u01.scale has passed before" in again
    assert grade("next").stdout.startswith("Next  u01.scale")
    assert grade("u01.area", LANG="zh_CN.UTF-8").stdout.startswith("u01.scale 以前通过过")
