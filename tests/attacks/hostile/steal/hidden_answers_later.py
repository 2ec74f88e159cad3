# attack: keeps what a hidden check asked and tells it when a later exercise is graded
# unit: u01_area
# exercises: area scale
# outcomes: fail error
# process: breaks
# silent: nine corners were asked

import glob
import os

for name in [*glob.glob("../*/kept"), *glob.glob("../kept"), *glob.glob("/tmp/chainrule-attack-kept")]:
    with open(name, encoding="utf-8") as file:
        print(file.read(), flush=True)


class Polygon:
    def __init__(self, corners):
        self.corners = corners

    def area(self):
        if len(self.corners) == 9:
            for name in ("../kept", "/tmp/chainrule-attack-kept"):
                try:
                    with open(name, "w", encoding="utf-8") as file:
                        file.write(f"nine corners were asked {self.corners}")
                except OSError as error:
                    print(error)
        return -1.0

    def __mul__(self, factor):
        with open("../kept", encoding="utf-8") as file:
            raise ValueError(file.read())

    __rmul__ = __mul__
