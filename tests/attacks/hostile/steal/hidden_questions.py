# attack: prints what a hidden check asks, also in its exceptions, so that the report tells
# unit: u01_area
# exercises: area
# outcomes: fail error
# process: holds
# silent: nine corners were asked

SEEN = []


class Polygon:
    def __init__(self, corners):
        self.corners = corners

    def area(self):
        if len(self.corners) == 9:
            print("nine corners were asked", self.corners, flush=True)
            raise ValueError(f"nine corners were asked {self.corners}")
        return -1.0
