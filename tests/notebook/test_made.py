"""`grade notebook`: a valid notebook in which nothing of the learner's is lost, and one file is graded."""

import re

import nbformat
import pytest

ANSWERS = "exercises/u01_area"


@pytest.fixture
def stub(tiny):
    return tiny / f"{ANSWERS}.py"


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_it_has_all_that_was_in_the_file_and_grades_the_same(tiny, grade, stub):
    answered = (tiny / "submissions/right/u01_area.py").read_text("utf-8")
    stub.write_text(answered, "utf-8")
    assert grade("u01").returncode == 0
    assert "Wrote exercises/u01_area.ipynb" in grade("notebook", "u01").stdout
    assert not stub.exists()
    made = nbformat.read(tiny / f"{ANSWERS}.ipynb", as_version=4)
    nbformat.validate(made)
    assert (made.nbformat, made.nbformat_minor) == (4, 5)
    cells = code(made)
    assert cells[0] == "%load_ext grader.notebook"
    at = next(number for number, text in enumerate(cells) if text.startswith("def cross"))
    assert cells[at + 1] == "%grade u01.cross"
    written = "\n".join(cell.source for cell in made.cells)
    for line in answered.splitlines():
        assert line.startswith("# %%") or line.removeprefix("# ").removeprefix("#").strip() in written
    passed = grade("u01", "-q")
    assert passed.returncode == 0
    assert "done" in grade("status").stdout
    assert "changed" not in grade("status").stdout


def test_the_same_file_makes_the_same_bytes_and_undo_gives_the_file_back(tiny, grade, stub):
    before = stub.read_bytes()
    said = grade("notebook", "u01").stdout
    first = (tiny / f"{ANSWERS}.ipynb").read_bytes()
    undo = re.search(r"grade (reset --restore \S+)", said)[1].split()
    refused = grade(*undo, "--yes")
    assert refused.returncode == 2
    assert "Move it away first" in refused.stderr
    (tiny / f"{ANSWERS}.ipynb").rename(tiny / "elsewhere.ipynb")
    assert grade(*undo, "--yes").returncode == 0
    assert stub.read_bytes() == before
    grade("notebook", "u01")
    assert (tiny / f"{ANSWERS}.ipynb").read_bytes() == first


def test_nothing_is_written_over(tiny, grade, stub):
    (tiny / f"{ANSWERS}.ipynb").write_text("mine", "utf-8")
    done = grade("notebook", "u01")
    assert done.returncode == 2
    assert "there already" in done.stderr
    assert (tiny / f"{ANSWERS}.ipynb").read_text("utf-8") == "mine"
    assert stub.exists()


def test_a_file_that_cannot_be_read_stays(grade, stub):
    stub.write_text("def cross(:\n", "utf-8")
    done = grade("notebook", "u01")
    assert done.returncode == 2
    assert "exercises/u01_area.py:1 keeps the file from being read" in done.stderr
    assert stub.exists()


def test_exploring_leaves_the_answers_where_they_are(tiny, grade, stub):
    before = stub.read_bytes()
    assert "answers stay in" in " ".join(grade("notebook", "u01", "--explore").stdout.split())
    made = nbformat.read(tiny / "notebooks/u01_area.ipynb", as_version=4)
    nbformat.validate(made)
    assert "from u01_area import *" in code(made)[1]
    assert "%grade u01.cross" in code(made)
    assert not any(text.startswith("def cross") for text in code(made))
    assert stub.read_bytes() == before
    assert grade("notebook", "u01", "--explore").returncode == 2


def test_it_speaks_chinese(grade):
    assert "请在那里作答" in grade("notebook", "u01", "--lang", "zh").stdout
