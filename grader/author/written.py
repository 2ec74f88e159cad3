"""Files of translations, brought up to date: what is translated stays, what is new waits in its place."""

import json
import re
import tomllib
from pathlib import Path

from grader.author.rules_written import sayings
from grader.course.unit import Unit
from grader.errors import UsageError
from grader.language import ENGLISH
from grader.submission.whole import write_whole

CODE = re.compile(r"[a-z]{2,3}")
LEFT = "# Nothing says these any more."


def renew(unit: Unit, code: str) -> tuple[Path, int, int]:
    """Write a unit's translations into one language again, in the order of the texts.

    Returns the file, how many texts have none, and how many entries are left over. Raises UsageError for a code that
    is none, CourseError for a unit that cannot be read.
    """
    if not CODE.fullmatch(code) or code == ENGLISH:
        raise UsageError(f"{code!r} is no language to translate to: give a code such as zh.")
    path = unit.solution.parent / code / f"{unit.name}.toml"
    known = _read(path)
    said = list(dict.fromkeys(one.says for one in sayings(unit)))
    lost = [english for english in known if english not in said]
    head = f"# {unit.title}, in the language {code}: what the unit says = the same in that language."
    rows = [head, "", *(_row(english, known.get(english, "")) for english in said)]
    if lost:
        rows += ["", LEFT, *(_row(english, known[english]) for english in lost)]
    path.parent.mkdir(exist_ok=True)
    write_whole(path, ("\n".join(rows) + "\n").encode())
    return path, sum(not known.get(english) for english in said), len(lost)


def _read(path: Path) -> dict[str, str]:
    """Return what is translated. Raises UsageError where the file is no TOML: nothing may be lost."""
    try:
        known = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: this is no TOML: {error}. Mend it first; nothing was written.") from error
    return {english: text for english, text in known.items() if isinstance(text, str)}


def _row(english: str, translation: str) -> str:
    return f"{json.dumps(english, ensure_ascii=False)} = {json.dumps(translation, ensure_ascii=False)}"
