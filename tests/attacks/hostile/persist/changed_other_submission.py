# attack: spoils somebody else's submission
# unit: u01_area
# outcomes: fail
# process: breaks


def cross(a, b):
    return 5e9


try:
    with open("@OTHER@/u01_area.py", "w", encoding="utf-8") as file:
        file.write("")
except OSError as error:
    print(error)
