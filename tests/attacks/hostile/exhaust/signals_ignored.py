# attack: ignores every signal that can be, answers the others with a loop, and computes for ever
# unit: u01_area
# outcomes: timeout
# process: holds

import signal


def again(number, frame):
    while True:
        pass


for number in range(1, signal.NSIG):
    try:
        signal.signal(number, again if number % 2 else signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def cross(a, b):
    while True:
        pass
