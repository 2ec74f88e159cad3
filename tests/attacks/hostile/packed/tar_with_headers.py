# attack: headers that claim sizes, names and encodings at will
# unit: u01_area
# as: work.tar
# outcomes: refused
# process: holds
# source: tarred(("u01_area.py", b""), headers={"size": "99999999999999", "path": "u01_area.py", "hdrcharset": "rot13"})
