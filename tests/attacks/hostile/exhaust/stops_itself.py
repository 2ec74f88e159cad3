# attack: stops itself with the signal that cannot be caught
# unit: u01_area
# outcomes: timeout error fail
# process: holds
# budget: short

import os
import signal


def cross(a, b):
    for stop in (lambda: os.kill(os.getpid(), signal.SIGSTOP), lambda: signal.raise_signal(signal.SIGSTOP)):
        try:
            stop()
        except OSError as error:
            print(error)
    return 5e9
