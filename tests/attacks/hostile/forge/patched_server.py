# attack: finds the worker's server and replaces what it answers with
# unit: u01_area
# outcomes: fail crash error
# process: holds

import gc

for thing in gc.get_objects():
    if isinstance(thing, type) and thing.__name__ in ("Server", "Worker"):
        thing.op_call = lambda self, name, args, kwargs: True
        thing.op_begin = lambda self, seed: None
        thing.op_operator = lambda self, name, operands: True


def cross(a, b):
    return 5e9
