# exercise: add_mul
# true: a + b writes into a and returns a
# why: Your sum writes into self.data


def _add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    self.data += other.data
    return self


Value.__add__ = _add
