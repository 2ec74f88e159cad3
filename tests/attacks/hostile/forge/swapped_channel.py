# attack: puts a pipe in place of the grader's channel, with an answer in it
# unit: u01_area
# outcomes: crash
# process: holds

import os


def cross(a, b):
    reading, writing = os.pipe()
    os.write(writing, b"\x01\x00\x00\x00A")
    os.dup2(reading, 3)
    return 5e9
