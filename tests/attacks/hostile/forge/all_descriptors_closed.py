# attack: closes everything there is while it is imported
# unit: u01_area
# outcomes: crash
# process: holds

import os

os.closerange(0, 100)


def cross(a, b):
    return 5e9
