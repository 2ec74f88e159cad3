# attack: the file is a symbolic link to somebody else's submission
# unit: u01_area
# outcomes: error
# process: holds
# folder: link u01_area.py ../other/u01_area.py
