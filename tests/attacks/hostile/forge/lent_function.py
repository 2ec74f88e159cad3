# attack: answers with a function, as only the host may
# unit: u01_area
# outcomes: crash
# process: holds

import os
import struct

META = b"\x92\xa5value\xd4\x10\x30"
ANSWER = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    os.write(3, struct.pack("<I", len(ANSWER)) + ANSWER)
    return 5e9
