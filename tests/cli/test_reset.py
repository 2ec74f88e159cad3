"""`grade reset`: only the lines of one answer change, and undoing it gives back every byte."""

import re

import pytest


@pytest.fixture
def file(tiny, hand_in):
    """Unit 1, right, with all that a reset must keep: a byte order mark, CRLF, tabs at the end, no last newline."""
    hand_in("right")
    path = tiny / "exercises" / "u01_area.py"
    data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"import math\n", b"import math  \t\x0c\n").rstrip(b"\n")
    path.write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    return path


@pytest.fixture
def grade(here):
    return here


def backups(grade):
    return [line.split()[0] for line in grade("reset", "--list").stdout.splitlines()]


def test_reset_puts_the_stub_of_one_answer_back(grade, file, tiny):
    before = file.read_bytes()
    ran = grade("reset", "u01.cross", "--yes")
    assert ran.returncode == 0
    after = file.read_bytes()
    old, new = before.split(b"\r\n"), after.split(b"\r\n")
    start = next(row for row, line in enumerate(old) if line.startswith(b"def cross"))
    end = next(row for row, line in enumerate(old) if row > start and not line)
    assert new[:start] == old[:start]
    assert new[start + 2] == b'    raise NotImplementedError("TODO: cross")'
    assert new[start + 3 :] == old[end:]
    saved = re.search(r"Saved your version: (\S+)", ran.stdout)
    assert (tiny / saved[1]).read_bytes() == before
    assert grade("u01.cross", "-q").stdout.startswith("TODO")


def test_undoing_gives_back_every_byte(grade, file):
    before = file.read_bytes()
    undo = re.search(r"--restore (\S+)", grade("reset", "u01.scale", "--yes").stdout)[1]
    assert file.read_bytes() != before
    assert grade("reset", "--restore", undo, "--yes").returncode == 0
    assert file.read_bytes() == before


def test_the_last_function_of_a_file_without_a_last_newline(grade, tiny, hand_in):
    hand_in("right")
    path = tiny / "exercises" / "u02_mean.py"
    path.write_bytes(path.read_bytes().rstrip())
    before = path.read_bytes()
    undo = re.search(r"--restore (\S+)", grade("reset", "center", "--yes").stdout)[1]
    assert path.read_bytes().endswith(b'raise NotImplementedError("TODO: center")')
    grade("reset", "--restore", undo, "--yes")
    assert path.read_bytes() == before


def test_undoing_keeps_what_was_written_elsewhere_meanwhile(grade, file):
    undo = re.search(r"--restore (\S+)", grade("reset", "u01.cross", "--yes").stdout)[1]
    file.write_bytes(file.read_bytes() + b"\r\n# new work\r\n")
    grade("reset", "--restore", undo, "--yes")
    assert file.read_bytes().endswith(b"# new work\r\n")
    assert grade("u01.cross", "-q").stdout.startswith("PASS")


def test_progress_comes_back_with_the_file(grade, hand_in):
    hand_in("right")
    grade("u01.cross", "-q")
    undo = re.search(r"--restore (\S+)", grade("reset", "u01.cross", "--yes").stdout)[1]
    assert grade("list").stdout.startswith("changed")
    grade("reset", "--restore", undo, "--yes")
    assert grade("list").stdout.startswith("done")


def test_several_exercises_and_the_beginning_of_a_backups_name(grade, file):
    before = file.read_bytes()
    assert grade("reset", "Polygon", "--yes").stdout.count("Saved your version") == 2
    saved = backups(grade)
    assert [name.partition("-u01")[2] for name in saved] == [".area", ".scale"]
    for name in reversed(saved):
        grade("reset", "--restore", name, "--yes")
    assert file.read_bytes() == before


def test_one_function_of_an_exercise_leaves_the_others(grade, tiny, hand_in):
    stub = (tiny / "exercises" / "u01_area.py").read_text(encoding="utf-8")
    hand_in("right")
    right = (tiny / "exercises" / "u01_area.py").read_text(encoding="utf-8")
    grade("reset", "u01.Polygon.__rmul__", "--yes")
    after = (tiny / "exercises" / "u01_area.py").read_text(encoding="utf-8")
    parts = [text[text.index("    def __mul__") : text.index("    def __rmul__")] for text in (right, after)]
    assert parts[0] == parts[1]
    assert "TODO: Polygon.__rmul__" in after and "TODO: Polygon.__mul__" in stub
    assert "TODO: Polygon.__mul__" not in after


def test_a_backup_that_is_ambiguous_or_not_there(grade, hand_in):
    hand_in("right")
    grade("reset", "Polygon", "--yes")
    assert "2 backups begin so" in grade("reset", "--restore", "2").stderr
    assert grade("reset", "--restore", "nothing").returncode == 2


def test_a_whole_unit(grade, tiny, hand_in):
    stub = (tiny / "exercises" / "u01_area.py").read_bytes()
    hand_in("right")
    right = (tiny / "exercises" / "u01_area.py").read_bytes()
    undo = re.search(r"--restore (\S+)", grade("reset", "u01", "--yes").stdout)[1]
    assert (tiny / "exercises" / "u01_area.py").read_bytes() == stub
    grade("reset", "--restore", undo, "--yes")
    assert (tiny / "exercises" / "u01_area.py").read_bytes() == right


def test_a_unit_whose_file_is_gone_comes_back(grade, tiny):
    path = tiny / "exercises" / "u01_area.py"
    stub = path.read_bytes()
    path.unlink()
    assert "grade reset u01" in grade("u01").stdout
    assert grade("reset", "u01", "--yes").stdout == "Wrote exercises/u01_area.py.\n"
    assert path.read_bytes() == stub


def test_without_a_terminal_it_asks_for_yes_and_changes_nothing(grade, file, at):
    before = file.read_bytes()
    ran = grade("reset", "cross")
    assert ran.returncode == 2
    assert "add --yes" in ran.stderr
    assert f"{at('u01_area.py', 'def cross')}-" in ran.stderr
    assert file.read_bytes() == before


def test_the_stub_itself_is_left_alone(grade, tiny):
    assert grade("reset", "cross").stdout == "u01.cross is as it would be; nothing to do.\n"
    assert not (tiny / ".grade" / "backup").exists()


@pytest.mark.parametrize("text", ["def (\n", "x = 1\n"])
def test_an_answer_that_cannot_be_found(grade, tiny, text):
    path = tiny / "exercises" / "u01_area.py"
    path.write_text(text, encoding="utf-8")
    ran = grade("reset", "cross", "--yes")
    assert ran.returncode == 2
    assert "grade reset u01" in ran.stderr
    assert path.read_text(encoding="utf-8") == text


def test_where_nothing_can_be_saved_nothing_is_changed(grade, tiny, file):
    before = file.read_bytes()
    (tiny / ".grade").mkdir()
    (tiny / ".grade" / "backup").write_text("in the way", encoding="utf-8")
    ran = grade("reset", "cross", "--yes")
    assert ran.returncode == 2
    assert "nothing was changed" in ran.stderr
    assert file.read_bytes() == before


@pytest.mark.parametrize("words", [[], ["cross", "--list"], ["--list", "--restore", "x"]])
def test_one_thing_at_a_time(grade, words):
    assert grade("reset", *words).returncode == 2


def test_another_indentation_stays(grade, tiny, hand_in):
    hand_in("right")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    start = text.index("    def area")
    end = text.index("    def __mul__")
    path.write_text(
        text[:start] + "    if True:\n" + re.sub(r"(?m)^(?=.)", "  ", text[start:end]) + text[end:], "utf-8"
    )
    assert grade("reset", "area", "--yes").returncode == 0
    assert grade("area", "-q").stdout.startswith("TODO")


def without(text, name):
    """Return a file's text without one function, from its head to the blank line below it."""
    rows = text.split("\n")
    start = next(row for row, line in enumerate(rows) if line.strip().startswith(f"def {name}("))
    indent = len(rows[start]) - len(rows[start].lstrip())
    after = (
        row for row in range(start + 1, len(rows)) if rows[row].strip() and not rows[row].startswith(" " * (indent + 1))
    )
    return "\n".join(rows[:start] + rows[next(after, len(rows)) :])


@pytest.mark.parametrize(("name", "exercise"), [("__rmul__", "scale"), ("area", "u01.area"), ("cross", "cross")])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_stub_that_was_deleted_comes_back_where_it_was(grade, tiny, name, exercise, ends):
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(without(text, name).replace("\n", ends).encode())
    ran = grade("reset", exercise, "--yes")
    assert ran.returncode == 0, ran.stderr
    found = path.read_bytes().decode().replace("\r\n", "\n")
    assert [line for line in found.split("\n") if line] == [line for line in text.split("\n") if line]
    assert path.read_bytes().count(b"\r\n") == (found.count("\n") if ends == "\r\n" else 0)


def test_what_was_written_stays_where_a_deleted_stub_comes_back(grade, tiny, hand_in):
    hand_in("right")
    path = tiny / "exercises" / "u01_area.py"
    path.write_text(without(path.read_text(encoding="utf-8"), "area"), encoding="utf-8")
    assert grade("reset", "u01.area", "--yes").returncode == 0
    assert [line.split()[0] for line in grade("u01", "-q").stdout.splitlines()] == ["PASS", "TODO", "PASS"]


def test_one_exercise_comes_back_in_a_file_that_is_no_python(grade, tiny, hand_in):
    hand_in("right")
    path = tiny / "exercises" / "u01_area.py"
    text = path.read_text(encoding="utf-8")
    broken = text.replace("    def area(self) -> float:\n", "    def area(self) -> float:\n        if (1:\n")
    assert broken != text
    path.write_text(broken, encoding="utf-8")
    assert grade("u01", "-q").stdout.startswith("SYNTAX")
    ran = grade("reset", "u01.area", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert [line.split()[0] for line in grade("u01", "-q").stdout.splitlines()] == ["PASS", "TODO", "PASS"]
    undo = re.search(r"--restore (\S+)", ran.stdout)[1]
    assert grade("reset", "--restore", undo, "--yes").returncode == 0
    assert path.read_text(encoding="utf-8") == broken


def test_undoing_a_stub_that_was_put_in_gives_the_file_back(grade, tiny):
    path = tiny / "exercises" / "u01_area.py"
    before = without(path.read_text(encoding="utf-8"), "cross")
    path.write_text(before, encoding="utf-8")
    undo = re.search(r"--restore (\S+)", grade("reset", "cross", "--yes").stdout)[1]
    grade("reset", "--restore", undo, "--yes")
    assert path.read_text(encoding="utf-8") == before


def test_two_backups_of_one_second_are_two(tmp_path, monkeypatch):
    from grader.cli import backup

    monkeypatch.setattr(backup.time, "strftime", lambda _: "20260930-140355")
    saved = [backup.Backups(tmp_path).save("u01.cross", tmp_path / "u01.py", data) for data in (b"1", b"2")]
    assert [one.file.read_bytes() for one in saved] == [b"1", b"2"]
    assert [one.what for one in backup.Backups(tmp_path).all()] == ["u01.cross", "u01.cross"]
