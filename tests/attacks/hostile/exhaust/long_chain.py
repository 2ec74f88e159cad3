# attack: a chain of attributes whose list of names is far larger than the file
# unit: u01_area
# outcomes: syntax
# process: holds
# source: "import a\n" + "a" + ("." + "b" * 60) * 2800 + "\n"
