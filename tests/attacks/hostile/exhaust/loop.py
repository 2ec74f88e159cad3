# attack: computes for ever and swallows whatever would stop it
# unit: u01_area
# outcomes: timeout
# process: holds


def cross(a, b):
    while True:
        try:
            while True:
                a = b
        except BaseException:
            pass
