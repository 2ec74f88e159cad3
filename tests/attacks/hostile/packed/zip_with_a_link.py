# attack: a member that is a link to the solution
# unit: u01_area
# as: work.zip
# outcomes: refused
# process: holds
# source: zipped(("u01_area.py", b"@COURSE@/solutions/u01_area.py"), mode=0o120777)
