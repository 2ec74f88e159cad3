# attack: writes files wherever somebody might find them
# unit: u01_area
# outcomes: fail
# process: breaks

import os

FOLDERS = (".", "..", "~", "/", "/tmp", "/var/tmp", "/dev/shm", "@COURSE@", "@COURSE@/checks", "@OTHER@", "@BASE@")


def cross(a, b):
    return 5e9


for folder in FOLDERS[4:]:
    try:
        with open(os.path.expanduser(f"{folder}/chainrule-attack-file.py"), "w", encoding="utf-8") as file:
            file.write("raise SystemExit(0)\n")
        os.mkdir(f"{folder}/chainrule-attack-folder")
    except OSError as error:
        print(error)
