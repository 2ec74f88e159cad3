# attack: its corners are a list that is another one each time it is looked at
# unit: u01_area
# exercises: scale
# outcomes: fail
# process: holds


class Corners(list):
    def __len__(self):
        return 4

    def __iter__(self):
        return iter([(1.0, 1.0)] * 4)

    def __getitem__(self, index):
        return (1.0, 1.0)

    def __eq__(self, other):
        return True

    __hash__ = None


class Polygon:
    corners = property(lambda self: Corners())

    def __init__(self, corners):
        pass

    def __mul__(self, factor):
        return self

    __rmul__ = __mul__
