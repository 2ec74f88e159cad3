# attack: changes a list while it is being encoded
# unit: u01_area
# outcomes: fail crash error
# process: holds

import gc

LIST = [[float(number)] for number in range(60)]


def change(phase, info):
    LIST.append([1.0])
    if len(LIST) > 500:
        LIST.clear()


gc.callbacks.append(change)
gc.set_threshold(1, 1, 1)


def cross(a, b):
    return LIST
