# attack: looks as if it were not written yet
# unit: u01_area
# outcomes: todo
# process: holds


def cross(a, b):
    raise NotImplementedError("TODO: cross")
