"""A unit's own texts in another language: kept by the audit, and in them code is what it was."""

import re
import tomllib
from pathlib import Path

import pytest

from grader.author.source import parse, read
from grader.author.stubs import made
from grader.author.texts import texts, translated
from grader.cli import main
from grader.course.course import Course

ROOT = Path(__file__).parents[2]
UNITS = Course.find(ROOT).units
CHINESE = "solutions/zh/u01_area.toml"
CHECKS = "checks/test_u01_area.py"
SPAN = re.compile(r"`[^`]+`")


def told(copy, monkeypatch, *words):
    monkeypatch.chdir(copy.root)
    return main(list(words))


def chinese(english):
    """Return something that stands for a translation: wide characters, and the code as it was."""
    return f"译文第 {len(english)} 号：{''.join(SPAN.findall(english))}。"


@pytest.fixture
def filled(copy, monkeypatch, capsys):
    """The second course, translated as far as it speaks."""
    assert told(copy, monkeypatch, "author", "translate", "zh") == 0
    assert re.fullmatch(r"solutions/zh/u01_area.toml: \d\d texts to translate\n", capsys.readouterr().out)
    path = copy.root / CHINESE
    rows = [re.sub(r'^("(.*)") = ""$', lambda row: f'{row[1]} = "{chinese(row[2])}"', row) for row in lines(path)]
    path.write_text("\n".join(rows), "utf-8")
    return copy


def lines(path):
    return path.read_text("utf-8").split("\n")


def test_a_translated_unit_has_no_findings(filled):
    assert filled.audit() == []


def test_what_was_changed_since_is_missing_and_left_over(filled, monkeypatch, capsys):
    at = filled.edit(CHECKS, "order decides the sign", "the order decides the sign")
    line = next(number for number, row in enumerate(lines(filled.root / CHINESE), 1) if "order decides" in row)
    missing, stale = filled.audit()
    assert filled.places([missing, stale]) == [(CHECKS, at), (CHINESE, line)]
    assert missing.message == "solutions/zh/u01_area.toml has no translation of 'the order decides the sign'."
    assert stale.message.startswith("nothing says this any more: 'order decides the sign'.")
    told(filled, monkeypatch, "author", "translate", "zh", "u01")
    assert capsys.readouterr().out.endswith("1 text to translate, 1 text left over\n")
    assert any("order decides the sign" in row and "译文" in row for row in lines(filled.root / CHINESE)[-3:])


def test_code_that_a_translation_loses_is_found(filled):
    path = filled.root / CHINESE
    path.write_text(path.read_text("utf-8").replace("`factor * self`。", "。"), "utf-8")
    (found,) = filled.audit()
    assert found.message == "the translation has lost `factor * self`: code stays as it is."


def test_a_file_that_is_no_toml_is_not_written_over(filled, monkeypatch, capsys):
    filled.write(CHINESE, "not toml")
    assert told(filled, monkeypatch, "author", "translate", "zh") == 2
    assert (filled.root / CHINESE).read_text("utf-8") == "not toml"
    (found,) = filled.audit()
    assert found.message.startswith("this is no TOML: ")
    assert told(filled, monkeypatch, "author", "translate", "../up") == 2
    assert "is no language to translate to" in capsys.readouterr().err


def test_a_learner_reads_it_everywhere(filled, monkeypatch, capsys):
    (filled.root / "exercises").mkdir(exist_ok=True)
    told(filled, monkeypatch, "author", "build")
    told(filled, monkeypatch, "author", "build", "--to", "chinese", "--lang", "zh")
    stub = (filled.root / "chinese" / "u01_area.py").read_text("utf-8")
    known = tomllib.loads((filled.root / CHINESE).read_text("utf-8"))
    assert {text.says for text in texts(parse(stub, Path("u01_area.py")))} <= {*known.values(), stub_end(stub)}
    capsys.readouterr()
    for words, english in (
        (("show", "u01.cross"), "of the two unit vectors it is 1"),
        (("show", "u01.cross"), "The cross product of two corners, with its sign."),
        (("show", "u01.cross"), read(filled.root / "solutions/u01_area.py").definitions["cross"].doc),
        (("hint", "u01.cross"), "Two corners, four numbers. Which two products are there?"),
    ):
        told(filled, monkeypatch, *words, "--lang", "zh")
        page = "".join(capsys.readouterr().out.split())
        assert "".join(known[english].split()) in page
        assert "".join(english.split()) not in page


def stub_end(stub):
    return next(row[2:] for row in stub.split("\n") if "python exercises/u01_area.py" in row)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.key)
def test_in_any_words_the_code_stays_the_same(unit):
    """`translated` compares the code itself; here every text of the course is put into other words."""
    source = read(unit.solution)
    there = texts(source)
    whole = translated(source, {one.says: chinese(one.says) for one in there}.get)
    assert translated(source, lambda _: None) == "".join(source.lines)
    for one in there:
        assert whole.count(f"译文第 {len(one.says)} 号") >= 1
    left = "\n".join(row for row in whole.split("\n") if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", row))
    hints = "\n".join(hint for region in source.regions for hint in region.hints)
    assert len(left.split()) < len(hints.split()) + 0.5 * len("".join(source.lines).split())


def test_a_language_that_a_unit_lacks_gives_the_english_stub():
    unit = UNITS[0]
    assert made(unit, "xx") == made(unit)


ANSWER = "\n    mine = a[0] * b[1]  # of my own\n    return mine - a[1] * b[0]\n"


def test_a_folder_is_switched_around_the_answers(filled, monkeypatch, capsys):
    told(filled, monkeypatch, "author", "build")
    stub = filled.root / "exercises" / "u01_area.py"
    answered = stub.read_text("utf-8").replace('\n    raise NotImplementedError("TODO: cross")\n', ANSWER, 1)
    assert ANSWER in answered
    stub.write_text(answered, "utf-8")
    assert told(filled, monkeypatch, "u01.cross") == 0
    capsys.readouterr()
    assert told(filled, monkeypatch, "language", "zh") == 0
    assert "你写的内容都还在" in capsys.readouterr().out
    switched = stub.read_text("utf-8")
    expected = made(Course.find(filled.root).unit("u01"), "zh").decode()
    assert switched == expected.replace('\n    raise NotImplementedError("TODO: cross")\n', ANSWER, 1)
    monkeypatch.chdir(filled.root / "exercises")
    assert main(["show", "u01.cross"]) == 0, "the folder's language is spoken below it, too"
    assert "译文" in capsys.readouterr().out
    assert told(filled, monkeypatch, "status") == 0
    assert "已完成 1/" in capsys.readouterr().out, "what has passed stays passed"
    told(filled, monkeypatch, "reset", "u01.cross", "--yes")
    assert stub.read_text("utf-8") == expected, "a stub that is put back speaks it as well"
    stub.write_text(switched, "utf-8")
    assert told(filled, monkeypatch, "language", "en") == 0
    assert stub.read_text("utf-8") == answered
    told(filled, monkeypatch, "update", "--undo")
    assert stub.read_text("utf-8") == switched
    capsys.readouterr()
    assert told(filled, monkeypatch, "language", "zh") == 0
    assert "无需改动" in capsys.readouterr().out


def test_a_language_that_there_is_not(filled, monkeypatch, capsys):
    assert told(filled, monkeypatch, "language", "xx") == 2
    assert "'xx' is not a language that grade speaks: en, zh." in capsys.readouterr().err
    assert told(filled, monkeypatch, "language") == 0
    assert re.search(r"en +texts of 1 of 1 units, chosen here\nzh +texts of 1 of 1 units", capsys.readouterr().out)
