# attack: prints without end
# unit: u01_area
# outcomes: error timeout
# process: holds


def cross(a, b):
    while True:
        print("PASS u01.cross " * 1000)
