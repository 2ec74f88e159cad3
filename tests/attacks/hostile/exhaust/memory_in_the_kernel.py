# attack: fills pipes, event counters, watches and memory files, which are not its own memory
# unit: u01_area
# outcomes: fail error timeout
# process: holds

import os
import select


def cross(a, b):
    kept = []
    for make in (os.pipe, lambda: os.eventfd(0), select.epoll, lambda: os.memfd_create("x")):
        try:
            while len(kept) < 1000:
                made = make()
                kept.append(made)
                if isinstance(made, tuple):
                    os.set_blocking(made[1], False)
                    while os.write(made[1], bytes(4096)):
                        pass
        except (OSError, AttributeError) as error:
            print(error)
    return 5e9
