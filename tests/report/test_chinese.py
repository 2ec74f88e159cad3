"""Verdicts in Chinese: golden files, columns counted in cells, and rows broken where Chinese may be broken."""

import pytest

from grader.model import Location
from grader.report import text
from grader.report.style import CLOSING, OPENING, Style, cells, padded, wrap

WIDTHS = (60, 80, 100)
SENTENCE = (
    "\u4f60\u7684\u68af\u5ea6\u6070\u597d\u5927\u4e86 N \u500d\uff1a\u635f\u5931\u5bf9 N \u884c\u53d6\u5e73\u5747"
    "\uff08mean\uff09\uff0c\u68af\u5ea6\u91cc\u7f3a\u5c11 1/N\u3002\u8bf7\u770b u05.cross_entropy_backward\u3002"
)
AHEAD = text.Ahead(
    exercise="u05.tanh_backward", where=Location(file="exercises/u05_backprop_ninja.py", line=66), done=5, total=130
)


def rendered(report, style):
    return text.render(report, style=style, ahead=AHEAD if report.exit_code == 0 else None)


@pytest.mark.usefixtures("chinese")
def test_looks_as_it_did(samples, golden):
    pages = [f"==== {name}\n{rendered(report, Style(80))}" for name, report in samples.SAMPLES.items()]
    golden("report/text-zh-80.txt", "\n".join(pages))


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("width", [60, 100])
def test_at_every_width_the_same_is_said(report, width):
    """Below the table; of a table a narrow page shows less."""
    narrow, usual = (rendered(report, Style(one)) for one in (width, 80))
    said = [page[max(0, page.find("\n\nFAIL  u")) :] for page in (narrow, usual)]
    assert "".join(said[0].split()) == "".join(said[1].split())


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_page(report, width):
    assert max(cells(line) for line in rendered(report, Style(width)).splitlines()) <= width


@pytest.mark.usefixtures("chinese")
def test_plain_has_no_empty_rows_and_no_alignment(report):
    page = rendered(report, Style(plain=True))
    assert not [line for line in page.splitlines() if not line.strip() or line.startswith(" ")]


@pytest.mark.usefixtures("chinese")
def test_everything_fits_gbk(samples):
    for report in samples.SAMPLES.values():
        rendered(report, Style()).replace("\ufffd", "?").encode("gbk")


@pytest.mark.parametrize("room", range(28, 70))
def test_a_row_is_broken_where_chinese_may_be_broken(room):
    rows = wrap(SENTENCE, room)
    assert all(cells(row) <= room for row in rows)
    assert not [row for row in rows if row[0] in CLOSING or row[-1] in OPENING]
    assert "".join(rows).replace(" ", "") == SENTENCE.replace(" ", "")


def test_a_word_that_should_stay_whole_stays_whole():
    path = "/a/very/long/path/to/a/file/that/somebody/wants/to/copy.py"
    assert path in wrap(f"\u65e0\u6cd5\u8bfb\u53d6 {path}\u3002", 20, whole=True)[1]
    assert wrap(path, 20) == [path[:20], path[20:40], path[40:]]


def test_columns_are_counted_in_cells():
    assert padded("\u5f62\u72b6", 9) == "\u5f62\u72b6     "
