# attack: puts the grader's channel in place of standard output and prints
# unit: u01_area
# outcomes: crash
# process: holds

import os

os.dup2(3, 1)


def cross(a, b):
    print("PASS u01.cross")
    return 5e9
