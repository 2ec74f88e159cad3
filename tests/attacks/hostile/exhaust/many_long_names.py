# attack: has names whose list is larger than a message may be
# unit: u01_area
# outcomes: error syntax
# process: holds
# source: "".join(f"{'n' * 900}{n} = 1\n" for n in range(1100))
