"""Reports of real runs, on the tiny course: every format takes them, and the JSON document keeps to its schema."""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from grader.course.course import Course
from grader.report import FORMATS, render
from grader.report import json as report_json
from grader.session import Session

TINY = Path(__file__).parents[1] / "tiny"


@pytest.fixture(scope="module")
def reports():
    with Session(Course.find(TINY)) as session:
        yield [session.grade(submission=TINY / "submissions" / name) for name in ("right", "wrong", "unparsable")]


def test_real_reports_keep_to_the_schema(reports):
    schema = json.loads(report_json.schema())
    for report in reports:
        jsonschema.validate(json.loads(render("json", report)), schema)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_them(reports, name):
    right, wrong, unparsable = (render(name, report) for report in reports)
    assert len({right, wrong, unparsable}) == 3
    assert bool(right) == (name != "problems")  # what is right is no problem
    for page in filter(None, (right, wrong, unparsable)):
        assert page.endswith("\n")
        assert not page.endswith("\n\n")


MACHINE = ("json", "junit", "markdown")


@pytest.mark.parametrize("name", MACHINE)
@pytest.mark.parametrize("kind", ["a folder", "an archive", "a file that is missing"])
def test_no_path_of_this_machine_is_in_a_report_for_others(tmp_path, name, kind):
    folder = Path(shutil.copytree(TINY / "submissions" / "wrong", tmp_path / "ada"))
    if kind == "a file that is missing":
        (folder / "u02_mean.py").unlink()
    if kind == "an archive":
        folder = Path(shutil.make_archive(str(tmp_path / "ada"), "zip", folder))
    with Session(Course.find(TINY)) as session:
        page = render(name, session.grade(submission=folder))
    assert str(tmp_path) not in page
    assert "u01_area.py" in page
    assert folder.name in page or name == "markdown"


def test_files_are_named_from_the_submission_on(monkeypatch):
    monkeypatch.chdir(TINY)
    with Session(Course.find(TINY)) as session:
        report = session.grade(submission=Path("submissions/unparsable"))
        own = session.grade()
    document = json.loads(render("json", report))
    assert (document["submission"], document["units"][0]["file"]) == ("unparsable", "u01_area.py")
    assert json.loads(render("json", own))["units"][0]["file"] == "exercises/u01_area.py"


def test_the_courses_own_folder_keeps_its_name_wherever_the_command_stands(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with Session(Course.find(TINY)) as session:
        report = json.loads(render("json", session.grade()))
    assert (report["submission"], report["units"][0]["file"]) == ("exercises", "exercises/u01_area.py")
