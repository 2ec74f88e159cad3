"""Sentences for what the machine refuses while code is graded: files, processes, threads, a network, a GPU."""

import re

from grader.failures import LearnerError
from grader.language import later, phrase

OUT_OF_REACH = later(
    "Files there are out of reach while your code is graded. Keep what you need in a variable, or in what you return."
)
NO_THREADS = later("Threads are not available while your code is graded; none are needed.")
NO_PROCESSES = later("New processes are not available while your code is graded; none are needed.")
NO_WORKERS = later("Worker processes are not available while your code is graded. In a DataLoader say num_workers=0.")
NO_NETWORK = later("No network is there while your code is graded; none is needed.")
NO_LOOP = later("No network is there while your code is graded, and asyncio needs one. Use ordinary function calls.")
NOT_ALLOWED = later("What that line asks of the system is not allowed while your code is graded; no exercise needs it.")
NO_DEVICE = later("Your code is graded on the CPU. Make tensors on the device of those you are given: device=x.device.")
NO_GRAPH = later(
    "No graph leads back from there: no_grad(), detach(), .data, item() or torch.tensor(...) on the way cut it off."
)
NO_FILE = later("While your code is graded, neither your folder nor other files of this machine can be seen.")
CLOSED = later("The grader's own files and pipes must stay open. Close only what your code opened.")
TOO_LARGE = later("Your code wrote a file of more than 16 MB. Nothing needs to be written here.")
# What honest code trips over in a worker, by type and message, and what to do about it.
RESOURCES = (
    (r"RuntimeError: .*can't start new thread", NO_THREADS),
    (r"BlockingIOError: .*temporarily unavailable", NO_PROCESSES),
    (r"PermissionError: \[Errno 13\] Permission denied$", NO_WORKERS),  # a semaphore has no name to tell
    (r"URLError: |gaierror: ", NO_NETWORK),
    (r"OSError: .*File too large", TOO_LARGE),
    (r"OSError: \[Errno 9\] Bad file descriptor", CLOSED),
    (r"(PermissionError: |OSError: .*Read-only file system)", OUT_OF_REACH),
    (r"FileNotFoundError: .*No usable temporary directory", OUT_OF_REACH),
    (r"RuntimeError: .*open file failed with strerror: ", OUT_OF_REACH),
    (r"OperationalError: unable to open database file", OUT_OF_REACH),
    (r"FileNotFoundError: ", NO_FILE),
    (r"RuntimeError: element 0 of tensors does not require grad", NO_GRAPH),
    (r"(AssertionError|RuntimeError): .*(not compiled with CUDA|not linked with support for mps)", NO_DEVICE),
    (r"RuntimeError: .*(Found no NVIDIA driver|No CUDA GPUs are available)", NO_DEVICE),
)


def tip(error: LearnerError) -> str:
    """Return what to do about it; empty for what is no question of the machine."""
    said = f"{error.type}: {error.message}"
    if re.match(r"PermissionError: \[Errno 1\] Operation not permitted$", said):
        return phrase(_refused(error))
    return next((phrase(tip) for pattern, tip in RESOURCES if re.match(pattern, said, re.DOTALL)), "")


def _refused(error: LearnerError) -> str:
    """Return why the system refused, by what stands on the learner's own lines: all that it says itself is no."""
    lines = "\n".join(frame.text for frame in error.frames)
    if re.search(r"\basyncio\b", lines):
        return NO_LOOP
    return NO_NETWORK if re.search(r"\b(socket|connect|create_connection|urlopen|requests)\b", lines) else NOT_ALLOWED
