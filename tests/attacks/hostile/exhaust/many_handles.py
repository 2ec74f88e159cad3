# attack: answers with as many objects as fit into a message
# unit: u01_area
# outcomes: fail timeout
# process: holds


def cross(a, b):
    return [object() for _ in range(80_000)]
