# attack: defines more names than anybody reads
# unit: u01_area
# outcomes: error syntax
# process: holds
# source: "".join(f"def f{n}(): pass\n" for n in range(40_000))
