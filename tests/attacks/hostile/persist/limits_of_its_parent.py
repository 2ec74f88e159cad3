# attack: takes memory and descriptors away from the process that it was forked from
# unit: u01_area
# outcomes: fail
# process: breaks

import os
import resource


def cross(a, b):
    return 5e9


for which, value in ((resource.RLIMIT_NOFILE, 4), (resource.RLIMIT_AS, 1 << 20)):
    try:
        if os.getppid() > 1:
            resource.prlimit(os.getppid(), which, (value, value))
    except (OSError, ValueError) as error:
        print(error)
