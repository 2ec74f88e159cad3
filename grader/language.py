"""The language that `grade` speaks: English as it stands in the code, or a translation from a catalogue.

A catalogue is a folder `languages/CODE` of TOML files. Its `[phrases]` map an English template of ours to the same in
that language, its `[foreign]` sentences that others made, Python's or a worker's, which are recognised by their shape.
A course may have its own sentences translated. What has no translation stays English, sentence by sentence.

The language belongs to the process and is chosen once, before anything is said. Verdicts do not depend on it.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ENGLISH = "en"
FOLDER = Path(__file__).with_name("languages")
CHOSEN = Path(".grade", "language")  # in a course's folder
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # as POSIX ranks them
PLACE = re.compile(r"\\\{(\w+)\\\}")  # a placeholder, after re.escape
FILLED = re.compile(r"\{(\w+)\}")
PARTS = re.compile(r"((?<= )\{\w+\}|\{\w+\}(?= )| )")  # spaces, and the placeholders beside them
WIDE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")

_chosen = ENGLISH


def languages() -> tuple[str, ...]:
    """Return the codes of all languages, English first."""
    return (ENGLISH, *sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))


def choose(code: str) -> None:
    """Speak that language from now on. Raises KeyError for one that there is not."""
    global _chosen
    if code not in languages():
        raise KeyError(code)
    _chosen = code


def chosen() -> str:
    """Return the code of the language that is spoken."""
    return _chosen


def of_environment(environ: Mapping[str, str]) -> str:
    """Return the language that the environment asks for, `zh` for `zh_CN.UTF-8`; English for one that there is not."""
    asked = next((environ[name] for name in VARIABLES if environ.get(name)), "")
    code = re.split(r"[_.@-]", asked.lower())[0]
    return code if code.isalpha() and (FOLDER / code).is_dir() else ENGLISH


def of_folder(root: Path) -> str:
    """Return the language that was chosen for a course's folder with `grade language`; empty where none was."""
    try:
        code = (root / CHOSEN).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
    return code if code in languages() else ""


def of_place(here: Path) -> str:
    """Return the language chosen for the nearest folder around, the one here included; empty where none was."""
    return next(filter(None, map(of_folder, (here, *here.parents))), "")


def phrase(template: str, /, **values: object) -> str:
    """Return a sentence or a label of ours in the language that is spoken, with the values filled in.

    template: the English, a literal, so that a test finds it and demands a translation.
    """
    if _chosen != ENGLISH:
        found = catalogue(_chosen)["phrases"].get(template, template)
        try:
            return _closed(found, values).format(**values) if values else found
        except (KeyError, IndexError, ValueError):  # a translation with a slip in it; never at a learner's cost
            pass
    return template.format(**values) if values else template


def _closed(template: str, values: Mapping[str, object]) -> str:
    """Return a translation without the spaces that would stand between two wide characters, once it is filled in.

    A space belongs between a wide character and a narrow one; what a value begins with nobody knows before.
    """

    def side(text: str, at: int) -> str:
        whole = FILLED.fullmatch(text)
        shown = str(values.get(whole[1], "")) if whole else text
        return shown[at : at + 1] if at >= 0 else shown[-1:]

    parts = [part for part in PARTS.split(template) if part]
    around = zip(parts, parts[1:], parts[2:], strict=False)
    gaps = [now == " " and WIDE.match(side(left, -1)) and WIDE.match(side(right, 0)) for left, now, right in around]
    return "".join("" if gap else part for gap, part in zip([None, *gaps, None], parts, strict=False))


def sentences(*parts: str) -> str:
    """Return sentences one after the other, without those that are empty."""
    whole = ""
    for part in filter(None, parts):
        whole = phrase("{first} {second}", first=whole, second=part) if whole else part
    return whole


def later(template: str) -> str:
    """Mark an English template that stands in a table and is given to `phrase` when it is needed."""
    return template


def heard(text: str) -> str:
    """Return a sentence that was made elsewhere, by Python, the system or a worker, in the language that is spoken."""
    if _chosen == ENGLISH:
        return text
    for shape, translation in _foreign(_chosen):
        found = shape.fullmatch(text)
        if found is not None:
            return translation.format(**found.groupdict())
    return text


def of_course(text: str, folder: Path, name: str) -> str:
    """Return a course's own sentence in the language that is spoken.

    folder, name: the translations are in `folder/CODE/name.toml`, which maps English sentences.
    """
    return text if _chosen == ENGLISH else table(folder / _chosen / f"{name}.toml").get(text) or text


@cache
def table(path: Path) -> dict[str, str]:
    """Return a file of English sentences and their translations; an empty one where it is missing or no TOML."""
    import tomllib

    try:
        with path.open("rb") as file:
            return {key: text for key, text in tomllib.load(file).items() if isinstance(text, str)}
    except (OSError, ValueError):
        return {}


@cache
def catalogue(code: str) -> dict[str, dict[str, str]]:
    """Return a language's catalogue, `phrases` and `foreign`, from all of its files, read once."""
    import tomllib

    found: dict[str, dict[str, str]] = {"phrases": {}, "foreign": {}}
    for path in sorted((FOLDER / code).glob("*.toml")):
        with path.open("rb") as file:
            for part, entries in tomllib.load(file).items():
                found[part] |= entries
    return found


@cache
def _foreign(code: str) -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(PLACE.sub(r"(?P<\1>.+?)", re.escape(english)), re.DOTALL), translation)
        for english, translation in catalogue(code)["foreign"].items()
    ]
