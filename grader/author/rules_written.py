"""The rules that a translation of a unit's own texts keeps: prose, contracts, hints, titles.

A unit that has a file in a language is translated whole; one without a file is read in English there. The key of an
entry is the English itself, so what was changed since has no translation, and its old one is left over.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.author import checkfile
from grader.author.findings import Finding
from grader.author.rules_translations import line_of, read, shown
from grader.author.source import read as source_of
from grader.author.texts import texts
from grader.course.unit import Unit

SPAN = re.compile(r"`[^`]+`")


@dataclass(frozen=True)
class Said:
    """A text of a unit: what it says, and where."""

    says: str
    file: Path
    line: int


def written(unit: Unit) -> Iterator[Finding]:
    """Find texts that a language lacks, translations of what is no longer said, and code that is lost on the way."""
    said = {one.says: one for one in sayings(unit)} if unit.written else {}
    for path in unit.written.values():
        text, there, wrong = read(unit, path)
        if wrong:
            yield wrong
            continue
        for says, one in said.items():
            if not there.get(says):
                yield Finding(unit.name, "", one.file, one.line, f"{shown(path)} has no translation of {says!r}.")
        for english, translation in there.items():
            yield from _kept(unit, path, line_of(text, english), english, str(translation), english in said)


def _kept(unit: Unit, path: Path, line: int, english: str, translation: str, there: bool) -> Iterator[Finding]:
    if not there:
        message = f"nothing says this any more: {english!r}. Translate what is said now, or delete this."
        yield Finding(unit.name, "", path, line, message)
    lost = Counter(SPAN.findall(english)) - Counter(SPAN.findall(translation)) if translation else {}
    if lost:
        yield Finding(unit.name, "", path, line, f"the translation has lost {', '.join(lost)}: code stays as it is.")


def sayings(unit: Unit) -> Iterator[Said]:
    """Yield all that the files of a unit say to a reader, in their order, each as often as it is said."""
    source = source_of(unit.solution)
    rows = [Said(text.says, unit.solution, text.first) for text in texts(source)]
    rows += [Said(hint, unit.solution, region.begin) for region in source.regions for hint in region.hints]
    yield from sorted(rows, key=lambda one: one.line)
    yield Said(unit.title, unit.checks, 1)
    about = {one.name: one.paragraphs for one in unit.exercises}
    for one in checkfile.classes(unit):
        paragraphs = about.get(one.exercise, ()) if not one.hidden else ()
        yield from (Said(words, one.path, one.line) for words in paragraphs if words)
        for check in one.checks:
            yield Said(checkfile.title(check), one.path, (check.body[0] if ast.get_docstring(check) else check).lineno)
