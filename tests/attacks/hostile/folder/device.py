# attack: the file is a device that never ends
# unit: u01_area
# outcomes: error
# process: holds
# folder: device u01_area.py
