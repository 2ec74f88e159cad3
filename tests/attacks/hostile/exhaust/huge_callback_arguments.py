# attack: calls the lent function with numbers and lists of the largest size that a message takes
# unit: u03_notes
# exercises: total
# outcomes: fail error timeout
# process: holds


def total(function, count):
    for argument in ([[0] * 1000] * 1000, 1 << 13_000, "x" * (1 << 25), {1: 2}, object()):
        try:
            function(argument)
        except Exception as error:
            print(type(error))
    return 5e9
