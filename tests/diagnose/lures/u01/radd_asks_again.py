# exercise: add_mul
# true: __radd__ returns other + self, which asks __radd__ again
# why: asks __radd__ again
# not: 1000 calls deep
# not: Use a loop


def _radd(self, other):
    return other + self


Value.__radd__ = _radd
