# attack: makes files that claim to be larger than the disk
# unit: u03_notes
# outcomes: error crash
# process: holds

import os
import signal

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def keep(texts):
    with open("hole", "wb") as file:
        file.truncate(1 << 40)
    return [1 << 40]
