# attack: ends its lines in every way there is, so that two readers number them differently
# unit: u01_area
# outcomes: fail error
# process: holds
# source: b"# one\r# two\x0c\r\n# \x1c\x1d\x85\xe2\x80\xa8 three\ndef cross(a, b):\r\n    raise ValueError('\x1b[2J')\n".replace(b"\x85", b"")
