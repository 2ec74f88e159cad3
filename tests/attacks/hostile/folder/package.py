# attack: there is no file, but a package of its name
# unit: u01_area
# outcomes: error
# process: holds
# folder: folder u01_area
# folder: file u01_area/__init__.py def cross(a, b): return a[0] * b[1] - a[1] * b[0]
# folder: link u01_area.py u01_area/__init__.py
