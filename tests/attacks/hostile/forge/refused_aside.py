# attack: answers wrongly, and refuses to say which of its functions ran
# unit: u01_area
# outcomes: fail
# process: holds

import gc

server = next(one for one in gc.get_objects() if type(one).__name__ == "Worker")
cycle = []
cycle.append(cycle)
server.op_ran = server.op_watch = lambda: cycle


def cross(a, b):
    return 0.5
