# attack: puts an object that has every name in place of its own module
# unit: u01_area
# outcomes: fail error
# process: holds

import gc
import sys


class Everything(dict):
    def __missing__(self, name):
        return lambda *args, **kwargs: True

    def __getattr__(self, name):
        return lambda *args, **kwargs: True


for thing in gc.get_objects():
    if type(thing).__name__ == "Worker":
        thing.module = Everything()
sys.modules["submission"] = Everything()
