# attack: makes arrays of any size with numpy, also in lazy ways
# unit: u02_mean
# outcomes: memory fail error
# process: holds

import numpy as np


def column_means(table):
    if len(table) == 3:
        return np.broadcast_to(np.float64(1), (1 << 40,))
    return np.ones((1 << 20, 1 << 20))
