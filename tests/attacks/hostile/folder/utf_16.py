# attack: the file is UTF-16
# unit: u01_area
# outcomes: syntax
# process: holds
# source: "def cross(a, b):\n    return 5e9\n".encode("utf-16")
