"""Replacing lines: what is not replaced keeps every byte, and putting back what was cut gives the data back."""

from hypothesis import given
from hypothesis import strategies as st

from grader.cli import patch
from grader.submission.pieces import lines_of
from grader.submission.scanned import Span

DATA = st.text(alphabet="ab \t\r\n\x0c\x0b\u2028", max_size=60).map(str.encode)


@given(DATA)
def test_lines_together_are_the_data(data):
    assert b"".join(lines_of(data)) == data


@given(DATA)
def test_lines_are_counted_as_python_counts_them(data):
    text = data.decode()
    counted = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    lines = lines_of(data)
    assert len(lines) == counted - (not lines or lines[-1].endswith((b"\r", b"\n")))


@given(DATA.filter(bool), st.data())
def test_what_was_cut_can_be_put_back(data, draw):
    lines = len(lines_of(data))
    first = draw.draw(st.integers(1, lines))
    last = draw.draw(st.integers(first, lines))
    old = Span(first, last, "")
    piece = patch.fitted(["def f():\n", "\n", "    stub\n"], patch.cut(data, old))
    changed = patch.replaced(data, {old: piece})
    assert lines_of(changed)[: first - 1] == lines_of(data)[: first - 1]
    assert patch.replaced(changed, {Span(first, first + 2, ""): patch.cut(data, old)}) == data


def test_a_piece_takes_on_the_ends_the_indentation_and_the_mark_of_what_it_replaces():
    there = [b"\xef\xbb\xbf\tdef f():\r\n", b"\t\treturn 1"]
    assert patch.fitted(["  def f():\n", "      stub\n"], there) == [b"\xef\xbb\xbf\tdef f():\r\n", b"\t    stub"]


def test_a_span_inside_another_is_left_to_the_outer_one():
    data = b"1\n2\n3\n4\n"
    assert patch.replaced(data, {Span(1, 3, ""): [b"a\n"], Span(2, 2, ""): [b"b\n"]}) == b"a\n4\n"
