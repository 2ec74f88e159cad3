"""`docs/architecture.md` names files and functions that are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "grader"
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SHORT = ("", "worker")  # `guest/load` is `worker/guest/load`
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
PATHS = [one for one in CODE if re.fullmatch(r"(?!tests|docs|checks)[a-z_]+(/[a-z_*]+)+(\.\w+)*/?", one)]


def files(path):
    """Return the files or folders that a path of the page may be, with or without its ending."""
    found = [one for short in SHORT for one in (ENGINE / short).glob(path.rstrip("/"))]
    return found or [one for short in SHORT for one in (ENGINE / short).glob(f"{path}.py")]


def defined(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef))


def test_the_page_has_paths_to_look_at():
    assert len(PATHS) > 50


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_a_path_and_what_it_names_is_there(path):
    if files(path):
        return
    file, _, name = path.partition(".")
    assert files(file), f"no file of the engine is {path}"
    assert name in set(defined(files(file)[0])), f"{file}.py has no {name}"


def test_every_room_is_in_the_picture():
    picture = TEXT.partition("```")[2].partition("```")[0]
    rooms = [path.name for path in ENGINE.iterdir() if (path / "__init__.py").exists()]
    rooms += [path.name for path in (ENGINE / "worker").iterdir() if (path / "__init__.py").exists()]
    rooms += [path.stem for path in ENGINE.glob("*.py") if path.stem not in ("__init__", "pytest_entry")]
    missing = [room for room in rooms if not re.search(rf"\b{room}\b", picture)]
    assert not missing
