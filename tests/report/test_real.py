"""Reports of real runs, on the tiny course: every format takes them, and the JSON document keeps to its schema."""

import json
from pathlib import Path

import jsonschema
import pytest

from grader.course import Course
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
    for page in (right, wrong, unparsable):
        assert page.endswith("\n")
        assert not page.endswith("\n\n")
