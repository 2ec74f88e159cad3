"""The JSON document and its schema."""

import json
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from grader.model import Mismatch, Outcome
from grader.report import json as report_json
from grader.report import render

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"


def document(report, **options):
    return json.loads(render("json", report, **options))


def test_the_published_schema_is_fresh(request):
    if request.config.getoption("--update-goldens"):
        SCHEMA.parent.mkdir(exist_ok=True)
        SCHEMA.write_bytes(report_json.schema().encode())
    assert SCHEMA.read_text(encoding="utf-8") == report_json.schema()


@pytest.mark.parametrize("hidden", [False, True])
def test_every_report_is_valid(report, hidden):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document(report, hidden=hidden), schema)


def test_looks_as_it_did(samples, golden):
    golden("report/value.json", render("json", samples.SAMPLES["value"]))


def test_points_are_exact(samples):
    found = document(samples.SAMPLES["several"])
    assert found["earned"] == {"exact": "18", "value": 18.0}
    earned = [Fraction(each["earned"]["exact"]) for unit in found["units"] for each in unit["exercises"]]
    assert earned == [6, 4, Fraction(32, 7), Fraction(24, 7), 0, 0]


def test_numbers_that_json_lacks_are_words(samples):
    mismatch = Mismatch(
        label="loss", problem="value", yours="nan", expected="1", max_abs=float("inf"), max_rel=float("nan")
    )
    found = document(samples.report(samples.exercise(outcome=Outcome.FAIL, mismatch=mismatch)))
    difference = found["units"][0]["exercises"][0]["checks"][3]["difference"]
    assert difference["max_abs"] == "inf"
    assert difference["max_rel"] == "nan"


def test_hidden_details_are_withheld(samples):
    report = samples.SAMPLES["hidden"]
    assert "SECRET" not in render("json", report)
    last = document(report)["units"][0]["exercises"][0]["checks"][-1]
    assert last["withheld"]
    assert last["hidden"]
    assert "SECRET" in render("json", report, hidden=True)


def test_nothing_graded_is_no_pass(samples):
    found = document(samples.SAMPLES["nothing"])
    assert (found["outcome"], found["exit"]) == ("fault", 4)


def test_two_runs_differ_in_seconds_only(report):
    assert render("json", report) == render("json", report)
