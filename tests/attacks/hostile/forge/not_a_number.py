# attack: returns values that no comparison can refute: NaN, infinity, and both in complex clothes
# unit: u01_area
# outcomes: fail
# process: holds

CALLS = []
VALUES = [float("nan"), float("inf"), complex("nan"), complex("inf"), -float("nan")]


def cross(a, b):
    CALLS.append(1)
    return VALUES[len(CALLS) % len(VALUES)]
