# attack: an expression so deep that the compiler's own stack may end
# unit: u01_area
# outcomes: syntax
# process: holds
# source: "x = " + "-" * 300_000 + "1\n"
