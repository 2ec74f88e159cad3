# attack: returns structured, text, time and byte-swapped arrays, and a void scalar
# unit: u02_mean
# outcomes: fail
# process: holds

import numpy as np

CALLS = []
ARRAYS = [
    np.zeros(3, [("a", float)]),
    np.array(["3.0", "6.0"]),
    np.array([3, 6], "M8[s]"),
    np.array([3.0, 6.0], ">f8"),
    np.void(b"abc"),
    np.longdouble(3),
]


def column_means(table):
    CALLS.append(1)
    return ARRAYS[len(CALLS) % len(ARRAYS)]
