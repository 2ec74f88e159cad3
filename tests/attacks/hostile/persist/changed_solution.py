# attack: changes the solution and the checks in place, and removes a hidden check
# unit: u01_area
# outcomes: fail
# process: breaks

import os


def cross(a, b):
    return 5e9


def emptied():
    os.truncate("@COURSE@/checks/oracles/u01_area.py", 0)


def added():
    with open("@COURSE@/solutions/u01_area.py", "a", encoding="utf-8") as file:
        file.write("def cross(a, b):\n    return 5e9\n")


for way in (emptied, added, lambda: os.unlink("@COURSE@/checks/hidden/test_u01_area.py")):
    try:
        way()
    except OSError as error:
        print(error)
