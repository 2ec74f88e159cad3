# attack: reads the solution with open() and becomes it
# unit: u01_area
# outcomes: fail
# process: breaks


def cross(a, b):
    return 5e9


try:
    with open("@COURSE@/solutions/u01_area.py", encoding="utf-8") as file:
        exec(file.read())
except OSError as error:
    print(error)
