# attack: writes sixty thousand calls of the lent function at once and computes nothing
# unit: u03_notes
# exercises: total
# outcomes: timeout crash fail
# process: holds
# budget: short

import os
import struct
import time

META = b"\x93\x00" + b"\xd5\x07\x91\x03" + b"\xd4\x08\x90"
CALL = b"C" + struct.pack("<I", len(META)) + META


def total(function, count):
    data = (struct.pack("<I", len(CALL)) + CALL) * 60_000
    while data:
        data = data[os.write(3, data) :]
        os.set_blocking(3, False)
        try:
            os.read(3, 1 << 20)
        except BlockingIOError:
            pass
        os.set_blocking(3, True)
    time.sleep(600)
