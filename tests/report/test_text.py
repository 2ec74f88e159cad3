"""Text for learners: golden files of every outcome, and the rules that hold for all of them.

Words stand in one file, `text-80.txt`, at one width. Layouts are shown with other words, so that a changed sentence
leaves them alone.
"""

import re
from fractions import Fraction

import msgspec
import pytest

from grader import language
from grader.model import Cause, Location, Mismatch, Outcome
from grader.report import text, words
from grader.report.style import Style, cells

WIDTHS = (60, 80, 100)
STYLES = {
    "60 columns": Style(60),
    "100 columns": Style(100),
    "colour": Style(colour=True),
    "plain": Style(plain=True),
}
SHAPES = ("pass", "value", "error", "several")  # samples that have between them all that is laid out
LABEL = 40  # cells
FIELD = re.compile(r"\{\w+\}")
AHEAD = text.Ahead(
    exercise="u05.tanh_backward",
    where=Location(file="exercises/u05_backprop_ninja.py", line=66),
    done=5,
    total=130,
)
OURS = re.compile(r"^(PASS|TODO|BLOCKED|MISSING|FAIL|ERROR|TIMEOUT|MEMORY|CRASH|RULE|SYNTAX|FAULT|Why|Next|Progress) ")
SCALAR = Mismatch(
    label="d(a + a)/da",
    problem="value",
    yours="1",
    expected="2",
    differ=1,
    total=1,
    max_abs=1.0,
    max_rel=0.5,
    rtol=1e-7,
    atol=1e-10,
)
HEADING = re.compile(r"^(u\d\d  |\d|FAULT is)")


def rendered(report, style):
    ahead = AHEAD if report.exit_code == 0 else text.Ahead(solution=False, recorded=True)
    return text.render(report, style=style, ahead=ahead)


def test_looks_as_it_did(samples, golden):
    pages = [f"==== {sample}\n{rendered(report, Style(80))}" for sample, report in samples.SAMPLES.items()]
    golden("report/text-80.txt", "\n".join(pages))


class Filled(dict):
    """A language in which all sentences are the same words around what is filled in; labels stay."""

    def get(self, template, _):
        if template[-1] not in ".?" and len(template) <= LABEL:
            return template
        return " ".join(["In a sentence of ours these words stand for others:", *FIELD.findall(template), "and so on."])


@pytest.mark.parametrize("name", STYLES)
def test_a_layout_looks_as_it_did(name, samples, golden, monkeypatch):
    monkeypatch.setattr(language, "_chosen", "filled")
    monkeypatch.setattr(language, "catalogue", lambda _: {"phrases": Filled(), "foreign": {}})
    monkeypatch.setattr(language, "_foreign", lambda _: [])
    pages = [f"==== {sample}\n{rendered(samples.SAMPLES[sample], STYLES[name])}" for sample in SHAPES]
    golden(f"report/layout-{name.replace(' ', '-')}.txt", "\n".join(pages))


def told(page):
    """What is said below the table; of a table a narrow page shows less."""
    return page[max(0, page.find("\n\nFAIL  u")) :].split()


@pytest.mark.parametrize("width", [60, 100])
def test_at_every_width_the_same_is_said(report, width):
    assert told(rendered(report, Style(width))) == told(rendered(report, Style(80)))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_page(report, width):
    assert max(cells(line) for line in rendered(report, Style(width)).splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_column_one_holds_our_words_only(report, width):
    for line in rendered(report, Style(width)).splitlines():
        assert not line or line.startswith("  ") or OURS.match(line) or HEADING.match(line), line


def test_colour_only_adds(report):
    plain = rendered(report, Style())
    colour = rendered(report, Style(colour=True))
    assert re.sub(r"\x1b\[[\d;]*m", "", colour) == plain
    assert "\x1b" in colour


def test_our_own_words_are_ascii_and_all_fit_gbk(samples):
    for name, report in samples.SAMPLES.items():
        page = rendered(report, Style())
        if name not in ("text", "syntax_wide"):  # these two hold a learner's own characters
            assert page.isascii()
        page.replace("\ufffd", "?").encode("gbk")


def test_every_outcome_is_among_the_samples(samples):
    shown = {check.outcome for report in samples.SAMPLES.values() for e in report.exercises for check in e.checks}
    assert shown == set(Outcome)


def test_plain_has_no_empty_rows_and_no_alignment(report):
    page = rendered(report, Style(plain=True))
    assert not [line for line in page.splitlines() if not line.strip() or line.startswith(" ")]


def test_what_a_hidden_check_found_is_for_instructors(samples):
    report = samples.SAMPLES["hidden"]
    learner, instructor = text.render(report), text.render(report, hidden=True)
    assert "SECRET" not in learner
    assert "0.315328" not in learner
    assert "logits far from zero" in learner
    assert "SECRET" in instructor
    assert "0.315328" in instructor


def test_only_the_first_failure_is_shown_in_full(samples):
    page = text.render(samples.SAMPLES["several"])
    assert page.count("  Asked") == 1
    assert "; 2 more are told once it passes." in page


def test_the_check_that_is_shown_gives_the_word(samples):
    report = samples.SAMPLES["value"]
    (exercise,) = report.exercises
    later = samples.exercise(outcome=Outcome.FAIL, late=[Outcome.CRASH])
    assert later.outcome is Outcome.CRASH
    assert text.render(samples.report(later)).startswith("FAIL ")
    assert text.line(exercise).startswith("FAIL ")


def test_an_exercise_without_checks_is_a_fault(samples):
    empty = msgspec.structs.replace(samples.exercise(), checks=())
    assert text.render(samples.report(empty)).startswith("FAULT ")
    assert text.line(empty).startswith("FAULT ")
    assert "FAULT    u05.cross_entropy_backward" in text.render(samples.report(empty, samples.exercise("u05.softmax")))


def test_checks_are_all_accounted_for(samples):
    late = [Outcome.FAIL, Outcome.TODO, Outcome.BLOCKED]
    page = text.render(samples.report(samples.exercise(outcome=Outcome.ERROR, number=3, late=late)))
    said = "3 checks pass, this one fails, 1 is not written yet, 1 waits for another exercise; 1 more is told once it "
    assert f"{said}passes." in " ".join(page.split())


def test_output_is_marked_and_its_rest_counted(samples):
    exercise = samples.exercise(outcome=Outcome.FAIL, output="PASS  u05.softmax\n" * 5, output_bytes=2_500_000)
    page = text.render(samples.report(exercise))
    assert "  Printed  2,500,000 bytes, the last 3:\n  | PASS  u05.softmax\n" in page


def test_long_answers_are_shown_where_they_part(samples):
    same = "a" * 5000
    mismatch = Mismatch(label="text", problem="value", yours=same + "X", expected=same + "Y")
    page = text.render(samples.report(samples.exercise(outcome=Outcome.FAIL, mismatch=mismatch)))
    assert "Alike    the first 5,000 characters; shown from character 4,981" in page
    assert "aX\n" in page
    assert "aY\n" in page


def test_a_message_of_many_lines_is_counted(samples):
    exercise = samples.exercise(outcome=Outcome.FAIL, message="\n".join(f"line {number}" for number in range(40)))
    page = text.render(samples.report(exercise))
    assert "  line 11\n  ... and 28 more lines\n" in page


def test_long_names_cost_the_table_its_lines_first(samples):
    exercises = [samples.exercise(f"u05.{'name' * 7}{number}", outcome=Outcome.FAIL) for number in range(2)]
    page = text.render(samples.report(*exercises), style=Style(60))
    assert f"FAIL     u05.{'name' * 7}0  6.86 of 8\n" in page


def test_progress_is_spoken_of_only_where_it_is_recorded(samples):
    for name in ("syntax", "missing_file", "crash", "fault"):
        recorded = text.Ahead(solution=False, recorded=True)
        assert "rogress" in text.render(samples.SAMPLES[name], ahead=recorded)
        assert "rogress" not in text.render(samples.SAMPLES[name])


def test_how_far_off_is_said_only_where_that_is_near(samples):
    def page(**facts):
        mismatch = msgspec.structs.replace(SCALAR, **facts)
        return text.render(samples.report(samples.exercise(outcome=Outcome.FAIL, mismatch=mismatch)))

    assert "Off by" not in page()
    assert "Off by   absolute 2e-06   relative 1e-06" in page(max_abs=2e-6, max_rel=1e-6)
    assert "Allowed  1e-07 of the expected value, plus 1e-10" in page(max_abs=2e-6, max_rel=1e-6)
    assert "Off by   absolute 1e-09\n" in page(max_abs=1e-9, max_rel=float("inf"))  # where 0 is expected
    assert "Allowed" not in page(max_abs=1.0, max_rel=1 / 256, rtol=0.0, atol=0.0)
    assert "Allowed  no difference" in page(max_abs=1e-16, max_rel=1e-16, rtol=0.0, atol=0.0)


def test_an_exercise_without_points_says_nothing_of_points(samples):
    assert "point" not in text.render(samples.report(samples.exercise(points=0)))
    assert "point" not in text.render(samples.report(samples.exercise(points=0, outcome=Outcome.FAIL)))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_line_for_the_watcher_is_one_row(report, width):
    for exercise in report.exercises:
        row = text.line(exercise, Style(width))
        assert "\n" not in row
        assert cells(row) <= width
        assert OURS.match(row)


def test_a_line_says_the_cause_where_it_fits(samples):
    assert "N times" not in text.line(samples.VALUE, Style(60))
    short = samples.exercise("u05.ce", outcome=Outcome.FAIL, cause=Cause(says="The 1/N is missing."))
    assert text.line(short) == "FAIL  u05.ce   check 4 of 7   The 1/N is missing."


@pytest.mark.parametrize(
    ("earned", "said"),
    [("8", "8"), ("0", "0"), ("32/7", "4.57"), ("1/2", "0.5"), ("7999/1000", "7.999"), ("1/30000", "0.00003")],
)
def test_points_look_whole_only_where_they_are(earned, said):
    assert words.share(Fraction(earned)) == said


def test_numbers_that_differ_look_different():
    assert words.apart(0.48192, 1e-7, 2) == ("0.48", "1e-07")
    assert words.apart(1.0000001e-7, 1e-7, 2) == ("1.0000001e-07", "1e-07")
    assert words.apart(1e-7, 1e-7, 2) == ("1e-07", "1e-07")
