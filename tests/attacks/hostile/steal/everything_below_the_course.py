# attack: reads all files of the course and of other learners and prints the secrets in them
# unit: u01_area
# outcomes: fail
# process: breaks

import os
import re

LIKE = re.compile(rb"chainrule-canary-\w+-[0-9a-f]{16}")
FOUND = set()


def cross(a, b):
    print(*FOUND)
    return 5e9


for top in ("@COURSE@", "@OTHER@", "@COURSE@/checks/hidden", "@COURSE@/.grade/store"):
    for folder, _, names in os.walk(top):
        for name in names:
            FOUND.update(LIKE.findall(name.encode()))
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    FOUND.update(LIKE.findall(file.read()))
            except OSError as error:
                print(error)
