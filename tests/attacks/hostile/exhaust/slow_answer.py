# attack: answers one byte at a time
# unit: u01_area
# outcomes: timeout
# process: holds
# budget: short

import os
import time


def cross(a, b):
    for byte in b"\x00\x10\x00\x00" + bytes(4096):
        os.write(3, bytes([byte]))
        time.sleep(0.01)
