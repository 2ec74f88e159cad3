# attack: blocks every signal and computes for ever
# unit: u01_area
# outcomes: timeout
# process: holds

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))


def cross(a, b):
    while True:
        pass
