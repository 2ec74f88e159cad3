"""What beginners do in their first hours: each has its sentence, and costs nobody what has passed."""

import pytest

from grader.model import Outcome

AREA = "    def area(self) -> float:\n"
RMUL = "        return self.__mul__(factor)\n"
TOP = "\n\nprint(Polygon([(0.0, 0.0)]).area())\n"
CASES = {
    "a name defined twice": (
        "cross",
        "",
        "\n\ndef cross(a, b):\n    return 0.0\n",
        "fail",
        "",
        "cross is defined more than once, in lines 18, 61. Python keeps the last one.",
    ),
    "another one defined twice": (
        "cross",
        "return ax * by - bx * ay",
        "return ax\n\n\ndef spare():\n    pass\n\n\ndef spare():\n    pass\n",
        "fail",
        "",
        "spare is defined more than once, in lines 24, 28. Python keeps the last one.",
    ),
    "exit() outside of any function": (
        "area",
        "",
        "\nexit()\n",
        "error",
        "SystemExit\nLine 60, outside of any function, ends Python. Take it out.",
        "",
    ),
    "self forgotten": (
        "area",
        AREA,
        "    def area() -> float:\n",
        "error",
        "TypeError: Polygon.area() takes 0 positional arguments but 1 was given\n"
        + "The first parameter of a method is self: def area(self, ...)",
        "",
    ),
    "breakpoint()": (
        "area",
        AREA,
        AREA + "        breakpoint()\n",
        "error",
        "BdbQuit\nA debugger has nobody to ask",
        "",
    ),
    "pdb.set_trace()": (
        "area",
        AREA,
        AREA + "        import pdb; pdb.set_trace()\n",
        "error",
        "BdbQuit\nA debugger has nobody to ask",
        "",
    ),
    "exit()": ("area", AREA, AREA + "        exit()\n", "error", "SystemExit\nYour code asked Python to exit.", ""),
    "quit(1)": (
        "area",
        AREA,
        AREA + "        quit(1)\n",
        "error",
        "SystemExit: 1\nYour code asked Python to exit.",
        "",
    ),
    "a library of other units": (
        "area",
        AREA,
        AREA + "        import numpy\n",
        "error",
        "numpy is not used in this unit: it may import Python's standard library, nothing else.",
        "",
    ),
    "a module of one's own": (
        "area",
        AREA,
        AREA + "        from helpers import half\n",
        "error",
        "There is no module helpers while your code is graded. A unit is one file: what you need of your own goes into",
        "",
    ),
    "a call that comes back to itself": (
        "scale",
        RMUL,
        "        return factor * self\n",
        "error",
        "RecursionError: maximum recursion depth exceeded\nPolygon.__rmul__ calls itself again with the same arguments",
        "",
    ),
    "the name of another function's parameter": (
        "scale",
        RMUL,
        "        return self * number\n\n    def grow(self, number):\n        return self\n",
        "error",
        "NameError: name 'number' is not defined\nPolygon.__rmul__ has no number: its parameter is called factor.",
        "",
    ),
    "the last method at the margin": (
        "scale",
        '    def __rmul__(self, factor: float) -> "Polygon":\n'
        '        """Return `factor * self`, for a factor on the left."""\n' + RMUL,
        "def __rmul__(self, factor):\n    return self * factor\n",
        "error",
        "exercises/u01_area.py has no Polygon.__rmul__: def __rmul__ begins at the margin, outside of class Polygon.",
        "",
    ),
    "a method at the margin": (
        "cross",
        "    def __mul__",
        "def __mul__",
        "syntax",
        '    42 | def __mul__(self, factor: float) -> "Polygon":\n'
        + "This method begins at the margin, so class Polygon ends above it.",
        "",
    ),
    "a recursion that is only deep": (
        "area",
        AREA,
        AREA + "        def down(n):\n            return n and down(n - 1)\n        down(10**6)\n",
        "error",
        "RecursionError: maximum recursion depth exceeded\nA function calls itself too often",
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_sentence_for_each(grade, folder, case):
    name, old, new, outcome, message, note = CASES[case]
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    (exercise,) = grade(name).exercises
    check = exercise.first_failure
    assert (check.outcome, check.note) == (outcome, note)
    assert check.message.startswith(message)


def test_the_place_is_the_second_definition_and_what_uses_it_waits(grade, folder):
    path = folder / "u01_area.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\ndef cross(a, b):\n    return 0.0\n", encoding="utf-8")
    cross, area = grade("cross", "area").exercises
    assert (cross.first_failure.where.line, cross.first_failure.where.function) == (61, "cross")
    waits = area.first_failure
    assert (waits.outcome, waits.waits_for) == (Outcome.BLOCKED, "u01.cross")
    assert waits.note.startswith("cross is defined more than once")


def test_a_stub_that_was_not_touched_tells_of_another_name_that_is_there_twice(grade, folder):
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    stub = text.replace("    (ax, ay), (bx, by) = a, b\n", '    raise NotImplementedError("TODO: cross")\n', 1)
    assert stub != text
    path.write_text(f"{stub}\n\nclass Polygon(Polygon):\n    pass\n", encoding="utf-8")
    (exercise,) = grade("cross").exercises
    assert exercise.first_failure.outcome == Outcome.TODO
    assert exercise.first_failure.note.startswith("Polygon is defined more than once")


def test_two_definitions_that_belong_together_are_no_mistake(grade, folder):
    path = folder / "u01_area.py"
    both = (
        "    @property\n    def size(self):\n        return 1\n\n"
        "    @size.setter\n    def size(self, new):\n        pass\n\n"
    )
    path.write_text(path.read_text(encoding="utf-8").replace(AREA, both + AREA), encoding="utf-8")
    assert {exercise.outcome for exercise in grade("area", "scale").exercises} == {Outcome.PASS}


def test_an_answer_that_is_inherited_is_there(grade, folder):
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start, end = text.index(AREA), text.index("    def __mul__")
    base = "class Base:\n" + text[start:end].rstrip() + "\n\n\n"
    text = (text[:start] + text[end:]).replace("class Polygon:", base + "class Polygon(Base):")
    path.write_text(text, encoding="utf-8")
    assert [exercise.outcome for exercise in grade("area").exercises] == [Outcome.PASS]
    path.write_text(text.replace("def area(self)", "def area(self, units)"), encoding="utf-8")
    check = grade("area").exercises[0].first_failure
    assert check.message == "TypeError: Base.area() missing 1 required positional argument: 'units'"
    assert check.where.function == "Base.area"


def test_an_empty_file_is_not_asked_for_its_answers(grade, folder):
    (folder / "u01_area.py").write_text("# nothing yet\n", encoding="utf-8")
    (exercise,) = grade("cross").exercises
    assert exercise.checks[0].message == "exercises/u01_area.py is empty."


def test_a_missing_answer_is_no_other_answer(grade, folder):
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("    def __mul__")], encoding="utf-8")
    check = grade("scale").exercises[0].first_failure
    assert check.message == "exercises/u01_area.py has no Polygon.__mul__. Was it renamed or deleted?"
    assert check.where.function == "Polygon"


def test_code_tried_out_at_the_top_is_named_and_blocks_nothing(grade, folder):
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start, end = text.index(AREA), text.index("    def __mul__")
    todo = '        raise NotImplementedError("TODO: Polygon.area")\n\n'
    path.write_text(text[:start] + AREA + todo + text[end:] + TOP, encoding="utf-8")
    checks = [check for exercise in grade("cross", "area", "scale").exercises for check in exercise.checks]
    assert {(check.outcome, check.waits_for) for check in checks} == {(Outcome.ERROR, "")}
    line = path.read_text(encoding="utf-8").count("\n")
    shown = next(check for check in checks if not check.hidden)
    assert shown.message == (
        f"Line {line}, outside of any function, calls Polygon.area, which is not written yet.\n"
        'Take it out, or move it below this line, where only you run it:\nif __name__ == "__main__":'
    )
    assert (shown.where.line, shown.unloaded) == (line, True)


def test_code_below_the_guard_is_left_out(grade, folder):
    path = folder / "u01_area.py"
    below = '\n\nif __name__ == "__main__":\n    def cross(a, b):\n        return 0.0\n    breakpoint()\n'
    path.write_text(path.read_text(encoding="utf-8") + below, encoding="utf-8")
    assert {exercise.outcome for exercise in grade("cross", "area").exercises} == {Outcome.PASS}


def test_all_that_is_not_written_is_told_in_the_order_of_the_file(grade, folder):
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start = text.index("    def __mul__")
    head, body = text[:start], text[start:]
    todo = '        raise NotImplementedError("TODO: Polygon.{}")\n'
    body = body.replace(RMUL, todo.format("__rmul__"))
    first, _, rest = body.partition("        new = []\n")
    body = first + todo.format("__mul__") + rest[rest.index("\n    def __rmul__") :]
    path.write_text(head + body, encoding="utf-8")
    lines = path.read_text(encoding="utf-8").split("\n")
    mul, rmul = (
        next(row for row, line in enumerate(lines, 1) if f"TODO: Polygon.{name}" in line)
        for name in ("__mul__", "__rmul__")
    )
    checks = grade("scale").exercises[0].checks
    for check in checks:
        assert check.message == (
            f"Polygon.__mul__ is not written yet.\nStill to write, with their lines: Polygon.__rmul__ ({rmul})."
        )
        assert check.where.line == mul


def test_an_error_of_the_top_level_is_at_its_line(grade, folder):
    path = folder / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n\nPolygon([(0.0, 0.0)]) * None\n", encoding="utf-8")
    check = grade("cross").exercises[0].first_failure
    assert (check.unloaded, check.where.function, check.where.text) == (
        True,
        "<module>",
        "Polygon([(0.0, 0.0)]) * None",
    )
    assert check.frames[-1].function == "Polygon.__mul__"
