# attack: takes away what would tell its line, then computes for ever
# unit: u01_area
# outcomes: timeout crash
# process: holds

import faulthandler
import os
import signal

faulthandler.disable()
faulthandler.unregister(signal.SIGUSR1)
os.close(4)


def cross(a, b):
    while True:
        pass
