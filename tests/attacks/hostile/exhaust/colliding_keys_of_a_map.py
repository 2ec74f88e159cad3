# attack: the same with MessagePack's own map, which no honest side writes
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
META = b"\x92\xa5value\xdf" + struct.pack(">I", 70_000 - 20) + KEYS
MESSAGE = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    data = struct.pack("<I", len(MESSAGE)) + MESSAGE
    while data:
        data = data[os.write(3, data) :]
    os.read(3, 1 << 16)
