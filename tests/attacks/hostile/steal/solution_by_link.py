# attack: makes links to the solution wherever it may, and reads them
# unit: u01_area
# outcomes: fail
# process: breaks

import os


def cross(a, b):
    return 5e9


for make in (os.symlink, os.link):
    for place in ("here", "/tmp/chainrule-attack-link", "/dev/shm/chainrule-attack-link"):
        try:
            make("@COURSE@/solutions/u01_area.py", place)
            with open(place, encoding="utf-8") as file:
                exec(file.read())
            os.unlink(place)
        except OSError as error:
            print(error)
