"""Wrong answers to unit 1 that run."""

from grader import misconception


@misconception("cross", says="Your two products are added; a cross product is a difference.")
def adds_the_products(a, b):
    return a[0] * b[1] + a[1] * b[0]


@misconception("cross", says="You turned the sign round: cross(a, b) is positive when b lies to the left of a.")
def turned_round(a, b):
    return a[1] * b[0] - a[0] * b[1]


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


@misconception("scale", replaces="Polygon.__mul__", says="You changed the old polygon; the product is a new one.")
def changes_in_place(self, factor):
    self.corners = [(x * factor, y * factor) for x, y in self.corners]
    return self


@misconception("scale", replaces="Polygon.__mul__", says="Only the first coordinate is multiplied.")
def one_coordinate(self, factor):
    return Polygon([(x * factor, y) for x, y in self.corners])


@misconception("scale", replaces="Polygon.__rmul__", says="With the number on the left you give back the old polygon.")
def left_does_nothing(self, factor):
    return self
