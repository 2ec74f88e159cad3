# attack: has the kernel send a deadly signal to the process that it was forked from
# unit: u01_area
# outcomes: fail
# process: breaks

import fcntl
import os
import signal


def cross(a, b):
    reading, writing = os.pipe()
    try:
        fcntl.fcntl(reading, 8, os.getppid() if os.getppid() > 1 else os.getpid())
        fcntl.fcntl(reading, 10, signal.SIGKILL)
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        os.write(writing, b"x")
    except OSError as error:
        print(error)
    return 5e9
