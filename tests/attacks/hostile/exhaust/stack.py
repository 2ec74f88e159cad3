# attack: overflows the stack of the interpreter itself
# unit: u01_area
# outcomes: crash timeout
# process: holds

import sys

sys.setrecursionlimit(10**9)


class Deep:
    def __getattr__(self, name):
        return getattr(self, name + "a")


def cross(a, b):
    return Deep().x
