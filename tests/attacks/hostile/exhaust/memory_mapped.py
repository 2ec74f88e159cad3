# attack: maps private and shared memory, and touches it
# unit: u01_area
# outcomes: error memory timeout
# process: holds

import mmap


def cross(a, b):
    kept = []
    while True:
        for flags in (mmap.MAP_SHARED, mmap.MAP_PRIVATE):
            kept.append(mmap.mmap(-1, 16 << 20, flags | mmap.MAP_ANONYMOUS))
            kept[-1][:] = bytes(16 << 20)
