# attack: answers with more than any message may hold, and a view that claims to be larger still
# unit: u02_mean
# outcomes: fail memory
# process: holds

import numpy as np


def column_means(table):
    if len(table) == 3:
        return np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 20, 1 << 20), (0, 0))
    return np.zeros(20 << 20)
