# exercise: sub_div
# true: a - b is a + b
# why: Your difference adds
# not: counted twice
# not: 2 *


def _sub(self, other):
    return self + other * 1


Value.__sub__ = _sub
