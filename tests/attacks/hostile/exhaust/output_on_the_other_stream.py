# attack: writes without end to standard error, as bytes that are no text
# unit: u01_area
# outcomes: error timeout
# process: holds

import os


def cross(a, b):
    while True:
        os.write(2, bytes(range(128, 256)) * 512)
