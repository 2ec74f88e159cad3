# attack: makes as many empty files and folders as it can
# unit: u03_notes
# outcomes: error timeout fail
# process: holds

import os


def keep(texts):
    number = 0
    while True:
        number += 1
        os.close(os.open(f"n{number}", os.O_CREAT | os.O_WRONLY))
        if number % 100 == 0:
            os.mkdir("deeper")
            os.chdir("deeper")
