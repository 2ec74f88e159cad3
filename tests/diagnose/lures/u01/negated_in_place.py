# exercise: sub_div
# true: -a writes into a and returns a
# why: -a changed a itself


def _neg(self):
    self.data = -1 * self.data
    return self


Value.__neg__ = _neg
