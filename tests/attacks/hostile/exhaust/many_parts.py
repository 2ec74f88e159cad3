# attack: answers with a small thing that has very many parts
# unit: u01_area
# outcomes: fail timeout
# process: holds


def cross(a, b):
    inner = [[]] * 60
    for _ in range(20):
        inner = [inner] * 60
    return inner
