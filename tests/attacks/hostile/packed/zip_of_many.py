# attack: a hundred thousand members
# unit: u01_area
# as: work.zip
# outcomes: refused
# process: holds
# source: zipped(*((f"{n}/u01_area.py", b"") for n in range(100_000)))
