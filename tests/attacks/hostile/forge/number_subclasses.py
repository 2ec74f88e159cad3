# attack: returns subclasses of int, float, complex and bool's kin with operators of their own
# unit: u01_area
# outcomes: fail
# process: holds

CALLS = []


def liar(base):
    operations = {name: lambda self, *_: True for name in ("__eq__", "__le__", "__lt__", "__ge__", "__gt__")}
    same = {
        name: lambda self, *_: self for name in ("__add__", "__radd__", "__sub__", "__rsub__", "__abs__", "__float__")
    }
    return type(base.__name__, (base,), {**operations, **same, "__hash__": lambda self: 0})


KINDS = [liar(base) for base in (float, int, complex)]


def cross(a, b):
    CALLS.append(1)
    return KINDS[len(CALLS) % 3](1)
