# attack: answers a thousand questions while it is imported, before they are asked
# unit: u01_area
# outcomes: fail crash error
# process: holds

import os
import struct

META = b"\x92\xa5value\xcb" + struct.pack(">d", 7.5)
ANSWER = b"A" + struct.pack("<I", len(META)) + META
os.write(3, (struct.pack("<I", len(ANSWER)) + ANSWER) * 1000)


def cross(a, b):
    return 5e9
