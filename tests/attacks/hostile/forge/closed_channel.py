# attack: closes the grader's channel and goes on
# unit: u01_area
# outcomes: crash
# process: holds

import os


def cross(a, b):
    os.close(3)
    return 5e9
