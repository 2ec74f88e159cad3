# attack: looks as if it waited for another exercise
# unit: u01_area
# outcomes: todo
# process: holds


def cross(a, b):
    raise NotImplementedError("TODO: Polygon.area")
