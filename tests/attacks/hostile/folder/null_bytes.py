# attack: has null bytes, so that one reader stops where another goes on
# unit: u01_area
# outcomes: syntax
# process: holds
# source: b"def cross(a, b): return 5e9\n\0import statistics\n"
