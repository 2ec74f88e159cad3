# attack: replaces builtins and math, so that everything is an instance, close and equal
# unit: u01_area
# outcomes: fail crash error
# process: holds

import builtins
import math

math.isclose = lambda *args, **kwargs: True
math.isnan = math.isinf = lambda value: False
math.isfinite = lambda value: True
builtins.isinstance = lambda thing, kind: True
builtins.issubclass = lambda thing, kind: True
builtins.abs = lambda value: 0.0
builtins.callable = lambda thing: False
builtins.len = lambda thing: 1


def cross(a, b):
    return 5e9
