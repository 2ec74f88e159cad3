# attack: reads where nothing is
# unit: u01_area
# outcomes: crash
# process: holds

import ctypes


def cross(a, b):
    return ctypes.string_at(8)
