# attack: fills its memory with lists of lists
# unit: u01_area
# outcomes: memory timeout error crash
# process: holds


def cross(a, b):
    kept = []
    while True:
        kept.append([None] * 100_000)
