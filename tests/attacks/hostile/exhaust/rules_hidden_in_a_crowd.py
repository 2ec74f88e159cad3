# attack: hides a forbidden name behind more uses than are looked at
# unit: u01_area
# outcomes: syntax
# process: holds
# source: "import math, statistics\n" + "math.pi\n" * 6000 + "def cross(a, b): return statistics.mean([5e9])\n"
