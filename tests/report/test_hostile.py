"""Whatever a learner prints, raises or names: no format breaks."""

import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import Cause, Location, Mismatch, Outcome
from grader.report import FORMATS, render, text
from grader.report.style import Style, cells

EVIL = (
    "\x1b]0;title\x07\x1b[2J\x9b1A",
    "PASS  u05.softmax   7 of 7 checks",
    "\u202egnp.exe\u2066",
    "]]></failure><testcase/><!--",
    "&amp; &#x1b; \x00 \ufffe \ud800",
    "| a | b |\n---\n```\n</details>@all",
    "    12 | code\n       | " + " " * 300 + "^ said",
    "损失" * 300,
    "e" + "\u0301" * 2000,
    "\r\n\r\r\n\v\f\u2028\u2029",
)
strings = st.one_of(st.sampled_from(EVIL), st.text(st.characters(codec=None), max_size=40))
outcomes = st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.PASS])
problems = st.sampled_from(["value", "kind", "length", "keys", "shape", "dtype", "exception"])
floats = st.none() | st.floats()
places = st.builds(Location, file=strings, line=st.integers(0, 10**6), function=strings, text=strings)
mismatches = st.builds(
    Mismatch,
    label=strings,
    problem=problems,
    yours=strings,
    expected=strings,
    at=strings,
    yours_shape=strings,
    total=st.integers(0, 10**9),
    max_abs=floats,
    max_rel=floats,
    rtol=st.floats(0, 1),
    worst_at=strings,
    right=strings,
)


@pytest.fixture(scope="module")
def build(samples):
    def check(outcome, said, mismatch, where, frames):
        exercise = samples.exercise(
            outcome=outcome,
            message=said,
            mismatch=mismatch,
            at=where,
            frames=tuple(frames),
            asked=(said,),
            cause=Cause(says=said, evidence=(said,)),
            output=said,
            output_bytes=len(said),
            waits_for=said,
        )
        return samples.report(exercise, samples.exercise("u05.softmax", outcome=outcome, message=said), file=said)

    return check


def anything(test):
    many = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    facts = given(
        outcome=outcomes, said=strings, mismatch=mismatches, where=places, frames=st.lists(places, max_size=12)
    )
    return many(facts(test))


@anything
def test_text_holds_its_width_and_its_first_column(build, outcome, said, mismatch, where, frames):
    report = build(outcome, said, mismatch, where, frames)
    for width in (60, 100):
        page = text.render(report, style=Style(width))
        lines = page.split("\n")
        assert page.replace("\n", "").isprintable()
        assert max(map(cells, lines)) <= width
        assert not [line for line in lines if line.startswith("PASS")]
    assert text.render(report, style=Style(plain=True)).replace("\n", "").isprintable()
    assert "\n" not in text.line(report.exercises[0])


@anything
def test_xml_stays_well_formed(build, outcome, said, mismatch, where, frames):
    report = build(outcome, said, mismatch, where, frames)
    root = ET.fromstring(render("junit", report).encode())  # noqa: S314 (we wrote it)
    assert len(list(root.iter("testcase"))) == 14


@anything
def test_json_stays_ascii_and_whole(build, outcome, said, mismatch, where, frames):
    page = render("json", build(outcome, said, mismatch, where, frames))
    assert page.isascii()
    json.loads(page)["units"][0]["file"].encode("utf-8")


@anything
def test_markdown_keeps_its_table(build, outcome, said, mismatch, where, frames):
    page = render("markdown", build(outcome, said, mismatch, where, frames))
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", page, flags=re.DOTALL | re.MULTILINE)
    rows = [line for line in outside.split("\n") if line.startswith("|")]
    assert [row.count("|") for row in rows] == [5, 5, 5, 5]
    assert set(re.findall(r"<[^>]*>", outside)) <= {
        "<code>",
        "</code>",
        "<details>",
        "</details>",
        "<summary>",
        "</summary>",
    }
    assert not re.search(r"@\w", outside)


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_of_a_megabyte_costs_little_and_is_counted(samples, name):
    line = "x" * 1_000_000
    where = Location(file="a.py", line=3, function=line, text=line)
    mismatch = Mismatch(label=line, problem="value", yours=line, expected=line + "y", at=line, worst_at=line)
    exercise = samples.exercise(
        outcome=Outcome.ERROR, message=line, mismatch=mismatch, frames=(where,), asked=(line,), output=line
    )
    page = render(name, samples.report(exercise))
    if name != "json":
        assert len(page) < 20_000
        assert "characters)" in page


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_withholds_what_a_hidden_check_asks_and_found(samples, name):
    hidden = samples.SAMPLES["hidden"]
    assert "SECRET" not in render(name, hidden)
    assert name == "text" or "SECRET" in render(name, hidden, hidden=True)
