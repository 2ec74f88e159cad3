# attack: calls the function that it was lent for ever
# unit: u03_notes
# exercises: total
# outcomes: timeout
# process: holds


def total(function, count):
    while True:
        function(3)
