# attack: leaves children behind that ignore every signal that can be ignored
# unit: u01_area
# outcomes: fail error
# process: holds

import os
import signal
import time


def cross(a, b):
    for _ in range(3):
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(30)
            os._exit(0)
    return 5e9
