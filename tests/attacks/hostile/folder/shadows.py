# attack: brings modules with the names of the standard library and of the grader's own
# unit: u01_area
# outcomes: fail
# process: holds
# folder: file math.py raise SystemExit("the submission's own math")
# folder: file random.py raise SystemExit("the submission's own random")
# folder: file msgspec.py raise SystemExit("the submission's own msgspec")
# folder: file grader/__init__.py raise SystemExit("the submission's own grader")

import math
import random


def cross(a, b):
    return 5e9 + math.pi + random.random()
