# attack: asks for a core dump, makes itself dumpable, and dies
# unit: u01_area
# outcomes: crash
# process: holds

import ctypes
import os
import resource


def cross(a, b):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (OSError, ValueError) as error:
        print(error)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
    os.abort()
