# attack: reads the solution through descriptors: relative to folders, by O_PATH, through /proc/self/fd
# unit: u01_area
# outcomes: fail
# process: breaks

import os


def cross(a, b):
    return 5e9


def by_folder():
    folder = os.open("@COURSE@/solutions", os.O_RDONLY | os.O_DIRECTORY)
    return os.open("u01_area.py", os.O_RDONLY, dir_fd=folder)


def by_path():
    path = os.open("@COURSE@/solutions/u01_area.py", os.O_PATH)
    return os.open(f"/proc/self/fd/{path}", os.O_RDONLY)


def by_detour():
    os.chdir("@COURSE@/checks")
    return os.open("../solutions/./u01_area.py", os.O_RDONLY)


for way in (by_folder, by_path, by_detour):
    try:
        exec(os.read(way(), 1 << 20))
    except OSError as error:
        print(error)
