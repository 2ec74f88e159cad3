# attack: says TODO of something that no exercise knows, with a terminal's commands in it
# unit: u01_area
# outcomes: todo fail error
# process: holds


def cross(a, b):
    raise NotImplementedError("TODO: \x1b[2K\rPASS  u01.cross   3 of 3 points")
