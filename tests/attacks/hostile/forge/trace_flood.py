# attack: fills the pipe that faulthandler writes to
# unit: u01_area
# outcomes: timeout crash
# process: holds

import fcntl
import os

fcntl.fcntl(4, fcntl.F_SETFL, os.O_NONBLOCK | os.O_WRONLY)


def cross(a, b):
    while True:
        try:
            os.write(4, b'  File "/etc/passwd", line 1 in root\n' * 1000)
        except BlockingIOError:
            pass
