"""Sentences for what honest code trips over: what Python said, and what to do about it."""

import re
import unicodedata

from grader.failures import LearnerError

NOT_HERE = {
    "input": "Nobody is there to type while your code is graded. Take the input() out, or guard it with "
    'if __name__ == "__main__".',
}
TIPS = {
    "SystemExit": "Your code asked Python to exit. Return a value instead of calling exit().",
    "EOFError": NOT_HERE["input"],
    "KeyboardInterrupt": "Your code raised KeyboardInterrupt itself.",
    "RecursionError": "A function calls itself too often: Python stops near 1000 calls deep. Use a loop and a list.",
    "MemoryError": "It asked for more memory than the grader gives. Look at the sizes of what you build.",
    "GeneratorExit": "Your code raised GeneratorExit itself.",
}
OUT_OF_REACH = (
    "Files there are out of reach while your code is graded. Keep what you need in a variable, or in what you return."
)
NO_PROCESSES = "New processes are not available while your code is graded; none are needed."
NO_WORKERS = "Worker processes are not available while your code is graded. In a DataLoader say num_workers=0."
NO_NETWORK = "No network is there while your code is graded, and asyncio needs one. Use ordinary function calls."
NO_DEVICE = "Your code is graded on the CPU. Make tensors on the device of those you are given: device=x.device."
# What honest code trips over in a worker, by type and message, and what to do about it.
RESOURCES = (
    (
        r"RuntimeError: .*can't start new thread",
        "Threads are not available while your code is graded; none are needed.",
    ),
    (r"BlockingIOError: .*temporarily unavailable", NO_PROCESSES),
    (r"PermissionError: \[Errno 13\] Permission denied$", NO_WORKERS),  # a semaphore has no name to tell
    (r"PermissionError: \[Errno 1\] Operation not permitted$", NO_NETWORK),
    (r"URLError: |gaierror: ", NO_NETWORK),
    (r"OSError: .*File too large", "Your code wrote a file of more than 16 MB. Nothing needs to be written here."),
    (r"(PermissionError: |OSError: .*Read-only file system)", OUT_OF_REACH),
    (r"FileNotFoundError: .*No usable temporary directory", OUT_OF_REACH),
    (r"RuntimeError: .*open file failed with strerror: ", OUT_OF_REACH),
    (r"OperationalError: unable to open database file", OUT_OF_REACH),
    (
        r"FileNotFoundError: ",
        "That file is not there while your code is graded: your own folder cannot be seen.",
    ),
    (r"(AssertionError|RuntimeError): .*(not compiled with CUDA|not linked with support for mps)", NO_DEVICE),
    (r"RuntimeError: .*(Found no NVIDIA driver|No CUDA GPUs are available)", NO_DEVICE),
)


def error_message(error: LearnerError) -> str:
    """Return what an exception says, with a tip where there is a certain one."""
    if error.missing:
        return f"The file has no {error.message}."
    first = f"{error.type}: {error.message}" if error.message else error.type
    tip = TIPS.get(error.type) or _import_tip(error) or _resource_tip(error)
    return f"{first}\n{tip}" if tip else first


def out_of_memory(error: LearnerError) -> bool:
    """Say whether it asked for more memory than there is; torch has no exception of its own for that."""
    return error.is_a(MemoryError) or (error.type == "RuntimeError" and "can't allocate memory" in error.message)


def _import_tip(error: LearnerError) -> str:
    if error.type != "ModuleNotFoundError":
        return ""
    return "This unit may import the standard library and what its first lines import, nothing else."


def _resource_tip(error: LearnerError) -> str:
    if out_of_memory(error):
        return TIPS["MemoryError"]
    said = f"{error.type}: {error.message}"
    return next((tip for pattern, tip in RESOURCES if re.match(pattern, said, re.DOTALL)), "")


def undefined(error: LearnerError) -> list[str]:
    """Return the name that Python did not know."""
    return re.findall(r"^name '(\w+)' is not defined", error.message)


def missing_message(name: str, file: str, near: list[str], exercise: str) -> str:
    """Say that a promised name is not in the file, and which name comes near it."""
    if near:
        return f"{file} has no {name}. There is {near[0]}: did you rename it?\nThe grader asks for it by its old name."
    return f"{file} has no {name}. Did you rename or delete it?\nTo see what is asked for: grade show {exercise}"


def syntax_message(problem: dict[str, object]) -> str:
    """Return Python's complaint about a line, with the line, a caret, and a tip for full-width characters."""
    line, column = int(str(problem["line"])), int(str(problem["column"]))
    text, before = str(problem["text"]), str(problem["before"])
    said = str(problem["message"])
    tip = full_width_tip(text, column) if "invalid character" in said or "invalid non-printable" in said else ""
    rows = []
    if line > 1 and before.strip():
        rows.append(f"{line - 1:6} | {before}")
    if text:
        rows.append(f"{line:6} | {text}")
        rows.append(f"       | {' ' * max(0, column - 1)}^ {said if not tip else ''}".rstrip())
    else:
        rows.append(said)
    if tip:
        rows.append(tip)
    return "\n".join(rows)


def full_width_tip(text: str, column: int) -> str:
    """Name a full-width character and the ASCII one to type instead."""
    for character in text[max(0, column - 1) :] + text:
        plain = unicodedata.normalize("NFKC", character)
        if ord(character) > 127:
            name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
            code = f"U+{ord(character):04X}"
            if len(plain) == 1 and ord(plain) < 128:
                return f"This is a {name} ({code}). Type the half-width one: {plain}"
            return f"Python does not know this character here: {name} ({code})."
    return ""


ENCODING = """\
This file is not saved as UTF-8.
In your editor choose: save with encoding UTF-8. Then run grade again."""
NULL = """\
This file has null bytes in it, so it is no Python text.
In your editor save it as UTF-8, or put the stub back: grade reset"""
