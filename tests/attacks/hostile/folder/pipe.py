# attack: the file is a pipe that nobody writes to
# unit: u01_area
# outcomes: error
# process: holds
# folder: pipe u01_area.py
