# attack: names an encoding that takes for ever to read
# unit: u01_area
# outcomes: syntax error fail
# process: holds
# budget: short
# source: b"# coding: punycode\n" + b"a" * 500_000 + b"-" + b"b" * 400_000
