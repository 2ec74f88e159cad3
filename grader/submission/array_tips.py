"""What a teacher would say to an error of torch's, or about a None, where the learner's own lines show the slip."""

import re
from collections.abc import Sequence

from grader.failures import LearnerError
from grader.language import later, phrase

UNCALLED = re.compile(r"'(?:builtin_function_or_method|method|function)'")
# Methods that are nearly always called without arguments, so that their parentheses are forgotten.
BARE = re.compile(
    r"\.(abs|clone|detach|exp|item|keys|log|max|mean|min|sqrt|std|sum|tanh|tolist|values|var)\b(?!\s*[\w(.\[])"
)
PAIR = re.compile(r"torch\.return_types\.(\w+)")
SHAPES = re.compile(r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)")
APART = re.compile(r"Sizes of tensors must match except in dimension (\d+)\. Expected size (\d+) but got size (\d+)")
FIXED = re.compile(r"\.(?:view|reshape)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
COMBINATION = re.compile(r"(\w+)\(\) received an invalid combination of arguments - got \((.*?)\), but expected")
# What changes a list where it lies, and gives None.
IN_PLACE = re.compile(r"(\w+) = ((?:\w+\.)*(?:shuffle|append|sort|reverse|extend|insert|clear))\(")
GRADIENT = re.compile(r"(?<![\w.])([\w.]+)\.grad\b")


def tip(error: LearnerError, lines: Sequence[str], first: int) -> str:
    """Return what is to be said; empty where nothing is certain.

    lines: of the function that raised it, as it is written. first: the number of the first of them.
    """
    here = error.frames[-1].text
    if "before Module.__init__() call" in error.message:
        return phrase(later("A module's __init__ begins with super().__init__()."))
    if error.is_a(TypeError) or error.is_a(AttributeError):
        return _none(error, here, lines, first) or _uncalled(error, here) or _pair(error) or _size(error)
    return _said(error) or _fixed(error, lines, first) if error.is_a(RuntimeError) else ""


def _said(error: LearnerError) -> str:
    """Say in other words what torch says of a tensor that is trained, and of tensors that are put together."""
    if "a leaf Variable that requires grad is being used in an in-place operation" in error.message:
        return phrase(
            later("That line changes a tensor in place that needs a gradient. Make a new one: x = x - y, not x -= y")
        )
    found = APART.match(error.message)
    if found is None:
        return ""
    says = later(
        "Only along axis {axis}, where they are put together, may the sizes differ. Another axis has {one} and {two}."
    )
    return phrase(says, axis=found[1], one=found[2], two=found[3])


def shortened(message: str) -> str:
    """Return a message of torch's without the list of all calls that it would have taken."""
    head, listed, _ = message.partition(", but expected one of:")
    return f"{head}." if listed and COMBINATION.match(message) else message


def _none(error: LearnerError, here: str, lines: Sequence[str], first: int) -> str:
    """Find a None that a line in place gave, or a gradient that is not there."""
    if "NoneType" not in error.message:
        return ""
    for row, line in enumerate(lines, first):
        found = IN_PLACE.search(line)
        if found is not None and re.search(rf"\b{found[1]}\b", here):
            says = later(
                "{call} works in place and gives None, and line {line} keeps this None as {name}. "
                "Call it on a line of its own."
            )
            return phrase(says, call=found[2], line=row, name=found[1])
    found = GRADIENT.search(here)
    says = later("{name}.grad is None until backward writes a gradient into it, and once it was cleared with None.")
    return phrase(says, name=found[1]) if found else ""


def _uncalled(error: LearnerError, here: str) -> str:
    """Find a method whose parentheses are missing."""
    names = {found[1] for found in BARE.finditer(here)}
    if UNCALLED.search(error.message) is None or len(names) != 1:
        return ""
    return phrase(later("Without parentheses .{name} is the method itself. .{name}() calls it."), name=names.pop())


def _pair(error: LearnerError) -> str:
    found = PAIR.search(error.message)
    if found is None:
        return ""
    says = later("Along an axis {name} gives two tensors, the values and where they stand. The first one is .values")
    return phrase(says, name=found[1])


def _size(error: LearnerError) -> str:
    found = COMBINATION.match(error.message)
    given = found[2].split(", ") if found else []
    if found is None or found[1] != "randint" or given[:3] != ["int", "int", "int"]:
        return ""
    return phrase(later("The shape of what {name} draws is a tuple, also with one axis: (n,)"), name=found[1])


def _fixed(error: LearnerError, lines: Sequence[str], first: int) -> str:
    """Say which two sizes have to be equal, and where one of them stands in the code as a number."""
    found = SHAPES.search(error.message)
    if found is None:
        return ""
    says = phrase(
        later("Left of @ a row has {left} numbers, right of it are {right} rows: the two have to be equal."),
        left=found[2],
        right=found[3],
    )
    for row, line in enumerate(lines, first):
        for call in FIXED.finditer(line):
            if found[2] in re.split(r"\W+", call[1]):
                fixed = later("Line {line} has the {left} as a fixed number: {call}")
                return f"{says}\n{phrase(fixed, line=row, left=found[2], call=call[0].lstrip('.'))}"
    return says
