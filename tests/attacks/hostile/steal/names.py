# attack: lists every folder it can, from the root and from where it stands
# unit: u01_area
# outcomes: fail
# process: breaks

import os
import re

LIKE = re.compile(r"chainrule-canary-\w+-[0-9a-f]{16}")
FOUND = set()


def cross(a, b):
    print(*FOUND)
    return 5e9


for top in ("@COURSE@", "@BASE@", "/proc/@HOST@/cwd", ".", ".."):
    for count, (folder, folders, names) in enumerate(os.walk(top)):
        FOUND.update(LIKE.findall(" ".join([folder, *folders, *names])))
        if count > 200:
            break
