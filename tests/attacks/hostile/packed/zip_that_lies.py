# attack: a member that claims to be small and is not
# unit: u01_area
# as: work.zip
# outcomes: refused
# process: holds
# source: lying(zipped(("u01_area.py", bytes(64 << 20))))
