"""Wrong answers to u01.area, each with its cause in words, run in the solution's namespace."""

from grader import misconception


@misconception("area", says="The walk is not closed: the edge from the last corner back to the first is missing.")
def leaves_it_open(self):
    return abs(sum(cross(a, b) for a, b in zip(self.corners, self.corners[1:], strict=False))) / 2


@misconception("area", says="Your area keeps the sign of the walk; an area is never negative.")
def keeps_the_sign(self):
    return sum(cross(a, b) for a, b in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)) / 2


@misconception("area", says="The sum of the cross products is twice the area.")
class TwiceTheArea(Polygon):
    def area(self):
        return abs(sum(cross(a, b) for a, b in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True)))
