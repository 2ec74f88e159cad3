# attack: members whose paths lead to the solution, the checks and the next submission
# unit: u01_area
# as: work.zip
# outcomes: refused fail error syntax
# process: holds
# source: zipped(("../../tiny/solutions/u01_area.py", b"x = 1"), ("/tmp/chainrule-attack-zip", b""), ("..\\\\..\\\\checks\\\\u02_mean.py", b""))
