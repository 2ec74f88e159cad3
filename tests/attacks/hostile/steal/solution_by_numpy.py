# attack: has numpy read the solution: fromfile, memmap, genfromtxt
# unit: u02_mean
# outcomes: fail
# process: breaks

import numpy as np

PATH = "@COURSE@/solutions/u02_mean.py"


def column_means(table):
    return np.zeros(1)


WAYS = (
    lambda: np.fromfile(PATH, np.uint8).tobytes(),
    lambda: np.memmap(PATH, np.uint8, "r").tobytes(),
    lambda: "\n".join(np.genfromtxt(PATH, str, delimiter="\0", comments=None)),
    lambda: np.lib.npyio.DataSource(None).open(PATH).read(),
)
for way in WAYS:
    try:
        exec(way())
    except (OSError, SyntaxError) as error:
        print(error)
