# attack: doubles a text and a number until there is no more
# unit: u01_area
# outcomes: memory timeout
# process: holds


def cross(a, b):
    text, number = "x", 3
    while True:
        text += text
        number *= number
