# attack: finds the worker's encoder and makes every answer the same
# unit: u01_area
# outcomes: fail crash error
# process: holds

import gc

for thing in gc.get_objects():
    if isinstance(thing, type) and thing.__name__ == "Writer":
        thing.plain = lambda self, value, depth: ["value", True]


def cross(a, b):
    return 5e9
