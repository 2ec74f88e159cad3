# attack: returns objects whose arithmetic happens here and gives whatever is wanted
# unit: u01_area
# outcomes: fail
# process: holds


class Number:
    def __add__(self, other):
        return Number()

    def __rmul__(self, other):
        return Number()

    def __float__(self):
        return 0.0

    __mul__ = __neg__ = __abs__ = __sub__ = __rmul__


def cross(a, b):
    return Number()
