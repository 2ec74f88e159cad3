# attack: a member that unpacks to two gigabytes
# unit: u01_area
# as: work.zip
# outcomes: refused
# process: holds
# source: zipped(("u01_area.py", bytes(1 << 20)), times=2048)
