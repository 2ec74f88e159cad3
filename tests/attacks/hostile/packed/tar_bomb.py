# attack: an archive that unpacks to gigabytes before anything is found
# unit: u01_area
# as: work.tgz
# outcomes: refused
# process: holds
# source: tarred(("big", bytes(300 << 20)), ("u01_area.py", b""))
