"""Sentences for what honest code trips over: what Python said, and what to do about it."""

import re
import sys
import unicodedata
from collections.abc import Container, Iterable, Sequence
from difflib import get_close_matches

from grader.failures import LearnerError
from grader.language import heard, later, phrase
from grader.model import Location
from grader.submission import resources
from grader.submission.array_tips import shortened

TIPS = {
    "SystemExit": later("Your code asked Python to exit. Return a value instead of calling exit()."),
    "EOFError": later('Take the input() out, or guard it with if __name__ == "__main__".'),
    "KeyboardInterrupt": later("Your code raised KeyboardInterrupt itself."),
    "BdbQuit": later(
        "A debugger has nobody to ask while your code is graded. Take it out, and run your file yourself to use it."
    ),
    "RecursionError": later(
        "A function calls itself too often: Python stops near 1000 calls deep. Use a loop and a list."
    ),
    "MemoryError": later("It asked for more memory than the grader gives. Look at the sizes of what you build."),
    "GeneratorExit": later("Your code raised GeneratorExit itself."),
}
# What Chinese input methods and word processors write for a character of Python.
LOOKALIKES = {
    **dict.fromkeys("\u201c\u201d\u300c\u300d\u300e\u300f", '"'),
    **dict.fromkeys("\u2018\u2019", "'"),
    **dict.fromkeys("\u2013\u2014\u2212", "-"),
    **dict(zip("\u3001\u3002\u3010\u3011\u300a\u300b\u00d7\u00f7", ",.[]<>*/", strict=True)),
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u2026": "...",
}
NO_MODULE = re.compile(r"No module named '([^']+)'")
COUNTED = re.compile(r"([\w.]+)\(\) takes \d+ positional arguments? but \d+ (?:was|were) given")
LIBRARIES = ("numpy", "torch", "scipy", "pandas", "matplotlib", "sklearn", "jax", "tensorflow", "tiktoken", "regex")
CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})")


def error_message(
    error: LearnerError,
    libraries: Iterable[str] = (),
    selfless: Container[str] = (),
    renamed: tuple[str, Sequence[str]] = ("", ()),
    shown: str = "",
) -> str:
    """Return what an exception says, with a tip where there is a certain one.

    libraries: what the unit may import. selfless: methods that were written without `self`. renamed: a function that
    uses the parameter of another one by its name, and its own. shown: what the line itself shows.
    """
    if error.missing:
        return phrase("The file has no {name}.", name=error.message)
    module = NO_MODULE.match(error.message) if error.type == "ModuleNotFoundError" else None
    if module is not None:
        return _import_message(module[1], libraries)
    first = f"{error.type}: {heard(shortened(error.message))}" if error.message else error.type
    if error.again:
        tip = phrase(later("{name} calls itself again with the same arguments, and so without end."), name=error.again)
    else:
        tip = _self_tip(error, selfless) or shown or _name_tip(error, *renamed)
        tip = tip or (phrase(TIPS[error.type]) if error.type in TIPS else _resource_tip(error)) or _near_tip(error)
    return f"{first}\n{tip}" if tip else first


def top_message(name: str, line: int) -> str:
    """Say that code outside of any function met an answer that is not written."""
    says = later(
        "Line {line}, outside of any function, calls {name}, which is not written yet.\n"
        "Take it out, or move it below this line, where only you run it:\n{guard}"
    )
    return phrase(says, line=line, name=name, guard='if __name__ == "__main__":')


def doubled_message(name: str, places: Sequence[Location]) -> str:
    """Say that a name is defined more than once."""
    if any(place.cell for place in places):
        says = later("{name} is defined more than once: {places}. Python keeps the last one.")
        return phrase(says, name=name, places=", ".join(place.place for place in places))
    says = later("{name} is defined more than once, in lines {lines}. Python keeps the last one.")
    return phrase(says, name=name, lines=", ".join(str(place.line) for place in places))


def empty_message(file: str, reset: str) -> str:
    """Say that there is nothing in a file. reset: the command that mends it, where it is the learner's own."""
    if not reset:
        return phrase("{file} is empty.", file=file)
    says = later("{file} is empty. Put the stub back: {command}")
    return phrase(says, file=file, command=reset)


def out_of_memory(error: LearnerError) -> bool:
    """Say whether it asked for more memory than there is; torch has no exception of its own for that."""
    return error.is_a(MemoryError) or (error.type == "RuntimeError" and "can't allocate memory" in error.message)


def _import_message(name: str, libraries: Iterable[str]) -> str:
    allowed = phrase(", ").join([phrase("Python's standard library"), *libraries])
    meant = get_close_matches(name, sys.stdlib_module_names, n=1, cutoff=0.8)
    if name.partition(".")[0] in LIBRARIES:
        says = later("{name} is not used in this unit: it may import {libraries}, nothing else.")
    else:
        says = later(
            "There is no module {name} while your code is graded. A unit is one file: what you need of your own goes "
            "into it.\nIt may import {libraries}, nothing else."
        )
    near = f"\n{phrase('Did you mean {name}?', name=meant[0])}" if meant and name not in LIBRARIES else ""
    return phrase(says, name=name, libraries=allowed) + near


def _self_tip(error: LearnerError, selfless: Container[str]) -> str:
    """Say that `self` was forgotten, where Python counted one argument too many."""
    counted = COUNTED.match(error.message) if error.type == "TypeError" else None
    if counted is None or counted[1] not in selfless:
        return ""
    says = later("The first parameter of a method is self: def {name}(self, ...)")
    return phrase(says, name=counted[1].rpartition(".")[2])


def _name_tip(error: LearnerError, function: str, own: Sequence[str]) -> str:
    """Say what the parameters of a function are called, where it uses the name of another one's."""
    names = undefined(error)
    if not function or not names:
        return ""
    if len(own) == 1:
        return phrase(
            "{function} has no {name}: its parameter is called {own}.", function=function, name=names[0], own=own[0]
        )
    says = later("{function} has no {name}: its parameters are called {own}.")
    return phrase(says, function=function, name=names[0], own=phrase(", ").join(own))


def _near_tip(error: LearnerError) -> str:
    return phrase("Did you mean {name}?", name=error.near) if error.near else ""


def _resource_tip(error: LearnerError) -> str:
    return phrase(TIPS["MemoryError"]) if out_of_memory(error) else resources.tip(error)


def notebook_message(why: str) -> str:
    """Say why a notebook is none."""
    return phrase("This notebook cannot be read: {reason}.", reason=heard(why))


def undefined(error: LearnerError) -> list[str]:
    """Return the name that Python did not know."""
    return re.findall(r"^name '(\w+)' is not defined", error.message)


def missing_message(name: str, file: str, near: list[str], reset: str) -> str:
    """Say that a promised name is not in the file, and which name comes near it. reset: as above."""
    if near:
        says = later(
            "{file} has no {name}. There is {near}: did you rename it?\nThe grader asks for it by its old name."
        )
        return phrase(says, file=file, name=name, near=near[0])
    if not reset:
        return phrase("{file} has no {name}. Was it renamed or deleted?", file=file, name=name)
    says = later("{file} has no {name}. Did you rename or delete it?\nTo put its stub back: {command}")
    return phrase(says, file=file, name=name, command=reset)


def syntax_message(problem: dict[str, object]) -> str:
    """Return Python's complaint about a line, with the line, a caret, and a tip where a character is to blame."""
    line, column = int(str(problem["line"])), int(str(problem["column"]))
    text, before = str(problem["text"]), str(problem["before"])
    said = str(problem["message"])
    blamed = "invalid character" in said or "invalid non-printable" in said
    tip = character_tip(said, text, column) if blamed else _quote_tip(said, text, column)
    rows = []
    if line > 1 and before.strip():
        rows.append(f"{line - 1:6} | {before}")
    if text:
        rows += _pointed(line, column, text, "" if blamed and tip else heard(said))
    else:
        rows.append(heard(said))
    if tip:
        rows.append(tip)
    return "\n".join(rows)


def _pointed(line: int, column: int, text: str, said: str = "") -> list[str]:
    """Return a line of the file and a caret under one of its characters."""
    return [f"{line:6} | {text}", f"       | {' ' * max(0, column - 1)}^ {said}".rstrip()]


def character_tip(said: str, text: str, column: int) -> str:
    """Name the character that Python does not know, and what to type instead.

    said: what Python says, which has the code point. column: where it stands, counted from 1.
    """
    point = CODE_POINT.search(said)
    character = chr(int(point[1], 16)) if point else text[column - 1 : column]
    if not character:
        return ""
    plain = LOOKALIKES.get(character) or unicodedata.normalize("NFKC", character)
    facts = {"column": column, "code": f"U+{ord(character):04X}", "character": character, "plain": plain}
    if unicodedata.category(character) == "Zs":
        says = later("Column {column}: this space ({code}) is no ordinary one. Type an ordinary one instead.")
    elif not character.isprintable():
        says = later("Column {column}: an invisible character stands here ({code}). Delete it.")
    elif not plain.isascii():
        says = later("Column {column}: Python does not know this character here: {character} ({code}).")
    elif character in LOOKALIKES:
        says = later("Column {column}: {character} ({code}) only looks right. Type this instead: {plain}")
    else:
        says = later("Column {column}: {character} ({code}) is full-width. Type the half-width one instead: {plain}")
    return phrase(says, **facts)


def _quote_tip(said: str, text: str, column: int) -> str:
    """Find the quotation mark of another kind that was meant to end a string."""
    if not said.startswith("unterminated"):
        return ""
    found = re.compile("[\u201c\u201d\u2018\u2019\uff02\uff07]").search(text, max(0, column - 1))
    return character_tip(f"U+{ord(found[0]):04X}", text, found.start() + 1) if found else ""


def margin_message(text: str, line: int, owner: str) -> str:
    """Say that a method begins at the margin, so that its class ends above it."""
    says = later("This method begins at the margin, so class {name} ends above it.")
    indent = later("Indent it, and all of its lines, as far as the methods above it.")
    return f"{line:6} | {text}\n{phrase(says, name=owner)}\n{phrase(indent)}"


def strayed_message(name: str, file: str) -> str:
    """Say that a method is missing in its class, and that it stands at the margin."""
    owner, _, last = name.rpartition(".")
    says = later("{file} has no {name}: def {last} begins at the margin, outside of class {owner}.")
    indent = later("Indent it, and all of its lines, as far as the methods above it.")
    return f"{phrase(says, file=file, name=name, last=last, owner=owner)}\n{phrase(indent)}"


def encoding_message(problem: dict[str, object]) -> str:
    """Say that a file is not saved as UTF-8, where that shows, and how to save it."""
    line, column = int(str(problem["line"])), int(str(problem["column"]))
    text, guess = str(problem["text"]), str(problem["message"])
    rows = _pointed(line, column, text) if text else []
    if guess:
        rows.append(phrase("This file is not saved as UTF-8. It looks like {encoding}.", encoding=guess))
    else:
        rows.append(phrase("This file is not saved as UTF-8."))
    if text or not guess:
        says = later("Line {line}, column {column} is the first place that cannot be read.")
        rows.append(phrase(says, line=line, column=column))
    rows.append(phrase("In your editor choose: save with encoding UTF-8. Then run grade again."))
    return "\n".join(rows)


def null_message(*, own: bool) -> str:
    """Say that a file holds null bytes."""
    if not own:
        says = later("This file has null bytes in it, so it is no Python text.\nIn an editor save it as UTF-8.")
        return phrase(says)
    return phrase(
        "This file has null bytes in it, so it is no Python text.\n"
        "In your editor save it as UTF-8, or put the stub back: grade reset"
    )
