# attack: brings a record that says that everything has passed, and expected values of its own
# unit: u01_area
# outcomes: fail
# process: holds
# folder: file .grade/state.json {"schema": 1, "exercises": {"u01.cross": {"outcome": "pass"}}}
# folder: file .grade/store/u01_area/kept mine


def cross(a, b):
    return 5e9
