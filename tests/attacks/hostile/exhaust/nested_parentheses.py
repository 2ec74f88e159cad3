# attack: is nested so deeply that reading it overflows
# unit: u01_area
# outcomes: syntax
# process: holds
# source: "x = " + "(" * 200_000 + ")" * 200_000 + "\n"
