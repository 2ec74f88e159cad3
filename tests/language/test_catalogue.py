"""The catalogues: every sentence of ours is translated, nothing is left over, and one word is used for one thing."""

import ast
import importlib.util
import re
import string
import tomllib
import unicodedata
from pathlib import Path

import pytest

from grader import language

GRADER = Path(language.__file__).parent
ROOT = Path(__file__).parents[2]
FORENSICS = ("words", "advice")  # modules with a table of templates, which `phrase` is given one by one
LANGUAGES = language.languages()[1:]
REASONS = ("Refused", "RefusedAnswer", "NotANotebook", "BadArchive")  # exceptions whose text is for a learner
COURSES = (ROOT, ROOT / "tests" / "tiny")


def constant(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def templates_of(path):
    """Yield (template, line) of every call of phrase, later and count with a literal."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in ("phrase", "later") and (text := constant(node.args[0])) is not None:
            yield text, node.lineno
        if node.func.id == "count" and len(node.args) == 2 and (noun := constant(node.args[1])) is not None:
            yield from ((f"{{number}} {noun}{end}", node.lineno) for end in ("", "s"))


def forensics():
    found = {}
    for name in FORENSICS:
        spec = importlib.util.spec_from_file_location(f"forensic_{name}", GRADER / "diagnose" / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= dict.fromkeys(module.TEXT.values(), f"grader/diagnose/{name}.py")
    return found


def templates():
    """Map every template in the engine's source to the place where it stands."""
    files = [path for path in sorted(GRADER.rglob("*.py")) if "checks" not in path.parts[len(GRADER.parts) :]]
    found = {text: f"{path.relative_to(ROOT)}:{line}" for path in files for text, line in templates_of(path)}
    return found | forensics()


def parts(code, part):
    """Yield (file, English, translation) of one part of a catalogue."""
    for path in sorted((GRADER / "languages" / code).glob("*.toml")):
        for english, text in tomllib.loads(path.read_text(encoding="utf-8")).get(part, {}).items():
            yield path, english, text


def of_courses(code):
    """Yield (file, English, translation) of the courses' own sentences."""
    for course in COURSES:
        runs = [
            checks / part for checks in (course / "checks", course / "grader" / "checks") for part in ("runs", "plots")
        ]
        wrong = sorted((course / "solutions" / "misconceptions" / code).glob("*/*.toml"))
        wrong += sorted((course / "solutions" / code).glob("*.toml"))
        for path in [*wrong, *(path for folder in runs for path in sorted((folder / code).glob("*.toml")))]:
            for english, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
                yield path, english, text


def everything(code):
    """Yield what is translated; an entry that maps a sentence to itself waits for somebody."""
    entries = (*parts(code, "phrases"), *parts(code, "foreign"), *of_courses(code))
    yield from (entry for entry in entries if entry[1] != entry[2])


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_is_translated(code):
    known = {english for _, english, _ in parts(code, "phrases")}
    missing = [f"{place}: {text!r}" for text, place in templates().items() if text not in known]
    assert not missing, "\n".join(missing)


def test_no_template_is_put_together():
    """What is glued from pieces is found by no collector and translated by nobody; `count` alone does it, for nouns."""
    glued = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted(GRADER.rglob("*.py"))
        if path != GRADER / "report" / "words.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("phrase", "later")
        and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert not glued


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_left_over_and_nothing_is_said_twice(code):
    ours, seen = templates(), set()
    for path, english, _ in parts(code, "phrases"):
        assert english in ours, f"{path}: no sentence of the engine is {english!r}"
        assert english not in seen, f"{path}: {english!r} stands in two files"
        seen.add(english)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_has_the_same_placeholders(code):
    for part in ("phrases", "foreign"):
        for path, english, text in parts(code, part):
            assert placeholders(text) == placeholders(english), f"{path}: {english!r}"


def test_chinese_fits_gbk_and_every_width_is_certain():
    for path, english, text in everything("zh"):
        "".join(mark for mark in text if mark not in english).encode("gbk")  # what the English has is code, it stays
        wide = [mark for mark in text if unicodedata.east_asian_width(mark) == "A" and mark not in english]
        assert not wide, f"{path}: {english!r}: one column or two, that depends on the terminal: {wide}"


def test_chinese_sentences_have_chinese_punctuation():
    for path, english, text in everything("zh"):
        assert not re.search(r"[\u4e00-\u9fff][,;:?!.](?![\w.])", text), f"{path}: {english!r}: {text}"


# Each was there once: read otherwise than it was meant, or unreadable. "N times too large" is not "larger by N times".
MISREAD = re.compile(
    r"[\u5927\u5c0f]\u4e86 ?[\w{]*[A-Za-z0-9}]\w* ?\u500d"  # larger by N times, for N times as large
    r"|[\u5927\u5c0f]\u4e86 ?(?:\{[^}]*\}|[\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]+) ?\u500d"
    r"|\u53bb\u9664\u65b9\u5dee"  # divide the variance, which reads: remove the variance
    r"|\u504f\u5bfc\u659c\u7387"  # a partial-derivative-slope
    r"|\u624d\u5bfc\u901a"  # conducts electricity
    r"|\u7b97\u6570\u7684\u662f"  # arithmetic, for what counts
    r"|\u8fd9\u4e48\u591a\u6b21\u65b9"
    r"|\u5f80\u540e\u770b"  # look back, or ahead?
    r"|\u4e24\u4efd\u548c\u7684\u68af\u5ea6"
    r"|\u80fd\u5f97\u5230\u7684\u4e00\u6837\u591a"
    r"|\u5df2\u7ecf\u662f\u90a3\u6837"
    r"|\u5206\u6279\u8bad\u7ec3"  # ordinary batches, where one batch in parts is meant
    r"|^\u4f46\u4e0d\u80fd\u7528"  # a label that answers another label
)


def test_nothing_that_was_misread_comes_back():
    seen = ["\u5927\u4e86 {n} \u500d", "\u5c0f\u4e86 N \u500d", "\u7528 n - 1 \u53bb\u9664\u65b9\u5dee"]
    seen += ["\u5927\u4e86 {n:g} \u500d", "\u5927\u4e86\u56db\u500d", "\u4f46\u4e0d\u80fd\u7528 torch"]
    seen += ["\u5206\u6279\u8bad\u7ec3\u6b63\u9700\u8981\u76f8\u52a0"]
    assert all(map(MISREAD.search, seen))
    found = [f"{path}: {english!r}: {text}" for path, english, text in everything("zh") if MISREAD.search(text)]
    assert not found, "\n".join(found)


def glossary(code):
    return tomllib.loads((GRADER / "languages" / f"glossary.{code}.toml").read_text(encoding="utf-8"))


def terms_in(english, terms):
    """Yield the terms of a sentence, the longest first; what was found in a longer one does not count again."""
    english = re.sub(r"grade [a-z]+|[\w.]+\([^()]*\)|\w+\.\w+", "", english)  # commands and code are no words
    for term in sorted(terms, key=len, reverse=True):
        pattern = rf"(?<![\w.`{{]){re.escape(term)}(?:s|es)?(?![\w(}}])"
        if re.search(pattern, english, re.IGNORECASE):
            yield term
            english = re.sub(pattern, "_", english, flags=re.IGNORECASE)


def _as_code(path, term):
    """Return what a term may be besides: the texts of a unit have code in them, where it is a name and stays."""
    return [term] if path.parent.parent.name == "solutions" else []


@pytest.mark.parametrize("code", LANGUAGES)
def test_one_word_is_used_for_one_thing(code):
    terms = glossary(code)
    wrong = [
        f"{path.name}: {term} is {' or '.join(terms[term])}: {english!r}: {text!r}"
        for path, english, text in everything(code)
        for term in terms_in(english, terms)
        if terms[term] and not any(word.lower() in text.lower() for word in (*terms[term], *_as_code(path, term)))
    ]
    assert not wrong, "\n".join(wrong)


def test_a_sentence_in_english_needs_no_catalogue():
    assert language.phrase("{number} checks", number=3) == "3 checks"


@pytest.mark.usefixtures("chinese")
def test_what_python_says_is_recognised_by_its_shape():
    said = "closing parenthesis ']' does not match opening parenthesis '(' on line 3"
    assert (
        language.heard(said)
        == "\u53f3\u62ec\u53f7 ']' \u4e0e\u7b2c 3 \u884c\u7684\u5de6\u62ec\u53f7 '(' \u4e0d\u914d\u5bf9"
    )
    assert language.heard("something that nobody has translated") == "something that nobody has translated"


def refusals():
    """Yield what the worker's side gives as a reason, with something for each value in it."""
    for path in sorted((GRADER / "worker").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REASONS and node.args:
                given = node.args[0]
                parts = given.values if isinstance(given, ast.JoinedStr) else [given]
                yield "".join(constant(part) or "x7" for part in parts), f"{path.name}:{node.lineno}"


@pytest.mark.usefixtures("chinese")
def test_what_a_worker_gives_as_a_reason_is_recognised():
    found = {text: place for text, place in refusals() if text != "x7"}
    assert len(found) > 15
    assert not [(text, place) for text, place in found.items() if language.heard(text) == text]


@pytest.mark.usefixtures("chinese")
def test_no_space_stands_between_two_wide_characters():
    times = "... the same line {times}"
    assert (
        language.phrase(times, times="\u8bb8\u591a\u6b21")
        == "... \u540c\u4e00\u884c\u53c8\u6267\u884c\u8bb8\u591a\u6b21"
    )
    assert language.phrase(times, times="3 \u6b21").endswith("\u884c 3 \u6b21")
    assert language.sentences("\u662f\u3002", "", "\u5426\u3002") == "\u662f\u3002\u5426\u3002"


@pytest.mark.usefixtures("chinese")
def test_what_has_no_translation_stays_english():
    assert language.phrase("a sentence without a translation: {it}", it=1) == "a sentence without a translation: 1"


@pytest.mark.usefixtures("chinese")
def test_a_translation_with_a_slip_in_it_costs_nobody_a_verdict(monkeypatch):
    monkeypatch.setitem(language.catalogue("zh")["phrases"], "{number} checks", "{nummer} \u9879")
    assert language.phrase("{number} checks", number=3) == "3 checks"


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "zh_TW.Big5"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "../zh"}, "en"),
    ],
)
def test_the_environment_chooses(environ, code):
    assert language.of_environment(environ) == code
