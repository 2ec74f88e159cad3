# attack: begins an answer and never ends it
# unit: u01_area
# outcomes: timeout
# process: holds
# budget: short

import os
import time


def cross(a, b):
    os.write(3, b"\x10\x00\x00\x00A")
    time.sleep(600)
