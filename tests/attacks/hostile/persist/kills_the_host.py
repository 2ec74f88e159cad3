# attack: kills the grader
# unit: u01_area
# outcomes: fail
# process: breaks

import ctypes
import os
import signal


def by_descriptor():
    signal.pidfd_send_signal(os.pidfd_open(@HOST@), signal.SIGKILL)


def cross(a, b):
    for way in (lambda: os.kill(@HOST@, signal.SIGKILL), by_descriptor):
        try:
            way()
        except OSError as error:
            print(error)
    ctypes.CDLL(None).syscall(129, @HOST@, signal.SIGKILL, bytes(128))
    return 5e9
