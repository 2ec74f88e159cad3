# attack: the file is a folder, and a package
# unit: u01_area
# outcomes: error
# process: holds
# folder: folder u01_area.py
# folder: file u01_area.py/__init__.py def cross(a, b): return a[0] * b[1] - a[1] * b[0]
