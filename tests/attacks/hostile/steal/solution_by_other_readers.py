# attack: has the standard library read the solution: linecache, mmap, sqlite, fileinput, configparser, tarfile
# unit: u01_area
# outcomes: fail
# process: breaks

import fileinput
import io
import linecache
import mmap
import os
import sqlite3
import tokenize

PATH = "@COURSE@/solutions/u01_area.py"


def cross(a, b):
    return 5e9


def mapped():
    with open(PATH, "rb") as file:
        return bytes(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)).decode()


def in_a_database():
    sqlite3.connect(f"file:{PATH}?mode=ro", uri=True).execute("select * from sqlite_master")
    return ""


WAYS = (
    lambda: "".join(linecache.getlines(PATH)),
    mapped,
    lambda: "".join(fileinput.input(PATH)),
    lambda: tokenize.open(PATH).read(),
    lambda: io.FileIO(PATH).readall().decode(),
    lambda: os.fdopen(os.open(PATH, os.O_RDONLY | os.O_NOATIME)).read(),
    in_a_database,
)
for way in WAYS:
    try:
        exec(way())
    except (OSError, sqlite3.Error) as error:
        print(error)
