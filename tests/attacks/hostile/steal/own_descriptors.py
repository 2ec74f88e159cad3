# attack: reads whatever descriptors it was born with
# unit: u01_area
# outcomes: fail
# process: holds

import os
import re

LIKE = re.compile(rb"chainrule-canary-\w+-[0-9a-f]{16}")


def cross(a, b):
    return 5e9


for number in [0, *range(5, 1024)]:
    for way in (lambda number: os.pread(number, 1 << 16, 0), lambda number: os.read(number, 1 << 16)):
        try:
            print(*LIKE.findall(way(number)))
        except OSError:
            pass
