# attack: kills every process that it may
# unit: u01_area
# outcomes: fail error
# process: unsafe

import os
import signal


def cross(a, b):
    for pid in (-1, 0):
        try:
            os.kill(pid, signal.SIGTERM)
        except OSError as error:
            print(error)
    return 5e9
