# attack: returns arrays of NaN and infinity in the right shape
# unit: u02_mean
# outcomes: fail
# process: holds

import numpy as np


def column_means(table):
    return np.full(table.shape[1], np.nan if len(table) == 3 else np.inf)
