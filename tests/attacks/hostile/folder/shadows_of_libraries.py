# attack: brings its own numpy
# unit: u02_mean
# outcomes: fail
# process: holds
# folder: file numpy.py raise SystemExit("the submission's own numpy")
# folder: file numpy/__init__.py raise SystemExit("the submission's own numpy")

import numpy as np


def column_means(table):
    return np.zeros(1)
