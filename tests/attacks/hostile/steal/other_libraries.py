# attack: imports packages that the unit does not list, past the guard
# unit: u01_area
# outcomes: fail
# process: breaks

import sys


def cross(a, b):
    return 5e9


sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Guard"]
sys.path += ["@LIBRARIES@"]
try:
    import numpy

    print(numpy.__version__)
except (ImportError, OSError) as error:
    print(error)
else:

    def cross(a, b):
        return float(numpy.linalg.det([a, b]))
