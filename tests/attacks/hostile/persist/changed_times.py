# attack: changes times, rights, owner and attributes of files that are not its own
# unit: u01_area
# outcomes: fail
# process: breaks

import os

PATH = "@COURSE@/solutions/u01_area.py"


def cross(a, b):
    return 5e9


WAYS = (
    lambda: os.utime(PATH, (0, 0)),
    lambda: os.chmod(PATH, 0o777),
    lambda: os.chown(PATH, 12345, 12345),
    lambda: os.setxattr(PATH, "user.chainrule-attack", b"1"),
    lambda: os.rename(PATH, PATH + ".old"),
    lambda: os.link(PATH, "@COURSE@/chainrule-attack-link"),
)
for way in WAYS:
    try:
        way()
    except OSError as error:
        print(error)
