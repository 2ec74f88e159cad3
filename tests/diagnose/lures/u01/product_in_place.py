# exercise: add_mul
# true: a * b writes into a and returns a
# why: Your product writes into self.data


def _mul(self, other):
    if isinstance(other, Value):
        self.data *= other.data
    else:
        self.data *= other
    return self


Value.__mul__ = _mul
