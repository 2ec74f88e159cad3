# attack: leaves a process behind that belongs to nobody
# unit: u01_area
# outcomes: fail error
# process: breaks

import os
import time


def cross(a, b):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 100)
            time.sleep(30)
        os._exit(0)
    os.wait()
    return 5e9
