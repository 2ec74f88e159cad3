# attack: answers each question with as many bytes as are taken
# unit: u01_area
# outcomes: fail timeout
# process: holds


def cross(a, b):
    return bytes(60 << 20)
