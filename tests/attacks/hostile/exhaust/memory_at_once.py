# attack: asks for a hundred gigabytes at once
# unit: u01_area
# outcomes: memory
# process: holds


def cross(a, b):
    return len(bytearray(100 << 30))
