"""Checks of unit 1: areas of polygons."""

import pytest

from grader import close, edge, exercise, raises, same, weight

UNIT = {"title": "Areas", "lecture": "", "libraries": [], "forbid": ["statistics.*"]}


def corners_of(rng, count):
    return [(rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in range(count)]


@exercise("cross", points=3)
class TestCross:
    """The cross product of two corners, with its sign."""

    def test_unit_square(self, learner):
        """of the two unit vectors it is 1"""
        close(learner.cross((1.0, 0.0), (0.0, 1.0)), 1.0, "cross((1, 0), (0, 1))")

    def test_order_decides_the_sign(self, learner, rng):
        """order decides the sign"""
        a, b = corners_of(rng, 2)
        close(learner.cross(a, b) + learner.cross(b, a), 0.0, "cross(a, b) + cross(b, a)")
        close(learner.cross(a, b), a[0] * b[1] - a[1] * b[0], "cross(a, b)")

    def test_agrees_with_the_oracle(self, learner, oracle, rng):
        """any two corners"""
        for _ in range(3):
            a, b = corners_of(rng, 2)
            close(learner.cross(a, b), oracle.cross(a, b), "cross(a, b)")


@exercise("area", points=4, answers=("Polygon.area",), needs=("cross",))
class TestArea:
    """The area of a polygon, whichever way round its corners go."""

    def test_triangle(self, learner):
        """half of the unit square is 0.5"""
        close(learner.Polygon([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]).area(), 0.5, "area of half a unit square")

    def test_clockwise(self, learner):
        """walking round the other way changes nothing"""
        close(learner.Polygon([(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)]).area(), 0.5, "area, walked clockwise")

    @weight(2)
    def test_agrees_with_the_oracle(self, learner, oracle, rng):
        """any triangle, anywhere"""
        corners = corners_of(rng, 3)
        close(learner.Polygon(corners).area(), oracle.area(corners), "area of a triangle")


@exercise(
    "scale",
    points=4,
    answers=("Polygon.__mul__", "Polygon.__rmul__"),
    forbid={"make a new polygon out of new corners": ("copy.deepcopy",)},
)
class TestScale:
    """A polygon times a number, on either side, makes a new polygon."""

    @pytest.mark.parametrize("factor", [2.0, -0.5], ids=["larger", "mirrored"])
    def test_each_corner(self, learner, rng, factor):
        """both coordinates of each corner are multiplied"""
        corners = corners_of(rng, 4)
        scaled = learner.Polygon(corners) * factor
        close(scaled.corners, [(x * factor, y * factor) for x, y in corners], "corners of p * factor")

    def test_the_old_polygon_stays(self, props, rng):
        """the old polygon stays"""
        corners = corners_of(rng, 3)
        same(props.corners_after_scaling(corners, 3.0), corners, "p.corners after p * 3")
        close(props.scaled(corners, 3.0), [(x * 3.0, y * 3.0) for x, y in corners], "corners of p * 3")

    def test_number_on_the_left(self, learner):
        """2 * p works like p * 2"""
        close((2.0 * learner.Polygon([(1.0, 2.0)])).corners, [(2.0, 4.0)], "corners of 2 * p")

    @edge
    def test_text_is_refused(self, learner):
        """a factor that is no number raises TypeError"""
        close((learner.Polygon([(1.5, 2.5)]) * 2.0).corners, [(3.0, 5.0)], "corners of p * 2")
        raises(TypeError, lambda: learner.Polygon([(1.5, 2.5)]) * "a", "p * 'a'")
