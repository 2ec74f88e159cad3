# attack: brings compiled code of another program beside its source
# unit: u01_area
# outcomes: fail
# process: holds
# folder: file __pycache__/u01_area.cpython-311.pyc not even compiled
# folder: file u01_area.pyc not even compiled


def cross(a, b):
    return 5e9
