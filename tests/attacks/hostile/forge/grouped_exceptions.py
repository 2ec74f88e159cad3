# attack: raises a group of groups of exceptions, and a chain that leads back to itself
# unit: u01_area
# outcomes: error
# process: holds


def cross(a, b):
    error = ValueError("round")
    for _ in range(200):
        error = ExceptionGroup("deeper", [error, TypeError()])
    error.__cause__ = error
    error.__context__ = error
    raise error
