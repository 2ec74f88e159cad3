# attack: returns an object that claims to be a float and behaves like any number
# unit: u01_area
# outcomes: fail
# process: holds


class Number:
    __class__ = property(lambda self: float)

    def __float__(self):
        return 1.0

    def __add__(self, other):
        return self

    def __sub__(self, other):
        return self

    def __abs__(self):
        return self

    def __le__(self, other):
        return True

    def __lt__(self, other):
        return True

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


def cross(a, b):
    return Number()
