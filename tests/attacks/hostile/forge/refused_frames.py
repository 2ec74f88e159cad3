# attack: writes a refusal with the terminal's own commands in its text
# unit: u01_area
# outcomes: fail crash
# process: holds

import os
import struct

SAYS = "\x1b[1A\x1b[2KPASS  u01.cross".encode()
META = b"\x92\xa7refused\xd9" + bytes([len(SAYS)]) + SAYS
ANSWER = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    os.write(3, struct.pack("<I", len(ANSWER)) + ANSWER)
    return 5e9
