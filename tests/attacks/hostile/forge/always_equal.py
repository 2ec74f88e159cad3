# attack: returns an object that equals everything, is true, and is in everything
# unit: u01_area
# outcomes: fail
# process: holds


class Everything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __bool__(self):
        return True

    def __contains__(self, other):
        return True

    def __add__(self, other):
        return self

    __radd__ = __add__

    def __hash__(self):
        return hash(1.0)

    def __len__(self):
        return 0

    def __iter__(self):
        return iter(())

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


def cross(a, b):
    return Everything()
