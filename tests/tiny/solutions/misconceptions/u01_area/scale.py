"""Wrong answers to u01.scale, each with its cause in words, run in the solution's namespace."""

from grader import misconception


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
