# attack: writes forged stacks where faulthandler writes, with a line number of five thousand digits
# unit: u01_area
# outcomes: timeout
# process: holds

import os
import signal

signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def cross(a, b):
    os.write(4, f'  File "{__file__}", line {"9" * 5000} in cross\n'.encode() * 8)
    while True:
        pass
