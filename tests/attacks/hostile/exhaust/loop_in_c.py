# attack: computes for ever inside one call of the standard library
# unit: u01_area
# outcomes: timeout
# process: holds


def cross(a, b):
    return sum(range(10**14)) and 5e9
