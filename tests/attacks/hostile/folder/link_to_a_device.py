# attack: the file is a link to a device that never ends
# unit: u01_area
# outcomes: error
# process: holds
# folder: link u01_area.py /dev/zero
