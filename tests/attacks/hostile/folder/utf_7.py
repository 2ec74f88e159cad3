# attack: hides a forbidden name behind an encoding
# unit: u01_area
# outcomes: rule syntax
# process: holds
# source: b"# coding: utf-7\nimport +AHMAdABhAHQAaQBzAHQAaQBjAHM-\ndef cross(a, b): return 5e9\nx = statistics.mean\n"
