# attack: ends the process with exit code 0 while it is asked
# unit: u01_area
# outcomes: crash
# process: holds

import os


def cross(a, b):
    os._exit(0)
