# attack: the file is another name of the solution: a hard link
# unit: u01_area
# outcomes: error
# process: holds
# folder: name u01_area.py @COURSE@/solutions/u01_area.py
