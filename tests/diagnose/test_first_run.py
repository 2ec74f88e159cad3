"""The first report on a machine, with nothing kept from earlier runs, is the third one, word for word."""

import shutil
from pathlib import Path

import msgspec
import pytest

from grader.course.course import Course
from grader.session import Session

COURSE = Course.find(Path(__file__))


PROGRAMS = {
    "u05.mlp_backward": """
_kept, _right = {}, mlp_backward


def mlp_backward(params, Xb, Yb):
    return _kept.setdefault(Xb.shape, _right(params, Xb, Yb))
""",
    "u08.scaled_dot_product_attention": """
_right = scaled_dot_product_attention


def scaled_dot_product_attention(q, k, v, mask=None, is_causal=False, dropout=None):
    return _right(q, k, v, mask, False, dropout)
""",
}


def told(report):
    """Return a report as plain data, without the seconds that checks took."""

    def bare(value):
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items() if key != "seconds"}
        return [bare(item) for item in value] if isinstance(value, list) else value

    return bare(msgspec.json.decode(msgspec.json.encode(report)))


@pytest.fixture(scope="module")
def unused(tmp_path_factory):
    """A copy of the course as it is cloned."""
    root = tmp_path_factory.mktemp("clone")
    for folder in ("grader/checks", "solutions", "exercises"):
        shutil.copytree(COURSE.root / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(COURSE.root / "pyproject.toml", root)
    return Course.find(root)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_first_report_is_the_third(unused, tmp_path, name):
    exercise = next(exercise for exercise in unused.exercises if exercise.id == name)
    unit = unused.unit(exercise.unit)
    (tmp_path / f"{unit.name}.py").write_text(f"{unit.solution.read_text('utf-8')}\n{PROGRAMS[name]}", "utf-8")
    reports = []
    for _ in range(3):
        with Session(unused) as session:
            reports.append(session.grade([exercise], submission=tmp_path))
    assert any(check.cause for check in reports[0].exercises[0].checks)
    assert told(reports[0]) == told(reports[2])
