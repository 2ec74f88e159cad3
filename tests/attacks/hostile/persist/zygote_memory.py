# attack: writes to the memory of the process that it was forked from
# unit: u01_area
# outcomes: fail error
# process: holds

import os


def cross(a, b):
    try:
        with open(f"/proc/{os.getppid()}/mem", "r+b", 0) as file:
            file.seek(0)
            file.write(b"x")
    except OSError as error:
        print(error)
    return 5e9
