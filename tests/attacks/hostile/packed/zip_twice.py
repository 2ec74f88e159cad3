# attack: two members of the same name, one for each reader
# unit: u01_area
# as: work.zip
# outcomes: refused
# process: holds
# source: zipped(("u01_area.py", b"x = 1"), ("a/u01_area.py", b"x = 2"))
