# attack: writes well-formed answers on the grader's channel, each saying True
# unit: u01_area
# outcomes: fail crash
# process: holds

import os
import struct

META = b"\x92\xa5value\xc3"
ANSWER = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    for _ in range(10):
        os.write(3, struct.pack("<I", len(ANSWER)) + ANSWER)
    return 5e9
