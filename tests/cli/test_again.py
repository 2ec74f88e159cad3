"""`grade again`: an exercise from memory, apart from the first answer; and what `grade status` proposes to repeat."""

import json
from datetime import datetime, timedelta

import pytest

from grader.submission import repeats

BEGIN = datetime(2026, 3, 2, 9, 0, 0)
STUB = 'raise NotImplementedError("TODO: cross")'


@pytest.fixture
def wait(monkeypatch):
    """Let time pass for this process."""
    now = [BEGIN]

    def later(**span):
        now[0] += timedelta(**span)

    monkeypatch.setattr(repeats, "clock", lambda: now[0])
    return later


@pytest.fixture
def passed(here, hand_in, wait):  # noqa: ARG001 (the days of its passes are counted)
    hand_in("right")
    assert here("u01", "-q").returncode == 0


def write(tiny, answer):
    path = tiny / "again" / "u01.cross" / "u01_area.py"
    text = path.read_text("utf-8")
    assert STUB in text
    path.write_text(text.replace(STUB, answer), "utf-8")


@pytest.mark.usefixtures("passed")
@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_pages(here, tiny, wait, golden, code):
    """From the day it passed to the day after it was written again."""
    said = []

    def grade(*words):
        said.append(f"$ grade {' '.join(words)}\n{here('--lang', code, *words, COLUMNS='80').stdout}")

    grade("again")
    wait(days=1)
    grade("status")
    grade("again", "u01.cross", "--timed")
    grade("again", "u01.cross")
    write(tiny, "return a[0] * b[1] + a[1] * b[0]")
    wait(minutes=4, seconds=30)
    assert here("again", "u01.cross").returncode == 1
    write_again = tiny / "again" / "u01.cross" / "u01_area.py"
    write_again.write_text(write_again.read_text("utf-8").replace("+ a[1] * b[0]", "- a[1] * b[0]"), "utf-8")
    ran = here("--lang", code, "again", "u01.cross", COLUMNS="80")
    said.append(f"$ grade again u01.cross\n...\n{ran.stdout.rpartition(chr(10) * 2)[2]}")
    grade("again")
    golden(f"cli/again{'' if code == 'en' else f'.{code}'}.txt", "\n".join(said))


@pytest.mark.usefixtures("passed")
def test_the_first_answer_and_its_verdict_stay(here, tiny):
    file, state = tiny / "exercises" / "u01_area.py", tiny / ".grade" / "state.json"
    before = file.read_bytes(), state.read_bytes()
    here("again", "u01.area")
    ran = here("again", "u01.area")
    assert ran.returncode == 3 and "again/u01.area/u01_area.py" in ran.stdout
    scratch = (tiny / "again" / "u01.area" / "u01_area.py").read_text("utf-8")
    assert "TODO: Polygon.area" in scratch and "(ax, ay), (bx, by) = a, b" in scratch  # it needs cross
    assert (file.read_bytes(), state.read_bytes()) == before


@pytest.mark.usefixtures("passed")
def test_days_grow_and_who_is_early_changes_nothing(here, tiny, wait):
    def write_it_again():
        here("again", "u01.cross")
        write(tiny, "return a[0] * b[1] - a[1] * b[0]")
        assert here("again", "u01.cross").returncode == 0
        known = json.loads((tiny / ".grade" / "again.json").read_text("utf-8"))["u01.cross"]
        return known["times"], known["last"]

    assert write_it_again() == (0, "2026-03-02")
    wait(days=1)
    assert "u01.cross" in json.loads(here("status", "--json").stdout)["again"]
    assert write_it_again() == (1, "2026-03-03")
    assert "u01.cross" not in json.loads(here("status", "--json").stdout)["again"]
    known = repeats.Repeats.load(tiny / ".grade").known["u01.cross"]
    spans = [(repeats.Repeat(known.last, times).due - known.last).days for times in range(7)]
    assert spans == [1, 3, 7, 16, 35, 70, 70]


def test_bad_input(here, tiny, hand_in):
    assert "u01.cross has not passed yet." in here("again", "u01.cross").stderr
    assert "Did you mean u01.cross?" in here("again", "u01.crosss").stderr
    assert "Nothing has passed yet" in here("again").stdout
    hand_in("right")
    here("u01.cross", "-q")
    here("again", "u01.cross")
    write(tiny, "return 1")
    assert here("again", "u01.cross").returncode == 1  # it goes on with what is there
    assert "Saved your version" in here("again", "u01.cross", "--new").stdout
    (tiny / "exercises" / "u01_area.py").write_text("def (\n", "utf-8")
    ran = here("again", "u01.cross", "--new")
    assert ran.returncode == 2 and "grade reset u01" in ran.stderr
