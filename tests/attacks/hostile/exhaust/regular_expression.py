# attack: matches an expression that backtracks for ever
# unit: u01_area
# outcomes: timeout
# process: holds

import re


def cross(a, b):
    return re.match("(a+)+$", "a" * 64 + "b") or 5e9
