# attack: waits for itself, for a pipe that nobody writes to, for nothing at all
# unit: u01_area
# outcomes: timeout
# process: holds
# budget: short

import _thread
import os


def cross(a, b):
    lock = _thread.allocate_lock()
    lock.acquire()
    if a == (1.0, 0.0):
        lock.acquire()
    os.read(os.pipe()[0], 1)
