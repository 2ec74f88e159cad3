# attack: sleeps
# unit: u01_area
# outcomes: timeout
# process: holds
# budget: short

import time


def cross(a, b):
    time.sleep(600)
