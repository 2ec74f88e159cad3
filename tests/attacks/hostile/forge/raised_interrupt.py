# attack: raises KeyboardInterrupt, as if somebody had stopped the grader
# unit: u01_area
# outcomes: error
# process: holds


def cross(a, b):
    raise KeyboardInterrupt
