# attack: returns arrays that every comparison broadcasts: empty, of no dimension, of too many
# unit: u02_mean
# outcomes: fail
# process: holds

import numpy as np

CALLS = []
SHAPES = [(0,), (), (1,), (3, 1), (1, 1, 3), (0, 3)]


def column_means(table):
    CALLS.append(1)
    return np.broadcast_to(np.float64(3.0), SHAPES[len(CALLS) % len(SHAPES)])
