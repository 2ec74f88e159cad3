# exercise: sub_div
# true: both reflected operators take their operands the wrong way round
# why: the other operand is the one on the LEFT


def _rsub(self, other):
    return self - other


def _rtruediv(self, other):
    return self / other


Value.__rsub__ = _rsub
Value.__rtruediv__ = _rtruediv
