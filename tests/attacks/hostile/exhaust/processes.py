# attack: forks until it cannot, each child as busy as the parent
# unit: u01_area
# outcomes: fail error timeout
# process: holds

import os
import time


def cross(a, b):
    until = time.monotonic() + 5
    for _ in range(40):
        try:
            if os.fork() == 0:
                while time.monotonic() < until:
                    pass
                os._exit(0)
        except OSError as error:
            print(error)
    return 5e9
