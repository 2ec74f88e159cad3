# attack: asks for sizes, times and rights of files that it may not read
# unit: u01_area
# outcomes: fail
# process: holds

import os


def cross(a, b):
    return 5e9


for ask in (os.stat, os.lstat, os.statvfs, os.readlink, lambda path: os.access(path, os.R_OK), os.listxattr):
    try:
        ask("@COURSE@/solutions/u01_area.py")
    except OSError as error:
        print(error)
