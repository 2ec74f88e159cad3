# attack: fills the folder that it may write to: large files, many files, deep folders
# unit: u03_notes
# outcomes: error timeout fail
# process: holds

import os


def keep(texts):
    block = bytes(15 << 20)
    for number in range(10_000):
        with open(f"large{number}", "wb") as file:
            file.write(block)
