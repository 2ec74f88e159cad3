"""What a learner reads beside the verdicts: golden files of the other pages, in both languages."""

import re

import pytest

from grader.cli.show import Paragraph, paragraphs

PAGES = (["list"], ["status"], ["show", "u01.scale"])
EVERY = ["u01.scale", "-v"]
SECONDS = re.compile(r"\d+\.\d\d s|under 0\.01 s|\d+\.\d\d \u79d2|\u4e0d\u5230 0\.01 \u79d2")
DOC = """
Return what is known:
    name   as given
    exact  every entry is equal, and so are the shapes of the two of them; a nan is equal
           to nothing
    Both are open where the shapes differ, as they may where nothing was broadcast, or
    where there are none.
"""


@pytest.fixture
def worked(here, hand_in, tiny):
    """Unit 1 wrong and edited since, unit 2 right and changed since; both graded."""
    hand_in("wrong", "u01")
    hand_in("right", "u02")
    here("--all", "-q")
    for name, old, new in (
        ("u01_area", "return Polygon", "return 1 and Polygon"),
        ("u02_mean", "return ", "return 0 or "),
    ):
        path = tiny / "exercises" / f"{name}.py"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize("code", ["en", "zh"])
def test_pages_look_as_they_did(grade, golden, code):
    pages = [f"$ grade {' '.join(words)}\n{grade('--lang', code, *words, COLUMNS='80').stdout}" for words in PAGES]
    pages.append(f"$ grade {' '.join(EVERY)}\n...\n{grade('--lang', code, *EVERY).stdout.rpartition(chr(10) * 2)[2]}")
    end = "" if code == "en" else f".{code}"
    golden(f"cli/pages{end}.txt", SECONDS.sub("0.00 s", "\n".join(pages)))


@pytest.mark.usefixtures("worked")
@pytest.mark.parametrize("width", ["60", "80"])
@pytest.mark.parametrize("words", [["list"], ["status"], ["show", "u01.scale"], ["u01.scale", "-v"]])
def test_nothing_is_cut(grade, words, width):
    page = grade(*words, COLUMNS=width).stdout
    assert "characters)" not in page
    assert max(map(len, page.splitlines())) <= int(width)


@pytest.mark.usefixtures("worked")
def test_numbers_of_checks_agree(grade):
    (number, total) = re.search(r"check (\d+) of (\d+)", grade("u01.scale").stdout).groups()
    assert f"check {number} of {total}" in grade("list").stdout
    assert f"{total} checks" in grade("show", "u01.scale").stdout
    every = grade("u01.scale", "-v").stdout
    assert re.search(rf"^ *{number}  fail ", every, re.MULTILINE)
    assert re.search(rf"^ *{total}  ", every, re.MULTILINE)


def test_columns_made_by_hand_stay_columns():
    assert [one for one in paragraphs(DOC) if one.text] == [
        Paragraph(0, "Return what is known:"),
        Paragraph(4, "as given", "name   "),
        Paragraph(
            4, "every entry is equal, and so are the shapes of the two of them; a nan is equal to nothing", "exact  "
        ),
        Paragraph(
            4,
            "Both are open where the shapes differ, as they may where nothing was broadcast, or where there are none.",
        ),
    ]
