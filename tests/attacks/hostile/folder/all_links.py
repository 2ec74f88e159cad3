# attack: everything in the folder leads out of it
# unit: u01_area
# outcomes: fail
# process: holds
# folder: link checks @COURSE@/checks
# folder: link solutions @COURSE@/solutions
# folder: link .grade @COURSE@/.grade
# folder: link root /


def cross(a, b):
    return 5e9
