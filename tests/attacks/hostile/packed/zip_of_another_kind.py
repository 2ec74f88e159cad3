# attack: a damaged archive with a right beginning
# unit: u01_area
# as: work.zip
# outcomes: refused
# process: holds
# source: zipped(("u01_area.py", bytes(4000)))[:90] + bytes(500)
