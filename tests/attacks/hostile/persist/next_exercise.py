# attack: patches everything it reaches, so that the next exercise is graded by what it left
# unit: u01_area
# exercises: cross area
# outcomes: fail error blocked
# process: holds

import builtins
import math
import sys

LEFT = getattr(builtins, "left_behind", None)


def cross(a, b):
    builtins.left_behind = True
    math.isclose = lambda *args: True
    sys.modules["left_behind"] = sys
    return 5e9


class Polygon:
    def __init__(self, corners):
        if LEFT or "left_behind" in sys.modules:
            raise SystemExit("left behind")

    def area(self):
        return -1.0
