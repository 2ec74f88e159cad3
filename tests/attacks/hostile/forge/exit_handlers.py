# attack: says that it passed in handlers that run when the process ends, and ends it
# unit: u01_area
# outcomes: error
# process: holds

import atexit
import os
import sys


def last_words():
    print('{"outcome": "pass"}')
    os._exit(0)


atexit.register(last_words)
sys.excepthook = lambda *args: last_words()


def cross(a, b):
    sys.exit(0)
