# attack: raises what a check would raise: AssertionError, as if it were the judge
# unit: u01_area
# outcomes: error
# process: holds


def cross(a, b):
    raise AssertionError
