# attack: walks up the stack to the worker's loop and changes what it finds there
# unit: u01_area
# outcomes: fail crash error
# process: holds

import sys


def cross(a, b):
    frame = sys._getframe()
    while frame is not None:
        if "self" in frame.f_locals and frame.f_code.co_filename != __file__:
            worker = frame.f_locals["self"]
            for name in ("answer", "_encode", "_answer"):
                if hasattr(worker, name):
                    vars(worker)[name] = lambda *args: b"A\x07\x00\x00\x00\x92\xa5value\xc3"
        frame.f_globals.update(ANSWER=b"R", QUESTION=b"A")
        frame = frame.f_back
    return 5e9
