# attack: may write files, and writes them outside of its folder
# unit: u03_notes
# outcomes: fail error
# process: breaks

import os
import tempfile

PLACES = ("../chainrule-attack", "/tmp/chainrule-attack", "@COURSE@/chainrule-attack", "@OTHER@/u03_notes.py")


def keep(texts):
    for place in PLACES:
        for way in (lambda: open(place, "w").close(), lambda: os.mkdir(place), lambda: os.unlink(place)):
            try:
                way()
            except OSError as error:
                print(error)
    for name in ("@COURSE@/solutions/u03_notes.py", "@OTHER@/u03_notes.py"):
        try:
            os.rename(name, "mine")
        except OSError as error:
            print(error)
    return [tempfile.gettempdir()]
