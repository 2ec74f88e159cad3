# attack: names an encoding that nobody knows
# unit: u01_area
# outcomes: syntax
# process: holds
# source: b"# coding: ../../etc/passwd\ndef cross(a, b): return 5e9\n"
