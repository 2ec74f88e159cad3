"""JUnit XML: what GitLab and Jenkins read out of it."""

import xml.etree.ElementTree as ET
from collections import Counter

import msgspec
import pytest

from grader.model import Outcome
from grader.report import render


def tree(report, **options):
    return ET.fromstring(render("junit", report, **options))  # noqa: S314 (we wrote it)


def test_looks_as_it_did(samples, golden):
    golden("report/several.xml", render("junit", samples.SAMPLES["several"]))


def test_counts_agree_with_the_cases(report):
    root = tree(report)
    for element in (root, *root.findall("testsuite")):
        cases = list(element.iter("testcase"))
        inside = Counter(child.tag for case in cases for child in case)
        assert int(element.get("tests")) == len(cases)
        assert int(element.get("failures")) == inside["failure"]
        assert int(element.get("errors")) == inside["error"]
        assert int(element.get("skipped")) == inside["skipped"]


def test_names_are_unique(report):
    names = [(case.get("classname"), case.get("name")) for case in tree(report).iter("testcase")]
    assert len(set(names)) == len(names)


def test_checks_of_one_title_are_told_apart(samples):
    exercise = samples.exercise()
    twins = [msgspec.structs.replace(check, title="twin") for check in exercise.checks]
    report = samples.report(msgspec.structs.replace(exercise, checks=tuple(twins)))
    assert "twin (test_1)" in render("junit", report)


@pytest.mark.parametrize(
    ("outcome", "tag"),
    [
        (Outcome.FAIL, "failure"),
        (Outcome.RULE, "failure"),
        (Outcome.ERROR, "error"),
        (Outcome.TIMEOUT, "error"),
        (Outcome.SYNTAX, "error"),
        (Outcome.FAULT, "error"),
        (Outcome.TODO, "skipped"),
        (Outcome.BLOCKED, "skipped"),
    ],
)
def test_outcomes_become_the_three_words_of_junit(samples, outcome, tag):
    case = list(tree(samples.report(samples.exercise(outcome=outcome, message="why"))).iter("testcase"))[3]
    assert [child.tag for child in case] == [tag]


def test_points_stand_in_properties(samples):
    found = {each.get("name"): each.get("value") for each in tree(samples.SAMPLES["several"]).iter("property")}
    assert found["points"] == "43"
    assert found["earned"] == "18"
    assert found["earned.u05.cross_entropy_backward"] == "4.57"


def test_nothing_graded_is_an_error(samples):
    empty = samples.report(msgspec.structs.replace(samples.exercise(), checks=()))
    assert tree(samples.SAMPLES["nothing"]).get("errors") == "1"
    assert tree(empty).get("errors") == "1"


def test_hidden_details_are_withheld(samples):
    assert "SECRET" not in render("junit", samples.SAMPLES["hidden"])
    assert "SECRET" in render("junit", samples.SAMPLES["hidden"], hidden=True)
