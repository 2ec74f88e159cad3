# attack: answers with objects of forged numbers and class names
# unit: u01_area
# outcomes: fail crash
# process: holds

import os
import struct

CALLS = []


def extension(code, payload):
    return b"\xc9" + struct.pack(">I", len(payload)) + bytes([code]) + payload


def text(value):
    return b"\xdb" + struct.pack(">I", len(value)) + value


HANDLES = [
    b"\x92\xff" + text(b"float"),
    b"\x92\xcf" + b"\xff" * 8 + text(b"float"),
    b"\x92" + extension(1, b"\xff" * 100 + b"\x00") + text(b"float"),
    b"\x92\x00" + text(b"A" * 900_000),
    b"\x92\x00" + text(b"float\x1b[2J"),
    b"\x92\xcb" + bytes(8) + text(b"float"),
    b"\x90",
]


def cross(a, b):
    payload = HANDLES[len(CALLS) % len(HANDLES)]
    CALLS.append(payload)
    meta = b"\x92\xa5value" + extension(15, payload)
    message = b"A" + struct.pack("<I", len(meta)) + meta
    os.write(3, struct.pack("<I", len(message)) + message)
    os.read(3, 1 << 16)
    return 5e9
