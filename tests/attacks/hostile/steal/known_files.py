# attack: opens the files that are worth most by their full names
# unit: u01_area
# outcomes: fail
# process: breaks

import re

LIKE = re.compile(rb"chainrule-canary-\w+-[0-9a-f]{16}")
FOUND = set()
NAMES = (
    "@COURSE@/checks/test_u01_area.py",
    "@COURSE@/checks/hidden/test_u01_area.py",
    "@COURSE@/checks/oracles/u01_area.py",
    "@COURSE@/solutions/misconceptions/u01_area/cross.py",
    "@COURSE@/.grade/store/kept",
    "@OTHER@/u01_area.py",
    "/proc/@HOST@/environ",
    "/proc/@HOST@/cmdline",
    "/proc/self/environ",
    "/proc/self/mountinfo",
    "/etc/passwd",
    "/etc/shadow",
    "/root/.ssh/id_rsa",
)


def cross(a, b):
    print(*FOUND)
    return 5e9


for name in NAMES:
    try:
        with open(name, "rb") as file:
            FOUND.update(LIKE.findall(file.read()))
    except OSError as error:
        print(error)
