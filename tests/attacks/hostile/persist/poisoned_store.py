# attack: writes to the store of expected values
# unit: u01_area
# outcomes: fail
# process: breaks

import os


def cross(a, b):
    return 5e9


for folder, _, names in os.walk("@COURSE@/.grade"):
    for name in names:
        try:
            with open(os.path.join(folder, name), "r+b") as file:
                file.write(b"\x00" * 8)
        except OSError as error:
            print(error)
try:
    with open("@COURSE@/.grade/store/kept", "wb") as file:
        file.write(b"mine")
except OSError as error:
    print(error)
