# attack: raises SystemExit with a code that means success
# unit: u01_area
# outcomes: error
# process: holds


def cross(a, b):
    raise SystemExit(0)
