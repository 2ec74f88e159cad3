# attack: the file is two megabytes of comments
# unit: u01_area
# outcomes: error
# process: holds
# source: "# " + "x" * (2 << 20) + "\n"
