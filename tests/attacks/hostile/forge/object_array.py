# attack: returns an array of objects that equal everything
# unit: u02_mean
# outcomes: fail
# process: holds

import numpy as np


class Everything:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __float__(self):
        return 3.0

    __hash__ = None


def column_means(table):
    made = np.empty(table.shape[1], object)
    made[:] = [Everything() for _ in made]
    return made
