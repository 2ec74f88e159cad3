# attack: answers with a list that contains itself
# unit: u01_area
# outcomes: fail
# process: holds


def cross(a, b):
    round_ = []
    round_.append(round_)
    return round_
