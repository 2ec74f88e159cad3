# attack: the same, past the encoder
# unit: u02_mean
# exercises: center
# outcomes: crash
# process: holds

import os
import struct

ARRAY = b"\x94\xa3<f8\x92\x00\xcf" + struct.pack(">Q", 1 << 32) + b"\xa1C\x92\x00\x00"
META = b"\x92\xa5value\xc7" + bytes([len(ARRAY)]) + b"\x0d" + ARRAY
MESSAGE = b"A" + struct.pack("<I", len(META)) + META


def center(table):
    os.write(3, struct.pack("<I", len(MESSAGE)) + MESSAGE)
    os.read(3, 1 << 16)
