# attack: computes a power that takes for ever
# unit: u01_area
# outcomes: timeout
# process: holds

N = 9


def cross(a, b):
    return float(N**N**N % 7) + 5e9
