# attack: announces a message of four gigabytes
# unit: u01_area
# outcomes: crash
# process: holds

import os


def cross(a, b):
    os.write(3, b"\xff\xff\xff\xff" + b"A" * 100)
    return 5e9
