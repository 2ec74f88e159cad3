"""What a teacher would say to an error of Python's, where the line that raised it shows the slip.

A sentence is said only where both are there: the error, and on the learner's own line what leads to it.
"""

import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase

from msgspec.structs import replace

from grader.course.declarations import Exercise
from grader.course.unit import Unit
from grader.failures import TOP, LearnerError
from grader.language import later, phrase
from grader.model import Location
from grader.qualnames import outermost
from grader.submission import array_tips, explain
from grader.submission.scanned import Scanned

# What names stand for all over the field, and the line that brings them.
USUAL = {
    "F": ("torch.nn.functional", "import torch.nn.functional as F"),
    "nn": ("torch.nn", "import torch.nn as nn"),
    "np": ("numpy", "import numpy as np"),
    "plt": ("matplotlib.pyplot", "import matplotlib.pyplot as plt"),
    "pd": ("pandas", "import pandas as pd"),
    **{
        name: (name, f"import {name}")
        for name in ("torch", "numpy", "regex", "math", "random", "re", "itertools", "functools", "collections", "json")
    },
    "Counter": ("collections", "from collections import Counter"),
    "defaultdict": ("collections", "from collections import defaultdict"),
    "deque": ("collections", "from collections import deque"),
}
# Numbers that Python has no name for, and how they are written.
NUMBERS = {"inf": 'float("inf")', "nan": 'float("nan")', "pi": "math.pi"}
TURNED = re.compile(r"@ ?(\w+)\.(?:T\b|t\(\))")
ENDS = ("os._exit", "os.abort", "os.kill", "os.execv", "os.execvp")  # what ends a process at once, untold
IN_PLACE = re.compile(
    r"(?:^\s*return|^\s*(\w+) ?=|[(, ]in) +([\w.]+)\.(reverse|sort|append|extend|insert|add|update|clear)\("
)
BARE = re.compile(r"\bself\.(\w+) ?[-+*/@%]+ ?(\w+)\b(?![.(\[])")
NOT_ITERABLE = re.compile(r"(?:'(\w+)' object is not iterable|iteration over a (\w+))")
NOT_REAL = re.compile(r"must be real number, not (\w+)$")
CARET = re.compile(
    r"unsupported operand type\(s\) for \^=?: .*'float'|\"bitwise_xor\w*\" not implemented for '\w*Float"
)
NO_ATTRIBUTE = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
STARLESS = re.compile(r"takes (?:from )?[\d]+.* but 1 was given|missing \d+ required positional argument|'list' and ")
SIZES = re.compile(
    r"size of tensor|shapes? cannot be multiplied|Expected size for first two dimensions|batch2|inconsistent"
)
SWAPPED = re.compile(r"\.(?:transpose|swapaxes)\((?:0, ?1|1, ?0)\)|\.T\b|\.t\(\)")


def tip(error: LearnerError, unit: Unit, exercise: Exercise, scanned: Scanned | None) -> str:
    """Return what a teacher would say; empty where the line does not show it."""
    if error.is_a(NameError):
        return _own(error, scanned) or _import(error, unit, exercise, scanned)
    if scanned is not None and not error.frames and error.is_a(AttributeError):
        return _selfless(error, scanned) or _given(error, unit, scanned)  # a check asked for the attribute
    if scanned is None or not error.frames:
        return ""
    if error.type == "SystemExit" and error.at_top is not None and len(error.frames) == 1:
        says = later("Line {line}, outside of any function, ends Python. Take it out.")
        return phrase(says, line=error.frames[0].line)
    if error.is_a(RecursionError):
        return _in_turns(error)
    if "NoneType" in error.message:
        told = changed_in_place(scanned, outermost(error.frames[-1].function), error.frames[-1].text)
        return told or _of_arrays(error, scanned)
    return _by_line(error, unit, scanned) or _of_arrays(error, scanned)


def _by_line(error: LearnerError, unit: Unit, scanned: Scanned) -> str:
    if error.is_a(AttributeError):
        return _selfless(error, scanned) or _given(error, unit, scanned)
    if error.is_a(TypeError):
        return _comma(error) or _number(error, scanned) or _power(error) or _star(error, scanned)
    return _power(error) or _axes(error)


def _of_arrays(error: LearnerError, scanned: Scanned) -> str:
    name = outermost(error.frames[-1].function)
    span = scanned.span(name)
    first = scanned.text.place(span.first)[1] if span else 0
    return array_tips.tip(error, list(_lines(scanned, name)), first)


def changed_in_place(scanned: Scanned, function: str, line: str = "") -> str:
    """Find what `x.reverse()` gives, which is nothing, where it is used: on a line, or returned from a function.

    line: the one that went wrong; then it must be used there. Without one the function returns it.
    """
    for text in _lines(scanned, function):
        found = IN_PLACE.search(text)
        if found is None:
            continue
        stored = re.search(rf"\b{found[1]}\b", line) if found[1] else None
        used = stored or text.strip() == line.strip() if line else text.lstrip().startswith("return ")
        if used:
            call = f"{found[2]}.{found[3]}"
            says = later("{call}(...) changes {name} and returns None. Write it on a line of its own, then use {name}.")
            return phrase(says, call=call, name=found[2])
    return ""


def _own(error: LearnerError, scanned: Scanned | None) -> str:
    """Find what a method's object holds under the name that was asked for."""
    name = next(iter(explain.undefined(error)), "")
    owner, _, _ = outermost(error.frames[-1].function).rpartition(".") if error.frames else ("", "", "")
    if scanned is None or not owner or not name:
        return ""
    holds = re.compile(rf"\s*self\.{name}\s*(?::[^=]+)?=(?!=)")
    if not any(holds.match(text) for text in _lines(scanned, f"{owner}.__init__")):
        return ""
    return phrase(later("There is no variable {name} here. What the object holds is self.{name}."), name=name)


def _in_turns(error: LearnerError) -> str:
    """Find an operator and its mirror image that ask each other, since an operand is taken for its number."""
    last = [(outermost(frame.function), frame.text) for frame in error.frames[len(error.frames) // 2 :]]
    called = [name for name, _ in last]
    for name in called:
        owner, _, method = name.rpartition(".")
        mirror = f"{owner}.__r{method.removeprefix('__')}"
        if mirror not in called:
            continue
        says = phrase(
            later("{name} and {mirror} call each other again and again, until Python stops."), name=name, mirror=mirror
        )
        lines = (text for one, text in last if one == name)
        bare = next(filter(None, map(BARE.search, lines)), None)
        if bare is None:
            return says
        number = later("In that line {name} is a {kind} itself. Its number is {name}.{held}")
        return f"{says}\n{phrase(number, name=bare[2], kind=owner, held=bare[1])}"
    return ""


def ends_at_top(scanned: Scanned) -> Location | None:
    """Return the line outside of any function that ends the process, where there is just one."""
    lines = {line for line, name in scanned.uses if name in ENDS}
    lines -= {line for span in scanned.spans.values() for line in range(span.first, span.last + 1)}
    return replace(scanned.text.location(lines.pop()), function=TOP) if len(lines) == 1 else None


def _misspelt(module: str, scanned: Scanned | None) -> str:
    """Find an import whose module is not known anywhere, and whose name comes near one that a name waits for."""
    for row, text in enumerate(scanned.text.lines if scanned else (), 1):
        found = re.match(r"(?:import|from) +(\w+)", text)
        name = found[1] if found else ""
        known = name in sys.stdlib_module_names or name in explain.LIBRARIES
        if name and not known and get_close_matches(name, [module.partition(".")[0]], cutoff=0.7):
            says = later("Line {line} imports {name}, which is no module. Did you mean {module}?")
            return phrase(says, line=scanned.text.place(row)[1] if scanned else row, name=name, module=module)
    return ""


def _import(error: LearnerError, unit: Unit, exercise: Exercise, scanned: Scanned | None) -> str:
    """Say which import a name waits for, and whether the unit allows it."""
    name = next(iter(explain.undefined(error)), "")
    if name in NUMBERS:
        return phrase(later("Python has no {name} of its own. Write {number}."), name=name, number=NUMBERS[name])
    if name not in USUAL:
        return ""
    module, line = USUAL[name]
    misspelt = _misspelt(module, scanned)
    if misspelt:
        return misspelt
    top = module.partition(".")[0]
    if any(fnmatchcase(module, rule.name) for rule in (*unit.forbid, *exercise.forbid)):
        return unit.refusal(module, exercise)
    if top in unit.libraries or top in sys.stdlib_module_names:
        says = later("{name} is not imported. This unit may use it: write {line} at the top of the file.")
        return phrase(says, name=name, line=line)
    says = later("{name} usually stands for {module}, which is not used here. This unit may import {libraries}.")
    allowed = phrase(", ").join([phrase("Python's standard library"), *unit.libraries])
    return phrase(says, name=name, module=module, libraries=allowed)


def _comma(error: LearnerError) -> str:
    """Find `(self)` or `self` in the call of a constructor that goes through what it was given."""
    found, frames = NOT_ITERABLE.match(error.message), error.frames
    if found is None or len(frames) < 2 or frames[-1].function != f"{found[1]}.__init__":
        return ""
    for given in re.finditer(r"[(,] ?(\(?)(self|other)(\)?) ?(?=[,)])", frames[-2].text):
        if f"{found[1]}(" in frames[-2].text and bool(given[1]) <= bool(given[3]):
            says = later("A tuple of one has a comma: ({name},). Without it ({name}) is {name} itself.")
            return phrase(says, name=given[2])
    return ""


def _number(error: LearnerError, scanned: Scanned) -> str:
    """Find an object of the learner's given to a function of math."""
    found, line = NOT_REAL.match(error.message), error.frames[-1].text
    function = re.search(r"\bmath\.(\w+)\(", line)
    if found is None or function is None or found[1] not in scanned.bases:
        return ""
    if any(".data" in text for text in _lines(scanned, found[1])):
        says = later("math.{function} takes a plain number, and this is a {kind}. Its number is in .data.")
    else:
        says = later("math.{function} takes a plain number, and this is a {kind}.")
    return phrase(says, function=function[1], kind=found[1])


def _power(error: LearnerError) -> str:
    if CARET.search(error.message) is None or "^" not in error.frames[-1].text:
        return ""
    return phrase(later("A power is written ** in Python. ^ works on the bits of whole numbers."))


def _selfless(error: LearnerError, scanned: Scanned) -> str:
    """Find `w = ...` in the `__init__` of an object that has no `w`."""
    found = NO_ATTRIBUTE.search(error.message)
    if found is None or found[1] not in scanned.bases:
        return ""
    says = later("__init__ writes {name} = ... in line {line}, which is gone when it ends. It is self.{name} = ...")
    first = scanned.span(f"{found[1]}.__init__")
    for row, text in enumerate(_lines(scanned, f"{found[1]}.__init__")):
        if first is not None and re.match(rf"\s*{found[2]}\s*(?::[^=]+)?=(?!=)", text):
            return phrase(says, name=found[2], line=scanned.text.place(first.first + row)[1])
    return ""


def _given(error: LearnerError, unit: Unit, scanned: Scanned) -> str:
    """Find the line of a given `__init__` that sets an attribute, where the learner's own does not."""
    found = NO_ATTRIBUTE.search(error.message)
    if found is None or found[1] not in scanned.bases:
        return ""
    owner, sets = found[1], re.compile(rf"self\.{found[2]} *(?::[^=]+)?=(?!=)")
    stub = re.search(rf"^class {owner}\b.*?(?=^\S|\Z)", unit.stub.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    given = next((line.strip() for line in (stub[0] if stub else "").splitlines() if sets.search(line)), "")
    if not given or any(map(sets.search, _lines(scanned, f"{owner}.__init__"))):
        return ""
    says = later("The class {name} that you were given has this line, and yours has it no longer: {line}")
    return phrase(says, name=owner, line=given)


def _star(error: LearnerError, scanned: Scanned) -> str:
    """Find a call of a function that was given, with one name in it, where Python counted too few arguments."""
    here = error.frames[-1]
    if STARLESS.search(error.message) is None:
        return ""
    for function in scanned.parameters.get(outermost(here.function), ()):
        found = re.search(rf"(?<![\w.]){function}\((\w+)\)", here.text)
        if found is not None and not found[1].isdigit():
            says = later(
                "{function}({name}) gives {function} one argument. If {name} is a list, a star hands over its "
                "parts: {function}(*{name})"
            )
            return phrase(says, function=function, name=found[1])
    return ""


def _axes(error: LearnerError) -> str:
    found = SWAPPED.search(error.frames[-1].text)
    if found is None or not error.is_a(RuntimeError) or SIZES.search(error.message) is None:
        return ""
    flat = array_tips.SHAPES.search(error.message)
    if flat is not None:  # both have two axes: nothing stands in front of them
        turned = TURNED.search(error.frames[-1].text)
        if turned is None or flat[2] != flat[4]:
            return ""
        says = later("{name}.T has shape ({rows}, {columns}). {name} itself, ({columns}, {rows}), fits.")
        return phrase(says, name=turned[1], rows=flat[3], columns=flat[4])
    says = later("{call} counts the axes from the front. With a batch in front count from the end: .transpose(-2, -1)")
    return phrase(says, call=found[0])


def stands_below(scanned: Scanned, name: str) -> str:
    """Say that code stands below the line of the stub's, in its block, so that it never runs."""
    span = scanned.span(name)
    if span is None or not span.unwritten:
        return ""
    line = scanned.text.of(span.unwritten)
    below = (scanned.text.of(row) for row in range(span.unwritten + 1, span.last + 1))
    code = next((text for text in below if text.strip() and not text.lstrip().startswith("#")), "")
    if not code or not line.lstrip().startswith("raise ") or _indent(code) != _indent(line):
        return ""
    return phrase(later("Code stands below that line, and never runs. If it is your answer, delete only the line."))


def _lines(scanned: Scanned, name: str) -> Iterable[str]:
    span = scanned.span(name)
    return [scanned.text.of(row) for row in range(span.first, span.last + 1)] if span else []


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
