# attack: has a child compute, which no clock of the parent counts, and waits for it
# unit: u01_area
# outcomes: timeout error
# process: holds
# budget: short

import os
import time


def cross(a, b):
    if os.fork() == 0:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            pass
        os._exit(0)
    os.wait()
