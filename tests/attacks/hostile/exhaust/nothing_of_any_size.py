# attack: answers with an array without numbers, over whose columns a sum would fill the machine
# unit: u02_mean
# exercises: center
# outcomes: fail
# process: holds

import numpy as np


def center(table):
    table[:] = 0
    return np.empty((0, 1 << 32))
