# attack: answers with lists in lists in lists
# unit: u01_area
# outcomes: fail
# process: holds


def cross(a, b):
    inner = []
    for _ in range(100_000):
        inner = [inner]
    return inner
