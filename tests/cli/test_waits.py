"""What an exercise waits for is next, and what waited is next as soon as that has passed."""


def test_the_one_that_is_needed_is_next_and_then_the_one_that_waited(grade, hand_in, tiny):
    hand_in("right", "u01")
    path = tiny / "exercises" / "u01_area.py"
    right = path.read_text("utf-8")
    path.write_text(right.replace("return ax * by - bx * ay", "return ax * by"), "utf-8")
    grade("u01.cross")
    assert grade("u01.area").returncode in (0, 1)
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
    text = path.read_text("utf-8")
    start = text.index("    def __mul__")
    path.write_text(
        text[:start]
        + text[start:].replace("factor * x", "float(len(factor)) if isinstance(factor, str) else factor * x", 1),
        "utf-8",
    )
    grade("u01")
    before = (tiny / ".grade" / "state.json").read_text("utf-8")
    grade("u01.scale", "--edges", "required")
    assert (tiny / ".grade" / "state.json").read_text("utf-8") == before


def test_an_edit_below_is_said_where_what_stands_on_it_fails(grade, hand_in, tiny):
    hand_in("right", "u01")
    grade("u01")
    path = tiny / "exercises" / "u01_area.py"
    right = path.read_text("utf-8")
    path.write_text(right.replace("return ax * by - bx * ay", "return ax * by"), "utf-8")
    ran = grade("u01.area")
    assert ran.returncode == 1
    assert "u01.cross was edited after it passed. Check it first:  grade u01.cross" in ran.stdout
    assert "was edited" not in grade("u01.scale").stdout
    assert "was edited" not in grade("u01.cross").stdout
