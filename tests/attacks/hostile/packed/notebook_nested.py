# attack: a notebook of brackets
# unit: u01_area
# as: u01_area.ipynb
# outcomes: refused syntax error
# process: holds
# source: b"[" * 4_000_000
