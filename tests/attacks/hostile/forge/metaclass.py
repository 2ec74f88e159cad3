# attack: returns an instance of a class whose metaclass lies about everything
# unit: u01_area
# outcomes: fail error
# process: holds


class Lie(type):
    __name__ = property(lambda cls: "float")
    __qualname__ = property(lambda cls: "float")
    __module__ = property(lambda cls: "builtins")
    __mro__ = property(lambda cls: (float, object))
    __dict__ = property(lambda cls: {})

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(float)

    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, subclass):
        return True


class Number(metaclass=Lie):
    def __add__(self, other):
        return self


def cross(a, b):
    return Number()
