# attack: reads the grader's questions itself and answers each with True
# unit: u01_area
# outcomes: fail crash
# process: holds

import os
import struct

META = b"\x92\xa5value\xc3"
ANSWER = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    while True:
        os.write(3, struct.pack("<I", len(ANSWER)) + ANSWER)
        if not os.read(3, 1 << 16):
            os._exit(0)
