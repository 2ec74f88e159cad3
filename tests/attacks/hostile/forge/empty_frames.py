# attack: floods the channel with empty messages
# unit: u01_area
# outcomes: crash
# process: holds

import os


def cross(a, b):
    for _ in range(20):
        os.write(3, bytes(1 << 16))
    return 5e9
