# attack: kills the process that it was forked from
# unit: u01_area
# outcomes: fail error
# process: breaks

import os
import signal


def cross(a, b):
    try:
        if os.getppid() > 1:
            os.kill(os.getppid(), signal.SIGKILL)
    except OSError as error:
        print(error)
    return 5e9
