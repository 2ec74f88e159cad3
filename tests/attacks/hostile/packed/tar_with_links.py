# attack: hard and soft links to the solution, a device and a pipe
# unit: u01_area
# as: work.tar
# outcomes: refused
# process: holds
# source: tarred(("u01_area.py", "@COURSE@/solutions/u01_area.py"), ("u02_mean.py", None))
