# attack: raises exceptions whose class, text and bases lie, fail or never end
# unit: u01_area
# outcomes: error timeout
# process: holds

CALLS = []


class Meta(type):
    __name__ = property(lambda cls: 1 / 0)
    __mro__ = property(lambda cls: (TypeError, object))


class Failing(Exception):
    def __str__(self):
        raise SystemExit(0)

    __traceback__ = property(lambda self: 7)


class Endless(Exception):
    def __str__(self):
        return "x" * (1 << 24)


class Odd(Exception, metaclass=Meta):
    def __str__(self):
        return type("Text", (str,), {"__getitem__": lambda *args: 7, "encode": lambda *args: 7})("odd")


def cross(a, b):
    CALLS.append(1)
    raise (Failing, Endless, Odd)[len(CALLS) % 3]
