# attack: computes for ever while it is imported
# unit: u01_area
# outcomes: timeout
# process: holds

while True:
    pass
