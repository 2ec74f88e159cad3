# attack: the file is a socket
# unit: u01_area
# outcomes: error
# process: holds
# folder: socket u01_area.py
