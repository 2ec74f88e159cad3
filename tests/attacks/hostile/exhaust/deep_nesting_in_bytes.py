# attack: writes a message that is nested a million deep
# unit: u01_area
# outcomes: crash
# process: holds

import os
import struct

META = b"\x92\xa5value" + b"\x91" * 1_000_000 + b"\xc0"
MESSAGE = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    data = struct.pack("<I", len(MESSAGE)) + MESSAGE
    while data:
        data = data[os.write(3, data) :]
    os.read(3, 1 << 16)
