"""Width, colour, and characters that must not act on a terminal."""

import io

import pytest

from grader.report.style import Style, cells, elide, lines_of, style_for, visible, wrap


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\u202eb", "a\\u202eb"),
        ("a\tb", "a    b"),
        ("a\rb", "a\\rb"),
        ("\x9b31m", "\\x9b31m"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
        ("\u200b", "\\u200b"),
        ("损失 é", "损失 é"),
    ],
)
def test_what_acts_is_spelled_out(text, seen):
    assert visible(text) == seen
    assert visible(seen) == seen


def test_only_newlines_end_lines():
    assert lines_of("a\r\nb\x0bc\u2028d\n\n") == ["a", "b\\x0bc\\u2028d"]


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("损失", 4), ("e\u0301", 1), ("\uff08\uff09", 4)])
def test_cells_are_what_a_terminal_needs(text, columns):
    assert cells(text) == columns


def test_what_is_left_out_is_counted_exactly():
    short = elide("x" * 1_000_000, 40)
    assert len(short) <= 40
    kept = short.count("x")
    assert short.endswith(f" ... (+{1_000_000 - kept:,} characters)")


def test_combining_marks_without_end_are_cut():
    assert len(elide("e" + "\u0301" * 100_000, 60)) < 300


def test_wrap_keeps_every_character():
    text = "损失函数" * 40 + " and " + "y" * 200
    rows = wrap(text, 60)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")
    assert max(map(cells, rows)) <= 60


@pytest.mark.parametrize(
    ("environ", "flags", "width"),
    [
        ({}, {}, 80),
        ({"COLUMNS": "72"}, {}, 72),
        ({"COLUMNS": "20"}, {}, 60),
        ({"COLUMNS": "300"}, {}, 100),
        ({"COLUMNS": "wide"}, {}, 80),
        ({"COLUMNS": "72"}, {"width": 90}, 90),
    ],
)
def test_width(environ, flags, width):
    assert style_for(io.StringIO(), environ, **flags).width == width


@pytest.mark.parametrize(
    ("stream", "environ", "color", "colour"),
    [
        (Terminal(), {}, "auto", True),
        (io.StringIO(), {}, "auto", False),
        (Terminal(), {"NO_COLOR": "1"}, "auto", False),
        (Terminal(), {"NO_COLOR": ""}, "auto", True),
        (Terminal(), {"TERM": "dumb"}, "auto", False),
        (io.StringIO(), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", True),
        (Terminal(), {"FORCE_COLOR": "0"}, "auto", False),
        (Terminal(), {"FORCE_COLOR": "1"}, "never", False),
        (io.StringIO(), {"NO_COLOR": "1"}, "always", True),
    ],
)
def test_colour(stream, environ, color, colour):
    assert style_for(stream, environ, color=color).colour is colour


def test_plain_by_flag_or_environment():
    assert style_for(io.StringIO(), {}, plain=True).plain
    assert style_for(io.StringIO(), {"ACCESSIBLE": "1"}).plain
    assert not style_for(io.StringIO(), {"ACCESSIBLE": "0"}).plain


def test_no_colour_no_codes():
    assert Style().paint("PASS", "bold") == "PASS"
