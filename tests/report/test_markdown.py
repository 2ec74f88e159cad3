"""Markdown for pull requests: the table holds, and nothing that a learner wrote acts."""

import re

import msgspec

from grader.model import Location, Outcome
from grader.report import markdown, render

FENCE = re.compile(r"^(`{3,})text\n(.*?)^\1$", re.DOTALL | re.MULTILINE)


def test_looks_as_it_did(samples, golden):
    golden("report/course.md", render("markdown", samples.SAMPLES["course"]))


def test_every_row_has_four_cells(report):
    rows = [line for line in FENCE.sub("", render("markdown", report)).splitlines() if line.startswith("|")]
    assert {row.count("|") for row in rows} <= {5}
    wanted = sum(1 if unit.missing else len(unit.exercises) for unit in report.units)
    assert len(rows) == (wanted + 2 if wanted else 0)


def test_a_learner_cannot_close_the_block(samples):
    hostile = "```\n</details>\n@everyone <script>\n````\n"
    exercise = samples.exercise(outcome=Outcome.FAIL, message=hostile, output=hostile, output_bytes=len(hostile))
    page = render("markdown", samples.report(exercise))
    outside = FENCE.sub("", page)
    assert "everyone" not in outside
    assert "script" not in outside
    assert page.count("`````") == 2


def test_names_from_outside_are_spelled_out(samples):
    name = "a|b`<b>@dean_*x*[y](https://www.example.org)"
    where = Location(file=name, line=1)
    report = samples.report(samples.exercise(outcome=Outcome.RULE, at=where, message="no"), title=name, file=name)
    outside = FENCE.sub("", render("markdown", msgspec.structs.replace(report, course=name)))
    assert "@dean" not in outside
    assert "<b>" not in outside
    assert "://" not in outside
    assert "`" not in outside
    assert "&#64;&#8203;dean" in outside


def test_snake_case_stays_readable(samples):
    assert "<code>u05.cross_entropy_backward</code>" in render("markdown", samples.SAMPLES["value"])


def test_a_file_that_cannot_be_read_is_told_once(samples):
    assert render("markdown", samples.SAMPLES["syntax"]).count("<details>") == 1


def test_what_is_too_long_is_counted(samples):
    exercises = [samples.exercise(f"u05.e{number}", outcome=Outcome.FAIL, message="m" * 300) for number in range(200)]
    page = render("markdown", samples.report(*exercises))
    assert len(page) <= markdown.LIMIT
    shown = page.count("<details>")
    assert f"Not shown here, to keep this short: {200 - shown} more failures." in page


def test_hidden_details_are_withheld(samples):
    assert "SECRET" not in render("markdown", samples.SAMPLES["hidden"])
    assert "SECRET" in render("markdown", samples.SAMPLES["hidden"], hidden=True)
