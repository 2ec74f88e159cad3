# attack: names an encoding that is none for text
# unit: u01_area
# outcomes: syntax
# process: holds
# source: b"# coding: rot_13\nqrs pebff(n, o): erghea 5r9\n"
