"""A notebook as a submission: what of it counts, how its lines are named, and what is said where it is none."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest

from grader.model import Outcome

NAME = "u01_area"


def cells_of(source):
    """The cells of a percent file: (is it code, text)."""
    for part in source.split("# %%")[1:]:
        head, _, text = part.partition("\n")
        yield "markdown" not in head, text.strip("\n")


@pytest.fixture
def notebook(folder):
    """Turn the right submission's first file into a notebook. change: an edit of its code."""

    def make(change=lambda text: text, extra=()):
        source = (folder / f"{NAME}.py").read_text("utf-8")
        (folder / f"{NAME}.py").unlink()
        cells = [nbformat.v4.new_code_cell(text) for text in extra]
        for is_code, text in cells_of(source):
            made = nbformat.v4.new_code_cell if is_code else nbformat.v4.new_markdown_cell
            cells.append(made(change(text) if is_code else text))
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{NAME}.ipynb")

    return make


def outcomes(report):
    return {str(exercise.outcome) for exercise in report.exercises}


def test_gets_the_same_verdict_as_the_file(grade, notebook):
    notebook()
    report = grade("cross", "area")
    assert outcomes(report) == {"pass"}
    assert report.units[0].file == f"exercises/{NAME}.ipynb"


TRIES = [
    "%matplotlib inline\nimport math\n!ls\nmath.sqrt?\nx = math.sqrt(2.0)\nprint(x)",
    "raise SystemExit('only tried')",
    "%%bash\nrm -rf something",
    "for i in range(3):\n    print(i)",
    "cross = input('which? ')",
    "with open('/nowhere') as file:\n    file.read()",
    "square = Polygon([(0, 0)])\nhalf = square * 0.5\nsquare.corners = []",
    "corners = []\nfor i in range(3):\n    corners.append(i)\nfirst = corners[0]",
    "try:\n    import nothing\nexcept ImportError:\n    raise SystemExit(3)",
    "# coding: gbk\nfiles = !ls\nx = %time 3",
]


def test_cells_under_a_magic_that_runs_them_count(grade, notebook):
    notebook(extra=["%%timeit\ndef cross(a, b):\n    return 0"])
    source = grade("cross", "area")
    assert outcomes(source) == {"pass"}


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "%%grade u01.cross"])
def test_a_definition_below_a_cell_magic_counts(magic, grade, notebook):
    notebook(lambda text: text.replace("def cross", f"{magic}\ndef cross") if text.startswith("def cross") else text)
    assert outcomes(grade("cross")) == {"pass"}


def test_a_huge_output_does_not_matter_and_nbformat_3_is_read(grade, folder):
    source = (folder / f"{NAME}.py").read_text("utf-8")
    (folder / f"{NAME}.py").unlink()
    cells = [{"cell_type": "code", "input": text} for is_code, text in cells_of(source) if is_code]
    cells.append({"cell_type": "code", "input": "!pip install x", "outputs": [{"png": "A" * (10 << 20)}]})
    old = {"nbformat": 3, "metadata": {"colab": {"provenance": []}}, "worksheets": [{"cells": cells}, {"cells": []}]}
    (folder / f"{NAME}.ipynb").write_text(json.dumps(old), "utf-8")
    assert outcomes(grade("cross", "area")) == {"pass"}


def test_what_only_tries_things_out_is_left_out(grade, notebook):
    notebook(extra=TRIES)
    assert outcomes(grade("cross", "area")) == {"pass"}


def test_constants_and_definitions_count(grade, notebook):
    helper = "if True:\n    def double(x):\n        return x * 2\nTABLE = dict(a=1)\nHALF: float = 0.5"
    used = "abs(total) * HALF * TABLE['a'] * double(1.0) / 2"
    notebook(lambda text: text.replace("abs(total) * 0.5", used), extra=[helper])
    assert outcomes(grade("cross", "area")) == {"pass"}


def test_a_mistake_is_shown_by_cell_and_line(grade, notebook):
    notebook(lambda text: text.replace("ax * by - bx * ay", "ax * by - bx * az"), extra=["y = 1", "z = 2"])
    where = grade("cross").exercises[0].checks[0].where
    assert where.place == f"exercises/{NAME}.ipynb code cell 4, line 4"
    assert where.text == "return ax * by - bx * az"


def test_so_is_a_syntax_error(grade, notebook):
    notebook(lambda text: text.replace("def cross(a: Corner, b: Corner) -> float:", "def cross(a, b) -> float"))
    checks = grade("cross").exercises[0].checks
    assert {check.outcome for check in checks} == {Outcome.SYNTAX}
    assert checks[0].where.place == f"exercises/{NAME}.ipynb code cell 2, line 1"
    assert checks[0].message.startswith("     1 | def cross")


def test_so_is_an_endless_loop(grade, notebook):
    notebook(lambda text: text.replace("    return ax * by", "    while True:\n        pass\n    return ax * by"))
    found = grade("cross").exercises[0].checks[0]
    assert found.outcome is Outcome.TIMEOUT
    assert found.where.place in {f"exercises/{NAME}.ipynb code cell 2, line {line}" for line in (4, 5)}


NONE = {
    "cut off": (b'{"cells": [{"cell_type": "co', "it is not JSON"),
    "nothing": (b"", "it is not JSON"),
    "another document": (b'{"nbformat": 3, "worksheets": []}', "it has no list of cells"),
    "a list": (b"[1, 2]", "it has no list of cells"),
    "another encoding": ('{"cells": "é"}'.encode("utf-16"), "it is not saved as UTF-8"),
    "too deep": (b"[" * 200_000, "it is not JSON"),
    "an odd source": (b'{"cells": [{"cell_type": "code", "source": 3}]}', "a code cell's source is no text"),
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_notebook(name, grade, folder):
    data, said = NONE[name]
    (folder / f"{NAME}.py").unlink()
    (folder / f"{NAME}.ipynb").write_bytes(data)
    for check in grade("cross").exercises[0].checks:
        assert check.outcome is Outcome.SYNTAX
        assert check.message.startswith(f"This notebook cannot be read: {said}")


HOSTILE = {
    "metadata": {"kernelspec": {"name": "../../bin/sh"}, "cells": [{"cell_type": "code", "source": "1 / 0"}]},
    "cells": [
        {"cell_type": "code", "source": ["def cross(a, b):\n", "    return a[0] * b[1] - b[0] * a[1]\n"]},
        {"cell_type": "code", "source": "x = '\ud800'", "outputs": [{"data": {"text/html": "<script>"}}]},
        {"cell_type": ["code"], "source": "1 / 0", "metadata": None},
        {"cell_type": "raw", "source": 7},
        None,
        17,
    ],
}


def test_metadata_and_odd_cells_do_nothing(grade, folder):
    (folder / f"{NAME}.py").unlink()
    (folder / f"{NAME}.ipynb").write_text(json.dumps(HOSTILE), "utf-8")
    assert outcomes(grade("cross")) == {"pass"}


def test_a_huge_one_is_refused_by_its_size(grade, folder):
    (folder / f"{NAME}.py").unlink()
    with (folder / f"{NAME}.ipynb").open("wb") as file:
        file.truncate((16 << 20) + 1)
    assert "is larger than 16 MB" in grade("cross").exercises[0].checks[0].message


def test_a_link_is_not_followed(grade, folder, tmp_path):
    (folder / f"{NAME}.py").rename(tmp_path / "elsewhere.py")
    (folder / f"{NAME}.ipynb").symlink_to(tmp_path / "elsewhere.py")
    assert "is a link" in grade("cross").exercises[0].checks[0].message


def test_both_kinds_are_refused_and_named(grade, folder, notebook):
    source = (folder / f"{NAME}.py").read_bytes()
    notebook()
    (folder / f"{NAME}.py").write_bytes(source)
    said = grade("cross").exercises[0].checks[0].message
    assert said == f"exercises/{NAME}.py and exercises/{NAME}.ipynb are both there. Keep the one that is to be graded."


def test_the_untouched_stub_beside_it_is_no_rival(grade, folder, notebook, session):
    notebook()
    (folder / f"{NAME}.py").write_bytes(session.course.unit(NAME).stub.read_bytes())
    assert outcomes(grade("cross")) == {"pass"}


def test_from_the_command_line(folder, notebook, session):
    notebook(lambda text: text.replace("ax * by - bx * ay", "ax * by + bx * ay"))
    shutil.copytree(folder, session.course.root / "handed-in")
    words = [sys.executable, "-m", "grader", "u01.cross", "--submission", "handed-in"]
    done = subprocess.run(words, cwd=session.course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"handed-in/{NAME}.ipynb code cell 2, line 1  in cross" in done.stdout
