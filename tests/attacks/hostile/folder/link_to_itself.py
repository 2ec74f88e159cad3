# attack: the file is a symbolic link that leads round in circles
# unit: u01_area
# outcomes: error
# process: holds
# folder: link u01_area.py u01_area.py
