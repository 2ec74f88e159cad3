# attack: returns the right means as float32, complex, objects, a list, a row
# unit: u02_mean
# outcomes: fail
# process: holds

import numpy as np

CALLS = []


def column_means(table):
    CALLS.append(1)
    right = table.sum(axis=0) / len(table)
    kinds = [right.astype(np.float32), right.astype(complex), right.astype(object), right.tolist(), right[None]]
    return kinds[len(CALLS) % len(kinds)]
