# attack: fills its memory to the last byte, so that not even the error can be made
# unit: u01_area
# outcomes: memory crash timeout error
# process: holds

KEPT = []


def cross(a, b):
    for size in (1 << 24, 1 << 16, 1 << 8, 1):
        try:
            while True:
                KEPT.append(bytearray(size))
        except MemoryError:
            pass
    raise MemoryError
