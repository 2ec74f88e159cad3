# attack: returns subclasses of ndarray whose operators say that all is well
# unit: u02_mean
# outcomes: fail
# process: holds

import numpy as np


class Agreeable(np.ndarray):
    __array_priority__ = 1e9

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.True_

    def __array_function__(self, func, types, args, kwargs):
        return True

    def __eq__(self, other):
        return np.True_

    __hash__ = None

    def tobytes(self, order="C"):
        return b""

    dtype = property(lambda self: np.dtype(float))


def column_means(table):
    if len(table) == 3:
        return np.ones(3).view(Agreeable)
    return np.ma.masked_all(table.shape[1])
