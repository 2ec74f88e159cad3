# attack: imports the solution: by path, by a loader, as a script, from a zip's neighbour
# unit: u01_area
# outcomes: fail
# process: breaks

import importlib.machinery
import runpy
import sys


def cross(a, b):
    return 5e9


def by_path():
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "Guard"]
    sys.path.insert(0, "@COURSE@/solutions")
    import u01_area

    return vars(u01_area)


def by_loader():
    return vars(importlib.machinery.SourceFileLoader("stolen", "@COURSE@/solutions/u01_area.py").load_module())


def by_running():
    return runpy.run_path("@COURSE@/solutions/u01_area.py")


for way in (by_path, by_loader, by_running):
    try:
        globals().update({name: value for name, value in way().items() if not name.startswith("__")})
    except (ImportError, OSError) as error:
        print(error)
