"""The magics in a real kernel: what is graded, and that nothing a learner writes ends the kernel."""

import os

import nbformat
import pytest

pytest.importorskip("ipykernel")
nbclient = pytest.importorskip("nbclient")

RIGHT = "def cross(a, b):\n    return a[0] * b[1] - b[0] * a[1]"
WRONG = RIGHT.replace("-", "+")
LOAD = "%load_ext grader.notebook"
ALIVE = "print(6 * 7)"


@pytest.fixture
def run(tiny, monkeypatch):
    """Run cells in a kernel that stands in the exercises; returns a list of what each has shown, (text, HTML)."""
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tiny / ".ipython"))
    monkeypatch.setenv("GRADE_RESIDENT", os.environ.get("GRADE_RESIDENT", "off"))

    def made(*cells):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in (LOAD, *cells)])
        where = {"metadata": {"path": str(tiny / "exercises")}}
        nbclient.NotebookClient(notebook, timeout=120, allow_errors=True, resources=where).execute()
        return [shown(cell.outputs) for cell in notebook.cells[1:]]

    return made


def shown(outputs):
    text = "".join(
        output.data["text/plain"] if "data" in output else output.get("text", output.get("evalue", ""))
        for output in outputs
    )
    return text, "".join(output.data.get("text/html", "") for output in outputs if "data" in output)


@pytest.mark.filterwarnings("ignore")
def test_what_was_run_is_graded_on_top_of_the_saved_notebook(run, grade):
    grade("notebook", "u01")
    todo, _, wrong, _, _, right, status, alive = run(
        "%grade u01.cross",
        WRONG,
        "%grade u01.cross",
        "def cross(:",
        "for i in range(3):\n    print(i)",
        f"{RIGHT}\n%grade cross",
        "%status",
        ALIVE,
    )
    assert todo[0].startswith("TODO  u01.cross")
    assert wrong[0].startswith("FAIL  u01.cross")
    assert "In [3], line 1  in cross" in wrong[0]
    assert "the cells that you ran" in wrong[0]
    assert right[0].startswith("PASS  u01.cross")
    assert "Next  u01.cross" not in right[0]
    assert "u01" in status[0]
    assert alive[0] == "42\n"


@pytest.mark.filterwarnings("ignore")
def test_no_answer_ends_the_kernel_and_all_is_escaped(run, grade):
    grade("notebook", "u01")
    ended, loop, hostile, unknown, nameless, alive = run(
        "%%grade u01.cross --timeout 1\ndef cross(a, b):\n    import os\n    os._exit(3)",
        "%%grade u01.cross --timeout 0.3\ndef cross(a, b):\n    while True:\n        pass",
        "%%grade u01.cross\ndef cross(a, b):\n    return '<script>alert(1)</script>'",
        "%grade u01.nothing",
        "%%grade\nx = 1",
        ALIVE,
    )
    assert "exit code 3" in ended[0]
    assert loop[0].startswith("TIMEOUT  u01.cross")
    assert "<script>" in hostile[0]
    assert "&lt;script&gt;" in hostile[1]
    assert "<script>" not in hostile[1]
    assert "grade list" in unknown[0] or "Did you mean" in unknown[0]
    assert "Name the exercise" in nameless[0]
    assert alive[0] == "42\n"


@pytest.mark.filterwarnings("ignore")
def test_beside_a_module_cells_are_tries(run, tiny):
    before = (tiny / "exercises/u01_area.py").read_bytes()
    _, saved, cell, status = run(RIGHT, "%grade u01.cross", f"%%grade u01.cross\n{RIGHT}", "%status")
    assert saved[0].startswith("TODO  u01.cross")
    assert "exercises/u01_area.py" in " ".join(saved[0].split()) or "u01_area.py as it is saved" in saved[0]
    assert cell[0].startswith("PASS  u01.cross")
    assert "Nothing was recorded" in " ".join(cell[0].split())
    assert "Progress  0 of" in status[0]
    assert (tiny / "exercises/u01_area.py").read_bytes() == before
