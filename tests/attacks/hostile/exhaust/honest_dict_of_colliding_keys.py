# attack: answers with a dict whose keys all have the same hash
# unit: u01_area
# outcomes: crash fail timeout
# process: holds

P = (1 << 61) - 1


def cross(a, b):
    return {P * k: None for k in range(20, 5000)}
