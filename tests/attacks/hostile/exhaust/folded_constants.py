# attack: has the compiler compute constants that are far larger than the file
# unit: u01_area
# outcomes: error syntax memory crash
# process: holds
# source: "x = [" + ",".join(f"((1, {n}) * 120)" for n in range(50_000)) + "]\n"
