# attack: computes a little and sleeps a little, so that it never seems to wait
# unit: u01_area
# outcomes: timeout
# process: holds
# budget: short

import time


def cross(a, b):
    while True:
        sum(range(30_000))
        time.sleep(0.05)
