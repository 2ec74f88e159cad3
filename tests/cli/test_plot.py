"""`grade plot`: what can be drawn is listed, drawn from the learner's own code, and what cannot be is told."""

import re
from importlib.util import find_spec

import pytest

RIGHT = """import numpy as np


def column_means(table):
    return table.sum(axis=0) / table.shape[0]


def center(table):
    return table
"""
drawn = pytest.mark.skipif(not (find_spec("matplotlib") and find_spec("igraph")), reason="pictures need [plots]")


@pytest.fixture
def learned(tiny):
    """Write a learner's file of unit 2."""
    (tiny / "numbers.txt").write_text("1.0 2.0 -1.0\n", "utf-8")

    def write(source=RIGHT):
        (tiny / "exercises" / "u02_mean.py").write_text(source, "utf-8")

    return write


def test_without_a_name_it_lists_what_there_is(here, golden):
    golden("cli/plot-list.txt", here("plot", COLUMNS="80").stdout)
    golden("cli/plot-list.zh.txt", here("plot", "--lang", "zh", COLUMNS="80").stdout)
    assert here("plot", "u02").stdout.count("u02.") == 4


def test_in_characters(here, learned, golden):
    learned()
    golden("cli/plot-means.txt", here("plot", "means", "--ascii", COLUMNS="80").stdout)
    golden("cli/plot-kinds.txt", here("plot", "u02.kinds", "--ascii", COLUMNS="80").stdout)
    golden("cli/plot-means.zh.txt", here("plot", "means", "--ascii", "--lang", "zh", COLUMNS="80").stdout)
    assert "n|e|w" in here("plot", "kinds", "--ascii", "--on", "new").stdout


def test_of_a_run_it_shows_what_was_learned(here, learned, golden):
    learned()
    before = here("plot", "walk", "--ascii")
    assert (before.returncode, before.stdout) == (2, "")
    assert "Train first:  grade run u02" in " ".join(before.stderr.split()).replace("first: ", "first:  ")
    here("run", "u02", "--text", "numbers.txt")
    golden("cli/plot-loss.txt", here("plot", "u02.loss", "--ascii", COLUMNS="80").stdout)
    assert "axis 2" in here("plot", "walk", "--ascii", "--text", "numbers.txt").stdout
    assert "a text of your own" in here("plot", "walk", "--ascii").stderr


@drawn
def test_pictures_are_the_same_each_time(here, learned, tiny):
    learned()
    for end in ("svg", "png"):
        for name in (f"one.{end}", f"two.{end}"):
            assert here("plot", "kinds", "--out", name).stdout == f"Written: {name}\n"
        assert (tiny / f"one.{end}").read_bytes() == (tiny / f"two.{end}").read_bytes()
        here("plot", "kinds", "--out", f"dark.{end}", "--dark")
        assert (tiny / f"dark.{end}").read_bytes() != (tiny / f"one.{end}").read_bytes()
    text = (tiny / "one.svg").read_text("utf-8")
    assert not re.search(r"<dc:date|20\d\d-", text)
    here("plot", "means")
    assert (tiny / "plots" / "u02-means.png").exists()
    ran = here("run", "u02", "--text", "numbers.txt", "--plot", "curve.svg")
    assert ran.stdout.endswith("Written: curve.svg\n")
    assert (tiny / "curve.svg").exists()


@drawn
def test_without_a_font_a_chinese_picture_is_in_english(here, learned, tiny, monkeypatch):
    learned()
    monkeypatch.setattr("grader.plotting.look.wide_font", lambda: ())
    ran = here("plot", "means", "--out", "zh.svg", "--lang", "zh")
    assert ran.returncode == 0
    assert "英文" in ran.stderr
    here("plot", "means", "--out", "en.svg")
    assert (tiny / "zh.svg").read_bytes() == (tiny / "en.svg").read_bytes()


def test_without_matplotlib_one_sentence_says_what_to_install(here, learned, monkeypatch):
    learned()
    found = find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "matplotlib" else found(name))
    for words in (["plot", "means"], ["run", "u02", "--text", "numbers.txt", "--plot", "curve.png"]):
        ran = here(*words)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert 'pip install "chainrule[plots]"' in " ".join(ran.stderr.split())
    assert here("plot", "means", "--ascii").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["meens"], 'No plot "meens". Did you mean u02.means?'),
        (["entirely-else"], 'No plot "entirely-else". grade plot lists those that there are.'),
        (["loss"], "2 plots are called loss: u01.loss, u02.loss. Which one?"),
        (["means", "--out", "means.pdf"], "means.pdf is no name of a picture: it ends in .png or .svg."),
        (["means", "--ascii", "--out", "m.png"], "--ascii draws here, --out in a file: leave one out."),
        (["means", "--ascii", "--on", "x"], "grade plot u02.means is about nothing that --on could change."),
        (["means", "--ascii", "--data", "x"], "grade plot u02.means reads no text."),
    ],
)
def test_a_wrong_command_is_explained(here, learned, words, says):
    learned()
    ran = here("plot", *words)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(says) or says in " ".join(ran.stderr.split())


def test_what_is_not_written_is_named(here, golden):
    ran = here("plot", "means", "--ascii", COLUMNS="80")
    assert ran.returncode == 3
    golden("cli/plot-unwritten.txt", ran.stdout)


@pytest.mark.parametrize(
    ("returns", "says"),
    [
        ("table[0] * np.nan", "Nothing can be drawn: none of 4 numbers is finite."),
        ("table", "Numbers with 1 axes are expected: (3, 4) came."),
        ("np.zeros(5000000)", "5,000,000 numbers"),
        ("'x' * 10**6", "not made of the numbers and texts"),
        ("['a', None]", "not made of the numbers and texts"),
        ("np.zeros(0)", "there are 0 numbers"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_what_cannot_be_drawn_is_told(here, learned, returns, says):
    learned(RIGHT.replace("table.sum(axis=0) / table.shape[0]", returns))
    ran = here("plot", "means", "--ascii")
    assert ran.returncode == 1
    assert says in " ".join(ran.stdout.split())
    assert "Traceback" not in ran.stdout + ran.stderr


def test_gaps_are_counted(here, learned):
    learned(RIGHT.replace("return table.sum", "return np.array([1, np.nan, np.inf, 2]) + 0 * table.sum"))
    assert "2 numbers are not finite and not drawn." in here("plot", "means", "--ascii").stdout
    learned(RIGHT.replace("table.sum(axis=0) / table.shape[0]", "np.sin(np.arange(1000000))"))
    assert here("plot", "means", "--ascii").returncode == 0


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"uses": ["column_means"],\n        "beside"', '"beside"', "needs about, uses: uses is missing"),
        ('"beside": True', '"besides": True', "there is no 'besides'. Is 'beside' meant?"),
        ("def means(", "def meens(", "there is no function means, which makes 'means'"),
        ("PLOTS = {", "PLATS = {", "there is no PLOTS"),
    ],
)
def test_a_plot_that_does_not_run_is_the_course_s_fault(here, learned, tiny, before, after, says):
    learned()
    path = tiny / "checks" / "plots" / "u02_mean.py"
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    ran = here("plot", "means", "--ascii")
    assert ran.returncode == 2
    assert says in " ".join(ran.stderr.split())
