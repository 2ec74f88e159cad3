# attack: takes away the right to tidy up, and leaves files for the next worker
# unit: u03_notes
# outcomes: fail error
# process: holds

import os


def keep(texts):
    os.mkdir("inner")
    for way in (lambda: os.chmod("inner", 0), lambda: os.chmod(".", 0), lambda: os.fchmod(os.open(".", 0), 0)):
        try:
            way()
        except OSError as error:
            print(error)
    return [len(os.listdir(".."))] if os.access("..", os.R_OK) else [-1]
