# attack: cells that would run programs, fetch files and read the solution, if anybody ran them
# unit: u01_area
# as: u01_area.ipynb
# outcomes: fail error syntax
# process: holds
# source: notebook("!cat @COURSE@/solutions/u01_area.py > u01_area.py", "%run @COURSE@/solutions/u01_area.py", "%%bash\ntouch /tmp/chainrule-attack-magic", "def cross(a, b):\n    return 5e9")
