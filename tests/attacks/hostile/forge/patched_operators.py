# attack: finds the worker's own table of operators and makes each of them say True
# unit: u01_area
# outcomes: fail error
# process: holds

import gc

for thing in gc.get_objects():
    if type(thing) is dict and "truediv" in thing and "matmul" in thing:
        for name in thing:
            thing[name] = lambda *args: True


class Number:
    pass


def cross(a, b):
    return Number()
