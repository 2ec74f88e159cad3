# attack: starts as many threads as it can
# unit: u01_area
# outcomes: fail error timeout
# process: holds

import threading
import time


def cross(a, b):
    try:
        for _ in range(200):
            threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
    except RuntimeError as error:
        print(error)
    return 5e9
