# attack: reads the solution with system calls of its own choice: open, openat, openat2, open by handle
# unit: u01_area
# outcomes: fail
# process: breaks

import ctypes
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
PATH = b"@COURSE@/solutions/u01_area.py"


def cross(a, b):
    return 5e9


def by_handle():
    handle, mount = ctypes.create_string_buffer(struct.pack("=Ii", 128, 0), 136), ctypes.c_int()
    LIBC.syscall(303, -100, PATH, handle, ctypes.byref(mount), 0)
    return LIBC.syscall(304, os.open("/", os.O_RDONLY), handle, 0)


WAYS = (
    lambda: LIBC.syscall(2, PATH, 0, 0),
    lambda: LIBC.syscall(257, -100, PATH, 0, 0),
    lambda: LIBC.syscall(437, -100, PATH, struct.pack("=QQQ", 0, 0, 0), 24),
    by_handle,
)
for way in WAYS:
    try:
        descriptor = way()
        if descriptor > 4:
            exec(os.read(descriptor, 1 << 20))
    except OSError as error:
        print(error)
