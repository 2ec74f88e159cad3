# attack: says again and again that a worker has started
# unit: u01_area
# outcomes: crash
# process: holds

import os


def cross(a, b):
    os.write(3, b"\x01\x00\x00\x00S" * 5000)
    return 5e9
