# attack: the file claims to hold a terabyte
# unit: u01_area
# outcomes: error
# process: holds
# folder: sparse u01_area.py
