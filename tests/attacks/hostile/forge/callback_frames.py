# attack: calls host functions that nobody lent
# unit: u01_area
# outcomes: crash
# process: holds

import os
import struct


def cross(a, b):
    for number in (0, 1, 99):
        meta = b"\x93" + bytes([number]) + b"\xd5\x07\x91\x03" + b"\xd4\x08\x90"
        message = b"C" + struct.pack("<I", len(meta)) + meta
        os.write(3, struct.pack("<I", len(message)) + message)
    return 5e9
