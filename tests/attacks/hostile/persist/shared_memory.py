# attack: leaves shared memory, message queues and semaphores behind
# unit: u01_area
# outcomes: fail
# process: breaks

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)


def cross(a, b):
    return 5e9


print(LIBC.shmget(0x63686169, 4096, 0o1666))
try:
    with open("/dev/shm/chainrule-attack-segment", "wb") as file:
        file.write(bytes(4096))
except OSError as error:
    print(error)
