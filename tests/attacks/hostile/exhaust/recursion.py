# attack: calls itself until Python stops it, and then once more in the handler
# unit: u01_area
# outcomes: error
# process: holds


def cross(a, b):
    try:
        return cross(a, b)
    except RecursionError:
        raise
