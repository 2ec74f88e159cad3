"""`grade --lang zh` and `LANG=zh_CN.UTF-8 grade`: Chinese where it is translated, at any width, on any console."""

import json
import re

import pytest

from grader import language
from grader.report.style import cells

WIDTHS = (60, 80, 100)
CHINESE = re.compile("[\u4e00-\u9fff]")
# What a learner meets, and something that each must say.
MET = {
    "status": "\u8fdb\u5ea6  \u5df2\u5b8c\u6210 0/5",
    "list": "\u672a\u5b9e\u73b0   u01.cross",
    "next": "\u4e0b\u4e00\u9898  u01.cross",
    "show u01.area": "\u6bcf\u9879\u68c0\u67e5 1 \u79d2\u8ba1\u7b97\u65f6\u95f4",
    "hint u01.cross": "u01.cross  \u7b2c 1 \u6761\u63d0\u793a\uff0c\u5171 3 \u6761",
    "u01.cross": "TODO  u01.cross   \u672a\u5b9e\u73b0",
    "reset --list": "\u8fd8\u6ca1\u6709\u4fdd\u5b58\u8fc7",
    "solution u01.cross": "\u8fd8\u6ca1\u6709\u901a\u8fc7",
}
WRONG = {
    "u01.crosss": '"u01.crosss" \u7684\u7ec3\u4e60\u3002\u4f60\u8981\u627e\u7684\u662f u01.cross \u5417',
    "list u07": '\u6ca1\u6709\u540d\u4e3a "u07" \u7684\u5355\u5143',
    "u01 --bogus": "\u6ca1\u6709 --bogus \u8fd9\u4e2a\u9009\u9879",
    "show --wdth 70": "\u4f60\u60f3\u7528\u7684\u662f --width \u5417",
    "hint u01.cross --level": "--level \u9700\u8981\u4e00\u4e2a\u503c",
    "hint u01.cross --level x": "--level\uff1a'x' \u4e0d\u662f\u6570",
    "solution": "\u7f3a\u5c11 EX",
    "next u01": "\u591a\u4e86\u4e00\u4e2a\u53c2\u6570\uff08u01\uff09",
    "u01 --seed x": "--seed\uff1a'x' \u4e0d\u662f\u6574\u6570",
    "u01 --color pink": "--color\uff1a'pink' \u4e0d\u5728\u53ef\u9009\u503c\u4e4b\u4e2d",
    "--submission nowhere": "nowhere \u4e0d\u662f\u6587\u4ef6\u5939",
    "u01 --all": "--all \u4f1a\u7ed9\u5168\u90e8\u7ec3\u4e60\u8bc4\u5206",
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("code", ["en", "zh"])
def test_pages_look_as_they_did(grade, golden, code, width):
    """English words stand in tests/golden/report. These are the Chinese ones of a real run, in one layout."""
    pages = []
    for words in (["--submission", "submissions/wrong", "--keep-going"], ["--submission", "submissions/unparsable"]):
        ran = grade("--lang", code, "--width", str(width), *words)
        assert (ran.returncode, ran.stderr) == (1, "")
        assert max(map(cells, ran.stdout.splitlines())) <= width
        assert bool(CHINESE.search(ran.stdout)) is (code == "zh")
        pages.append(ran.stdout)
    if (code, width) == ("zh", 80):
        golden("language/zh-80.txt", "\n".join(pages))


@pytest.mark.parametrize(
    ("words", "more", "is_chinese"),
    [
        (["--lang", "zh"], {}, True),
        (["--lang=zh"], {}, True),
        ([], {"LANG": "zh_CN.UTF-8"}, True),
        ([], {"LC_ALL": "zh_CN.UTF-8"}, True),
        ([], {"LC_MESSAGES": "zh_TW.UTF-8"}, True),
        (["--lang", "en"], {"LANG": "zh_CN.UTF-8"}, False),
        ([], {"LANG": "de_DE.UTF-8"}, False),
        ([], {}, False),
    ],
)
def test_the_option_is_asked_first_and_then_the_environment(grade, words, more, is_chinese):
    for order in ([*words, "u01.cross"], ["u01.cross", *words]):
        ran = grade(*order, **more)
        assert ran.returncode == 3
        assert bool(CHINESE.search(ran.stdout)) is is_chinese


def test_a_language_that_there_is_not(grade):
    ran = grade("--lang", "tlh")
    assert ran.returncode == 2
    assert ran.stderr == "--lang: 'tlh' is not a language that grade speaks: en, zh.\nHelp: grade --help\n"


@pytest.mark.parametrize("words", MET)
def test_what_a_learner_meets(here, words):
    ran = here(*words.split(), LANG="zh_CN.UTF-8")
    assert MET[words] in ran.stdout + ran.stderr


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_with_a_command_line(here, words):
    ran = here(*words.split(), LANG="zh_CN.UTF-8")
    assert ran.returncode == 2
    assert WRONG[words] in ran.stderr


def test_a_misconception_is_named_in_chinese_and_one_without_a_translation_in_english(grade):
    ran = grade("--submission", "submissions/wrong", "--keep-going", LANG="zh_CN.UTF-8")
    assert (
        "\u539f\u56e0  \u4f60\u7684\u9762\u79ef\u4fdd\u7559\u4e86\u7ed5\u884c\u65b9\u5411\u7684\u7b26\u53f7"
        in ran.stdout
    )
    assert "\u539f\u56e0  You took the mean of each row" in ran.stdout


def test_the_verdict_does_not_depend_on_the_language(grade):
    english, chinese = (
        json.loads(grade("--json", "--submission", "submissions/wrong", "--lang", code).stdout) for code in ("en", "zh")
    )
    assert english != chinese
    assert bare(english) == bare(chinese)


def bare(value):
    """Leave out what may be said in another language, and times."""
    if isinstance(value, dict):
        said = ("message", "note", "says", "evidence", "right", "actual", "expected", "seconds")
        return {key: bare(item) for key, item in value.items() if key not in said}
    return [bare(item) for item in value] if isinstance(value, list) else value


def test_a_gbk_console(grade):
    ran = grade("--submission", "submissions/wrong", text=False, LANG="zh_CN.GBK", PYTHONIOENCODING="gbk")
    assert "\u68c0\u67e5\u5185\u5bb9  grade show" in ran.stdout.decode("gbk")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_that_has_no_chinese_gets_english(grade, encoding):
    ran = grade("u01.cross", "--lang", "zh", text=False, LANG="zh_CN.UTF-8", PYTHONIOENCODING=encoding)
    assert (ran.returncode, ran.stderr) == (3, b"")
    assert b"Replace the line that raises NotImplementedError" in ran.stdout
    assert b"?" not in ran.stdout


FILES = {
    "a full-width colon": (
        lambda text: text.replace("-> float:", "-> float\uff1a", 1).encode(),
        ["Column 41: \uff1a (U+FF1A) is full-width. Type the half-width one instead: :"],
        [
            "\u7b2c 41 \u5217\uff1a\u300c\uff1a\u300d\uff08U+FF1A\uff09\u662f\u5168\u89d2\u5b57\u7b26",
            "\u6539\u6210\u534a\u89d2\u7684\uff1a:",
        ],
    ),
    "full-width brackets": (
        lambda text: text.replace("(a: Corner", "\uff08a: Corner", 1).encode(),
        ["Column 10: \uff08 (U+FF08) is full-width.", "instead: ("],
        [
            "\u7b2c 10 \u5217\uff1a\u300c\uff08\u300d\uff08U+FF08\uff09\u662f\u5168\u89d2\u5b57\u7b26",
            "\u6539\u6210\u534a\u89d2\u7684\uff1a(",
        ],
    ),
    "curly quotes": (
        lambda text: text.replace('"TODO: cross"', "\u201cTODO: cross\u201d", 1).encode(),
        ['\u201c (U+201C) only looks right. Type this instead: "'],
        ["\u201c\uff08U+201C\uff09\u4e0d\u662f Python \u7684\u7b26\u53f7", '\u6539\u6210\uff1a"'],
    ),
    "GBK": (
        lambda text: text.replace("import math", "import math  # \u6570\u5b66", 1).encode("gbk"),
        [
            "# \u6570\u5b66",
            "It looks like GBK.",
            "column 16 is the first place that cannot be read",
            "save with encoding UTF-8",
        ],
        ["# \u6570\u5b66", "\u770b\u8d77\u6765\u662f GBK", "\u7b2c 16 \u5217", "\u4ee5 UTF-8 \u7f16\u7801\u4fdd\u5b58"],
    ),
    "UTF-16": (
        lambda text: text.encode("utf-16"),
        ["It looks like UTF-16.", "save with encoding UTF-8"],
        ["\u770b\u8d77\u6765\u662f UTF-16", "\u4ee5 UTF-8 \u7f16\u7801\u4fdd\u5b58"],
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_from_a_chinese_keyboard_or_editor(grade, tiny, name):
    spoil, english, chinese = FILES[name]
    path = tiny / "exercises" / "u01_area.py"
    path.write_bytes(spoil(path.read_text(encoding="utf-8")))
    for code, sentences in (("en", english), ("zh", chinese)):
        ran = grade("u01.cross", "--lang", code, "--width", "100")
        assert ran.returncode == 1
        assert re.match(r"SYNTAX  exercises/u01_area\.py:\d+\n", ran.stdout)
        assert not [sentence for sentence in sentences if sentence not in ran.stdout], ran.stdout


def test_english_loads_no_catalogue(here):
    language.catalogue.cache_clear()
    here("status")
    assert language.catalogue.cache_info().currsize == 0
