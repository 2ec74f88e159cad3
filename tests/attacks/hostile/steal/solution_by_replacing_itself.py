# attack: replaces this process by a program that writes the solution to the grader's channel
# unit: u01_area
# outcomes: fail crash
# process: holds

import os


def cross(a, b):
    os.dup2(3, 1)
    try:
        os.execv("/bin/cat", ["cat", "@COURSE@/solutions/u01_area.py"])
    except OSError as error:
        return str(error)
