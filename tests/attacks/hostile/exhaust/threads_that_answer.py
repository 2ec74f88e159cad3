# attack: has threads write to the grader's channel at the same time
# unit: u01_area
# outcomes: fail error crash timeout
# process: holds

import os
import threading


def write():
    for _ in range(1000):
        os.write(3, b"\x01\x00\x00\x00A")


def cross(a, b):
    for _ in range(20):
        threading.Thread(target=write, daemon=True).start()
    return 5e9
