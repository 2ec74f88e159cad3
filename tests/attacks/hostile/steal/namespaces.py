# attack: leaves its cell by new and old namespaces and by changing its root, then reads the solution
# unit: u01_area
# outcomes: fail
# process: breaks

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)


def cross(a, b):
    return 5e9


def enter_the_hosts():
    LIBC.setns(os.open("/proc/@HOST@/ns/mnt", os.O_RDONLY), 0)


WAYS = (
    enter_the_hosts,
    lambda: LIBC.unshare(0x10000000),
    lambda: LIBC.unshare(0x00020000),
    lambda: os.chroot("."),
    lambda: os.fchdir(os.open("/", os.O_RDONLY)),
)
for way in WAYS:
    try:
        way()
        with open("@COURSE@/solutions/u01_area.py", encoding="utf-8") as file:
            exec(file.read())
    except OSError as error:
        print(error)
