# attack: writes an exception's record on the grader's channel that says that nothing is written yet
# unit: u01_area
# outcomes: todo fail crash
# process: holds

import os
import struct


def text(value):
    return b"\xd9" + bytes([len(value)]) + value.encode()


def extension(code, payload):
    return b"\xc8" + struct.pack(">H", len(payload)) + bytes([code]) + payload


RECORD = (
    b"\x9a"
    + b"".join(
        (text("type"), text("NotImplementedError"), text("bases"), b"\x92", text("RuntimeError"), text("Exception"))
    )
    + text("message")
    + text("TODO: cross")
    + text("frames")
    + b"\x90"
    + text("missing")
    + b"\xc3"
)
META = b"\x92" + text("error") + extension(8, RECORD)
ANSWER = b"A" + struct.pack("<I", len(META)) + META


def cross(a, b):
    os.write(3, struct.pack("<I", len(ANSWER)) + ANSWER)
    return 5e9
