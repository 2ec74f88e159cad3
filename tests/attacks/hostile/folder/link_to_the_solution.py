# attack: the file is a symbolic link to the solution
# unit: u01_area
# outcomes: error
# process: holds
# folder: link u01_area.py @COURSE@/solutions/u01_area.py
