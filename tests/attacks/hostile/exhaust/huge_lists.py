# attack: answers with a list of two million numbers
# unit: u01_area
# outcomes: fail timeout
# process: holds

LIST = [0.5] * (2 << 20)


def cross(a, b):
    return LIST
