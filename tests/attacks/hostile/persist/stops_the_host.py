# attack: stops the grader for good
# unit: u01_area
# outcomes: fail
# process: breaks

import os
import signal


def cross(a, b):
    try:
        os.kill(@HOST@, signal.SIGSTOP)
    except OSError as error:
        print(error)
    return 5e9
